// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <vector>

#include "bridge/RunDesk.h"
#include "engine/ModelSource.h"
#include "lane/Lane.h"
#include "store/KeptEpochs.h"

namespace sightline::ui {

/// Which weights were asked, or would be now.
struct AskedWeights {
    std::string at; ///< as Engine takes it
    int epoch = 0;  ///< of which they are; 0: not known

    bool operator==(const AskedWeights&) const = default;
};
/// Whether both went by one name, which has been given to the weights of another epoch since.
inline bool isReplaced(const AskedWeights& asked, const AskedWeights& now) {
    return asked.at == now.at && asked.epoch > 0 && now.epoch > 0 && asked.epoch != now.epoch;
}
/// Says so, in a sentence; empty where it is not so.
QString replacedSentence(const AskedWeights& asked, const AskedWeights& now);

/// Which kept checkpoint of the run in view is looked at: everything that shows the run follows. Until a person chooses
/// one it is the best, or the weights of now while the run is in progress.
class CheckpointDesk : public QObject {
    Q_OBJECT
public:
    explicit CheckpointDesk(RunDesk& runs);

    const std::vector<KeptEpoch>& kept() const { return m_kept; } ///< of the run in view, by epoch
    int current() const;                                          ///< place in kept(); -1: there is none
    bool isChosen() const { return !m_chosen.empty(); }           ///< by a person
    void choose(int place);
    void step(int by); ///< to the one before or after, as far as there are any
    /// As before a person chose.
    void release();

    /// "best", "last" or an epoch, as Engine takes it.
    std::string at() const { return m_chosen.empty() ? "best" : m_chosen; }
    /// The epoch whose weights these are; 0: not known.
    int epoch() const;
    AskedWeights weights() const { return {at(), epoch()}; }
    /// Of the run in view, which there must be.
    ModelSource source() const { return ofRun(m_runs.run()->folder, at()); }

Q_SIGNALS:
    void keptChanged(); ///< the places are others
    void moved();       ///< at() is another one, of the same run, or it was chosen and means other weights than before
    void bestChanged(); ///< nobody has chosen, and at() means other weights than before

private:
    void look();
    void take(std::vector<KeptEpoch> kept);
    void set(std::string at);

    RunDesk& m_runs;
    std::vector<KeptEpoch> m_kept;
    std::string m_chosen; ///< empty: nobody has chosen
    Lane m_lane;          ///< last: joined first
};

} // namespace sightline::ui
