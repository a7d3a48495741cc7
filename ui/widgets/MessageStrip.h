// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>
#include <vector>

class QLabel;

namespace sightline::ui {

/// A message in place: one line of what happened, the next step as a button, and a cross. Never a modal dialog.
class MessageStrip : public QWidget {
    Q_OBJECT
public:
    enum class Kind { Note, Good, Problem };

    explicit MessageStrip(QWidget* parent = nullptr);

    /// A button: it takes the strip away, then does what it says.
    struct Action {
        QString text;
        std::function<void()> next;
    };
    /// Replaces what it says. The buttons are "messageAction", "messageAction2" and so on.
    void say(Kind kind, const QString& message, std::vector<Action> actions);
    /// `action` empty: no button.
    void say(Kind kind, const QString& message, const QString& action = {}, std::function<void()> next = {});
    QString message() const;
    Kind kind() const { return m_kind; }

private:
    QLabel* m_icon;
    QLabel* m_text;
    QWidget* m_actions;
    Kind m_kind = Kind::Note;
};

} // namespace sightline::ui
