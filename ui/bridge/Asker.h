// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <memory>
#include <type_traits>
#include <utility>

#include "bridge/Activities.h"
#include "bridge/EngineDesk.h"
#include "engine/AskedModel.h"
#include "lane/Lane.h"

namespace sightline::ui {

/// Asks networks one thing after the other, on a lane of its own: the newest question wins, and the answer to an older
/// one is dropped. Whoever asks owns one; when its subject is gone it cancels.
///
///     m_asker.ask(source, tr("Finding examples"), [](const std::stop_token&) { return ExamplesQuestion{...}; },
///                 [this](Result<Examples> found) { show(found); });
class Asker : public QObject {
    Q_OBJECT
public:
    Asker(EngineDoor door, Activities& activities, QObject* parent = nullptr);

    /// `make(stop)` gives the question, or a Result of it, on the worker: decoding and spoiling images is work, too.
    /// `words` name it among the activities, where it can be cancelled; empty for what takes no time.
    template <typename Make, typename Deliver>
    void ask(ModelSource source, const QString& words, Make make, Deliver deliver) {
        using Kind = typename std::remove_cvref_t<
            decltype(std::declval<typename AsResult<std::invoke_result_t<Make&, const std::stop_token&>>::Type>()
                         .value())>;
        using Own = typename Kind::Answer;
        begin(words);
        m_lane.submit(
            this,
            [this, door = m_door, source = std::move(source),
             make = std::move(make)](const std::stop_token& stop, const Courier& courier) mutable -> Result<Own> {
                typename AsResult<Kind>::Type question = make(stop);
                if (!question)
                    return question.error();
                const auto engine = door();
                if (!engine)
                    return engine.error();
                return sightline::ask(**engine, source, std::move(*question), stop,
                                      [this, &courier](std::size_t done, std::size_t total) {
                                          courier.post([this, done, total] { tell(done, total); });
                                      });
            },
            [this, deliver = std::move(deliver)](Result<Own> answer) mutable {
                end();
                deliver(std::move(answer));
            });
    }
    void cancel(); ///< nobody waits for the answer any more; emits stopped() where one was under way
    bool isBusy() const { return m_busy; }

Q_SIGNALS:
    void busyChanged();
    void progressed(qulonglong done, qulonglong total);
    void stopped();

private:
    void begin(const QString& words);
    void tell(qulonglong done, qulonglong total);
    void end();

    EngineDoor m_door;
    Activities& m_activities;
    Activity m_activity;
    bool m_busy = false;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
