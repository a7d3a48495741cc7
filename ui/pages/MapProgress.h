// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace sightline::ui {

class ProgressBar;
class Questions;

/// How far a heat map is that takes many passes through the network, with Cancel; hidden while none is being drawn.
class MapProgress : public QWidget {
    Q_OBJECT
public:
    /// `name`: objectName, also of its button ("<name>Cancel").
    MapProgress(Questions& questions, const char* name, QWidget* parent = nullptr);

private:
    void follow();

    Questions& m_questions;
    ProgressBar* m_bar;
};

} // namespace sightline::ui
