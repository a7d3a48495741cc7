// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "pages/Page.h"

class QStackedWidget;
class QTabBar;
class QToolButton;

namespace sightline::ui {

class ElidedLabel;
class CompareTab;
class ExplainTab;
class Thumbnails;

/// Any image, asked about in several ways: a frame with the image's name, a tab for each way, and the controls of the
/// tab in view at the right.
class ExplainPage : public Page {
    Q_OBJECT
public:
    ExplainPage(Session& session, Thumbnails& thumbnails, QWidget* parent = nullptr);
    void showTab(const QString& name); ///< by its object name
    /// `second` beside `first`, which is being opened.
    void compare(const QString& first, const QString& second);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeHead();
    void addTab(ExplainTab* tab);
    void addKeys();
    void openFile();
    void step(int by);
    static std::uint32_t firstSample(const Dataset& dataset);
    ExplainTab* current() const;
    void forget();
    void showAnswer();
    void togglePin();
    void showPin();
    void showArrows();

    CompareTab* m_compare;
    ElidedLabel* m_title;
    QTabBar* m_bar;
    QToolButton* m_pin;
    std::array<QToolButton*, 2> m_arrows; ///< to the image before, and to the next
    QStackedWidget *m_tabs, *m_controls;
};

} // namespace sightline::ui
