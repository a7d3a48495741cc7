// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lane/Lane.h"
#include "store/RunStore.h"

namespace sightline::ui {

/// The store's list of runs, and changes to it: each is made in the background, in order, and answered with listed().
class RunList : public QObject {
    Q_OBJECT
public:
    explicit RunList(std::filesystem::path home) : m_home(std::move(home)) {}
    ~RunList() override; ///< makes what still waits: a note typed just before quitting is kept

    void refresh();
    void rename(const std::filesystem::path& folder, const QString& name);
    void setNote(const std::filesystem::path& folder, const QString& note);
    /// What is said of these runs: name, note, tags, star, archive.
    void changeAbout(const std::vector<std::filesystem::path>& folders, std::function<void(RunAbout&)> by);
    void settle(const std::filesystem::path& folder); ///< RunStore::settle
    void remove(const std::filesystem::path& folder);
    /// A network from a file or a hub folder as a run without history (store/RunImport.h); answers with imported, too.
    /// `labels`: a file of class names; empty: the network's own. `normalization`: a preset's name; empty: the
    /// network's own, and normalizationUnsaid() where it has none.
    void importFrom(const std::filesystem::path& network, const std::filesystem::path& labels = {},
                    const std::string& normalization = {});

Q_SIGNALS:
    void listed(const std::vector<sightline::RunSummary>& runs);
    void failed(const QString& message);
    void imported(const QString& words); ///< what to know of the new run
    /// Nothing was imported: somebody has to say the normalization.
    void normalizationUnsaid(const QString& network, const QString& labels);

private:
    using Change = std::function<Result<void>(RunStore&)>;
    void change(Change change);
    Result<std::vector<RunSummary>> work();

    std::filesystem::path m_home;
    std::mutex m_mutex;
    QStringList m_imported;                            ///< words that wait to be told
    std::vector<std::pair<QString, QString>> m_unsaid; ///< networks and labels that wait to be asked for
    std::deque<Change> m_changes;                      ///< in order: none is lost to a newer one
    std::vector<Error> m_errors;                       ///< of changes that could not be made, until they are told
    std::optional<Lane> m_lane{std::in_place};
};

} // namespace sightline::ui
