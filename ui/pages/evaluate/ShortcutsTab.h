// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "bridge/CheckpointAsker.h"
#include "bridge/Session.h"
#include "pages/evaluate/EvaluateTab.h"

class QLabel;
class QListWidget;
class QPushButton;

namespace sightline::ui {

class HeatModel;
class ProgressBar;
class SampleModel;
class Thumbnails;
class TileView;

/// The shortcut meter: where the network looks, class by class, and hints where that is beside the objects; a hint
/// shows the images behind it.
class ShortcutsTab : public EvaluateTab {
    Q_OBJECT
public:
    ShortcutsTab(Session& session, Thumbnails& thumbnails, QWidget* parent = nullptr);
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation) override;
    void clearChoice() override;

private:
    void makeHints();
    void makeMaps();
    void makeBehind(Thumbnails& thumbnails);
    void measure(); ///< or cancels it
    void forget();
    void showState();
    void showReport();
    QString aboutReport() const; ///< how it was made, and of which images not
    void chooseHint(int row);
    void takeHintBack();
    void takeClassBack();
    GalleryFilter imagesOf(const MapsHint& hint) const;
    void showBehind(const MapsHint& hint);
    void chooseClass(int label);

    Session& m_session;
    QLabel *m_note, *m_behindTitle;
    QPushButton* m_measure;
    ProgressBar* m_progress;
    QListWidget* m_hints;
    HeatModel* m_heat;
    TileView *m_maps, *m_behind; ///< mean maps; the images behind the hint that is chosen
    SampleModel* m_samples;
    std::shared_ptr<const Evaluation> m_evaluation;
    std::optional<MapsReport> m_report; ///< of the run in view
    QString m_failure;
    CheckpointAsker m_asker; ///< last: joined first
};

} // namespace sightline::ui
