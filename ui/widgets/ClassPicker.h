// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>

class QLineEdit;
class QListWidget;

namespace sightline::ui {

/// A menu of classes with a line to search them: three classes or two hundred.
class ClassPicker : public QMenu {
    Q_OBJECT
public:
    explicit ClassPicker(QWidget* parent = nullptr);
    void setClasses(const QStringList& titles);

Q_SIGNALS:
    void chosen(int label); ///< its place among the classes

protected:
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void search(const QString& words);
    void accept(int row);

    QLineEdit* m_search;
    QListWidget* m_list;
};

} // namespace sightline::ui
