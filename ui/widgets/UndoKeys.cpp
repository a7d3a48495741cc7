// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/UndoKeys.h"

#include <QAbstractSpinBox>
#include <QKeyEvent>
#include <QLineEdit>

namespace sightline::ui {

namespace {
class Sharer : public QObject {
public:
    Sharer(QWidget* field, QLineEdit* line) : QObject(field), m_line(line) {}

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::ShortcutOverride && !m_line->isModified()) {
            const auto* key = static_cast<QKeyEvent*>(event);
            if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo))
                return true;
        }
        return QObject::eventFilter(watched, event);
    }

private:
    QLineEdit* m_line;
};
} // namespace

void shareUndoKeys(QWidget* field) {
    auto* line = qobject_cast<QLineEdit*>(field);
    auto* box = qobject_cast<QAbstractSpinBox*>(field);
    if (box)
        line = box->findChild<QLineEdit*>();
    if (!line)
        return;
    field->installEventFilter(new Sharer(field, line));
    const auto taken = [line] { line->setModified(false); };
    QObject::connect(line, &QLineEdit::editingFinished, line, taken);
    if (box)
        QObject::connect(box, &QAbstractSpinBox::editingFinished, line, taken);
}

} // namespace sightline::ui
