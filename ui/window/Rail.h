// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

#include <vector>

#include "pages/Page.h"

class QVBoxLayout;

namespace sightline::ui {

/// One room in the rail: icon, word, and a mark for ready, attention (with its count) or running.
class RailButton : public QAbstractButton {
    Q_OBJECT
public:
    RailButton(const QString& icon, const QString& text, QWidget* parent);
    void setBadge(Page::Badge badge, int count);
    Page::Badge badge() const { return m_badge; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintBadge(QPainter& painter) const;

    QString m_iconName;
    Page::Badge m_badge = Page::Badge::None;
    int m_count = 0;
};

/// The slim rail at the left, in the order of the work.
class Rail : public QWidget {
    Q_OBJECT
public:
    explicit Rail(QWidget* parent = nullptr);
    RailButton* add(const QString& name, const QString& icon, const QString& text);
    void setCurrent(int index);

Q_SIGNALS:
    void chosen(int index);

private:
    QVBoxLayout* m_column;
    std::vector<RailButton*> m_buttons;
};

} // namespace sightline::ui
