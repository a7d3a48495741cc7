// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include "bridge/Asker.h"
#include "bridge/CheckpointDesk.h"

namespace sightline::ui {

class Session;

/// Asks the checkpoint that is looked at, and knows whose weights answered. Where another epoch only takes the place of
/// the one that was asked, as each may while a run goes on, what takes long comes to its end, stays, and says so.
/// What was asked of another run its owner forgets.
///
///     m_asker.ask(tr("Finding examples"), [](const std::stop_token&) { return ExamplesQuestion{...}; },
///                 [this](Result<Examples> found) { show(found); });
class CheckpointAsker : public Asker {
    Q_OBJECT
public:
    explicit CheckpointAsker(Session& session, QObject* parent = nullptr);

    /// As Asker::ask(), of the run in view, which there must be.
    template <typename Make, typename Deliver>
    void ask(const QString& words, Make make, Deliver deliver) {
        m_asked = m_checkpoints.weights();
        Asker::ask(m_checkpoints.source(), words, std::move(make),
                   [this, deliver = std::move(deliver)](auto answer) mutable {
                       if (answer)
                           m_by = m_asked;
                       deliver(std::move(answer));
                   });
    }
    void forget(); ///< cancels; nothing has been asked, and nothing answered

    const AskedWeights& by() const { return m_by; }  ///< the weights that gave the last answer
    bool isReplaced() const;                         ///< whether another epoch has taken their place since
    QString replacedSentence() const;                ///< says so; empty where it is not so
    QString sayingWhose(const QString& words) const; ///< the words, and this sentence

Q_SIGNALS:
    void left();     ///< another checkpoint of the run is looked at than the one that was asked
    void replaced(); ///< the checkpoint that was asked is of another epoch now

private:
    void follow();

    CheckpointDesk& m_checkpoints;
    AskedWeights m_asked, m_by; ///< by the newest question, empty where there is none; by the answer to it
};

} // namespace sightline::ui
