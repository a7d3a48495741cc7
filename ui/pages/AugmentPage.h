// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lane/Lane.h"
#include "pages/Page.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace sightline::ui {

class ImageView;
struct AugmentPreview;
class MessageStrip;
class PreviewGrid;
class SettingsForm;

/// What augmentation does: the original, and twelve draws by the function that the loader itself calls.
class AugmentPage : public Page {
    Q_OBJECT
public:
    explicit AugmentPage(Session& session, QWidget* parent = nullptr);
    void reroll();

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeOriginal();
    QWidget* makePreview();
    QWidget* makeSettings();
    void addFields();
    void addGeometry();
    void addColour();
    void addErasing();
    void addMixing();
    void addPolicy();
    void addKerasSteps();
    void choosePreset(int index);
    void otherImage(int by);
    void paste();
    void preview();
    void showPreview(const AugmentPreview& made);
    void measure(const std::shared_ptr<const Dataset>& opened, const Experiment& experiment);
    void showSettings();

    ImageView* m_original;
    QLabel *m_name, *m_note, *m_speed;
    MessageStrip* m_pasted;
    PreviewGrid* m_grid;
    QComboBox* m_presets;
    SettingsForm* m_form;
    std::uint32_t m_sample = 0;
    bool m_stale = true; ///< what is shown is of other settings: nobody was looking
    std::uint64_t m_firstEpoch = 1;
    std::optional<Experiment> m_measured; ///< what the speed shown is of
    Lane m_lane, m_speedLane;             ///< last: joined before the widgets go
};

} // namespace sightline::ui
