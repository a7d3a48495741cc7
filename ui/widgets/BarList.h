// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QWidget>

#include <vector>

namespace sightline::ui {

/// A short list of horizontal bars, each with a name and its value in words.
class BarList : public QWidget {
    Q_OBJECT
public:
    struct Bar {
        QString name, text;
        double share = 0; ///< 0...1 of the width
        QColor color;
    };
    explicit BarList(QWidget* parent = nullptr);
    void setBars(std::vector<Bar> bars);
    const std::vector<Bar>& bars() const { return m_bars; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Bar> m_bars;
};

} // namespace sightline::ui
