// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QWidget>

#include "look/Theme.h"

namespace sightline::ui {

/// A raised surface with 16 pixels of air inside and an optional title: what pages are composed of.
class Surface : public QWidget {
public:
    explicit Surface(const QString& title = {}, QWidget* parent = nullptr);
    QVBoxLayout* body() const { return m_body; }
    QHBoxLayout* head() const { return m_head; } ///< the title's line, for a control at its right
    void setTitle(const QString& title) {
        m_title->setText(title);
        m_title->setVisible(!title.isEmpty());
    }

private:
    QLabel* m_title;
    QHBoxLayout* m_head;
    QVBoxLayout* m_body;
};

QLabel* mutedLabel(const QString& text, QWidget* parent = nullptr); ///< small, wrapped
/// objectName and accessible name in one go.
template <typename Widget>
Widget* named(Widget* widget, const char* name, const QString& accessible = {}) {
    widget->setObjectName(QLatin1String(name));
    if (!accessible.isEmpty())
        widget->setAccessibleName(accessible);
    return widget;
}
void setWords(QPushButton& button, const QString& text); ///< text and accessible name
/// Sets a property that the style sheet asks for, and has it asked again where it changed.
void setLook(QWidget& widget, const char* property, bool value);
QPushButton* button(const QString& text, const QString& icon, const char* name, const QString& toolTip = {},
                    bool primary = false);

} // namespace sightline::ui
