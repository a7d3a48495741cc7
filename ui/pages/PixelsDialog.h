// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/GuessDialog.h"

class QComboBox;
class QLineEdit;
class QSpinBox;

namespace sightline::ui {

class ImageView;
class NumberField;

/// How the open images' files become pixels: which values are black and white, which page and which channels are
/// read, what lies under transparency.
/// One image shows what comes of it. Only what concerns these images is asked.
class PixelsDialog : public GuessDialog {
    Q_OBJECT
public:
    PixelsDialog(Session& session, QWidget* parent);

private:
    QWidget* makeDepth();
    QWidget* makePage();
    QWidget* makeChannels();
    QWidget* makeBackground();
    QLayout* makePicture();
    Result<PixelSettings> chosen() const;
    void step(int by);
    void choose();
    struct Preview;
    void showPreview(const Result<Preview>& preview, const DataSettings& wanted);

    QComboBox *m_depth, *m_channelKind, *m_background;
    NumberField *m_low, *m_high;
    QSpinBox* m_page;
    QLineEdit* m_channels;
    ImageView* m_picture;
    QLabel* m_name;
    std::optional<std::uint32_t> m_sample; ///< none until one of these that need a choice is found
    Lane m_lane;                           ///< last: joined before the widgets go
};

} // namespace sightline::ui
