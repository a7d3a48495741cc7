// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>

class QLabel;
class QPushButton;

namespace sightline::ui {

/// A message in place: one line of what happened, the next step as a button, and a cross. Never a modal dialog.
class MessageStrip : public QWidget {
    Q_OBJECT
public:
    enum class Kind { Note, Good, Problem };

    explicit MessageStrip(QWidget* parent = nullptr);

    /// Replaces what it says. `action` empty: no button.
    void say(Kind kind, const QString& message, const QString& action = {}, std::function<void()> next = {});
    QString message() const;
    Kind kind() const { return m_kind; }

private:
    QLabel* m_icon;
    QLabel* m_text;
    QPushButton* m_action;
    Kind m_kind = Kind::Note;
    std::function<void()> m_next;
};

} // namespace sightline::ui
