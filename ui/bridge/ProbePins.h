// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "bridge/DataDesk.h"
#include "bridge/ExperimentDocument.h"
#include "bridge/RunDesk.h"

namespace sightline::ui {

/// The pinned images, whose heat maps a run draws after its epochs. They are settings of the document
/// (training.probes): pinning is a step that can be undone. A run in progress hears of it at its next batch.
class ProbePins : public QObject {
    Q_OBJECT
public:
    ProbePins(ExperimentDocument& document, DataDesk& data, RunDesk& runs);

    const std::vector<std::string>& paths() const { return m_document.experiment().training.probes; }
    bool isPinned(std::uint32_t sample) const; ///< of the open images
    /// Unpins these where all of them are pinned, else pins the others. More than can be pinned are refused, all of
    /// them.
    void toggle(const std::vector<std::uint32_t>& samples);

Q_SIGNALS:
    void changed();
    void refused(const QString& why);

private:
    void follow();
    void tellRun();
    void followRun();
    void hearAnswer(const QString& asker, const QString& refusal);
    bool isOfRun() const; ///< whether the document is about the images of the run in view

    ExperimentDocument& m_document;
    DataDesk& m_data;
    RunDesk& m_runs;
    std::vector<std::string> m_last;              ///< of the document
    std::vector<std::string> m_ofRun;             ///< of the run in view, as it was told last
    std::vector<std::vector<std::string>> m_told; ///< that it has not obeyed yet
    std::deque<std::vector<std::string>> m_asked; ///< that it has not answered yet
    bool m_toggles = false;                       ///< a person pins or unpins, right now
    bool m_untold = false;                        ///< a run that starts could not be told yet
};

} // namespace sightline::ui
