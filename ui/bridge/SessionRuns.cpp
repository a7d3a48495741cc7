// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SessionPrivate.h"

namespace sightline::ui {

void Session::listRuns() {
    m->change([](RunStore&) { return Result<void>(); });
}

void Session::renameRun(const std::filesystem::path& folder, const QString& name) {
    m->change([folder, name = name.toStdString()](RunStore& store) { return store.rename(RunFolder(folder), name); });
}

void Session::setRunNote(const std::filesystem::path& folder, const QString& note) {
    m->change([folder, note = note.toStdString()](RunStore& store) { return store.setNote(RunFolder(folder), note); });
}

void Session::removeRun(const std::filesystem::path& folder) {
    if (m->run && m->run->folder == folder) {
        if (m->state != RunState::Idle) {
            Q_EMIT runsFailed(tr("This run is in progress; stop it before deleting it."));
            return;
        }
        m->forgetRun();
    }
    m->change([folder](RunStore& store) { return store.remove(RunFolder(folder)); });
}

/// Runs `work` on the store and lists it anew. Changes queue up behind each other: none is lost to a newer one.
void Session::Private::change(std::function<Result<void>(RunStore&)> work) {
    {
        const std::scoped_lock lock(changesMutex);
        changes.push_back(std::move(work));
    }
    runsLane.submit([this](std::stop_token stop) {
        const auto fail = [&](const Error& error) {
            deliver({}, [this, message = QString::fromStdString(error.message)] { Q_EMIT q.runsFailed(message); });
        };
        std::deque<std::function<Result<void>(RunStore&)>> waiting;
        {
            const std::scoped_lock lock(changesMutex);
            waiting.swap(changes);
        }
        auto store = RunStore::open(home);
        if (!store)
            return fail(store.error());
        for (const auto& next : waiting)
            if (const auto done = next(*store); !done)
                fail(done.error());
        auto list = store->list();
        if (!list)
            return fail(list.error());
        deliver(stop, [this, list = std::move(*list)] { Q_EMIT q.runsListed(list); });
    });
}

} // namespace sightline::ui
