// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

class QToolButton;
class QVBoxLayout;

namespace sightline::ui {

/// A sentence of the strip, and what can be done about it.
struct GuessLine {
    QString id;     ///< what it is about: "table", "splits" ...
    QString text;   ///< one sentence
    QString why;    ///< the evidence; the tool tip has it
    QString action; ///< "Change…"; empty: nothing can be done about it

    bool operator==(const GuessLine&) const = default;
};

/// What the program assumed, a sentence a line, each with a link to put it right. At most two lines until a person asks
/// for more; can be closed. A sentence without room is elided in the middle, its tool tip is whole.
class GuessStrip : public QWidget {
    Q_OBJECT
public:
    explicit GuessStrip(QWidget* parent = nullptr);

    void setLines(std::vector<GuessLine> lines); ///< shows the first two again where they differ
    const std::vector<GuessLine>& lines() const { return m_lines; }

Q_SIGNALS:
    void actionAsked(const QString& id);
    void closed();

private:
    void showLines();
    void addLine(const GuessLine& line);
    void orderTabs();

    std::vector<GuessLine> m_lines;
    std::vector<QWidget*> m_rows;
    QVBoxLayout* m_list;
    QToolButton *m_more, *m_close;
};

} // namespace sightline::ui
