// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/RunList.h"

#include "store/RunImport.h"

namespace sightline::ui {

RunList::~RunList() {
    m_lane.reset();
    if (!m_changes.empty())
        static_cast<void>(work());
}

void RunList::refresh() {
    change([](RunStore&) { return Result<void>(); });
}

void RunList::rename(const std::filesystem::path& folder, const QString& name) {
    change([folder, name = name.toStdString()](RunStore& store) { return store.rename(RunFolder(folder), name); });
}

void RunList::setNote(const std::filesystem::path& folder, const QString& note) {
    change([folder, note = note.toStdString()](RunStore& store) { return store.setNote(RunFolder(folder), note); });
}

void RunList::changeAbout(const std::vector<std::filesystem::path>& folders, std::function<void(RunAbout&)> by) {
    for (const auto& folder : folders)
        change([run = RunFolder(folder), by](RunStore& store) {
            RunAbout about = run.about();
            by(about);
            return store.setAbout(run, about);
        });
}

void RunList::settle(const std::filesystem::path& folder) {
    change([run = RunFolder(folder)](RunStore& store) { return store.settle(run); });
}

void RunList::remove(const std::filesystem::path& folder) {
    change([folder](RunStore& store) { return store.remove(RunFolder(folder)); });
}

void RunList::importFrom(const std::filesystem::path& network, const std::filesystem::path& labels,
                         const std::string& normalization) {
    change([this, network, labels, normalization](RunStore& store) {
        const Result<bool> isSaid = normalization.empty() ? saysNormalization(network) : Result<bool>(true);
        if (!isSaid)
            return Result<void>(isSaid.error());
        if (!*isSaid) {
            const std::scoped_lock lock(m_mutex);
            m_unsaid.emplace_back(QString::fromStdString(network.string()), QString::fromStdString(labels.string()));
            return Result<void>();
        }
        const Result<ImportedRun> made = importRun(store, {network, labels, normalization, {}});
        if (!made)
            return Result<void>(made.error());
        QString words = tr("Imported “%1”.").arg(QString::fromStdString(made->run.summary().name));
        for (const std::string& note : made->notes)
            words += QLatin1Char(' ') + QString::fromStdString(note);
        const std::scoped_lock lock(m_mutex);
        m_imported.push_back(words);
        return Result<void>();
    });
}

void RunList::change(Change change) {
    {
        const std::scoped_lock lock(m_mutex);
        m_changes.push_back(std::move(change));
    }
    m_lane->submit(
        this, [this](const std::stop_token&) { return work(); },
        [this](const Result<std::vector<RunSummary>>& runs) {
            std::vector<Error> errors;
            QStringList imported;
            std::vector<std::pair<QString, QString>> unsaid;
            {
                const std::scoped_lock lock(m_mutex);
                errors.swap(m_errors);
                imported.swap(m_imported);
                unsaid.swap(m_unsaid);
            }
            if (!runs)
                errors.push_back(runs.error());
            for (const Error& error : errors)
                Q_EMIT failed(QString::fromStdString(error.message));
            if (runs)
                Q_EMIT listed(*runs);
            for (const QString& words : imported)
                Q_EMIT this->imported(words);
            for (const auto& [network, labels] : unsaid)
                Q_EMIT normalizationUnsaid(network, labels);
        });
}

/// Makes all changes that wait, and lists the store anew.
Result<std::vector<RunSummary>> RunList::work() {
    std::deque<Change> waiting;
    {
        const std::scoped_lock lock(m_mutex);
        waiting.swap(m_changes);
    }
    auto store = RunStore::openToRead(m_home);
    if (!store)
        return store.error();
    for (const Change& next : waiting) {
        if (const auto done = next(*store); !done) {
            const std::scoped_lock lock(m_mutex);
            m_errors.push_back(done.error());
        }
    }
    return store->list();
}

} // namespace sightline::ui
