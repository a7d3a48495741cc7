// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include "data/Readers.h"

namespace sightline {

/// Images with objects in them, as sets for detectors have them, on the way to one class for each image: that of most
/// of its objects, the first of these where they are as many. What that decides is said.
class ObjectLabels {
public:
    explicit ObjectLabels(const ReadRequest& request) : m_request(request) {}

    /// An image by the name that its list has for it; `names`: the class of each object.
    void add(const std::string& name, const std::vector<std::string>& names, Subset subset,
             const std::string& preferredFolder);

    /// `further`: classes that the set lists; those without an image are said.
    Result<Dataset> finish(const char* format, const std::vector<std::string>& further, std::vector<Guess> guesses,
                           std::vector<DataProblem> problems);

private:
    void say(const char* kind, const std::vector<std::string>& images, const std::string& what);

    const ReadRequest& m_request;
    Dataset m_dataset;
    std::vector<std::string> m_names; ///< of each sample's class
    std::vector<std::string> m_missing, m_empty, m_mixed;
};

} // namespace sightline
