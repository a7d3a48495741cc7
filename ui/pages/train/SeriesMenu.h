// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QPushButton;

namespace sightline::ui {

class Session;

/// Behind a button: runs that are trained one after the other, folds of the experiment or a text's table.
class SeriesMenu : public QObject {
    Q_OBJECT
public:
    SeriesMenu(Session& session, QPushButton& button);

Q_SIGNALS:
    void failed(const QString& message);

private:
    void askForFolds();

    Session& m_session;
    QPushButton& m_button;
};

} // namespace sightline::ui
