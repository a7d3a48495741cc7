// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/Classify.h"
#include "lane/Lane.h"
#include "widgets/Surface.h"

namespace sightline::ui {

class BarList;
class ImageView;

/// An image that was classified, and the classes it most probably shows.
class ClassifyPicture : public Surface {
    Q_OBJECT
public:
    explicit ClassifyPicture(QWidget* parent = nullptr);

    /// `run`: as whose images it is read. `canExplain`: that run is in view.
    void show(const ClassifiedImage& image, const std::vector<std::string>& classes, const std::filesystem::path& run,
              bool canExplain);

Q_SIGNALS:
    void explainAsked();

private:
    ImageView* m_view;
    QLabel *m_words, *m_unknown;
    BarList* m_bars;
    QPushButton* m_explain;
    Lane m_lane;
};

} // namespace sightline::ui
