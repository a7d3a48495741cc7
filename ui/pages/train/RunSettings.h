// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/Surface.h"

class QLabel;

namespace sightline::ui {

class Session;
class SettingsForm;

/// The settings of training, what would change in the run in progress, and the problems of settings that have their
/// fields on other pages.
class RunSettings : public Surface {
    Q_OBJECT
public:
    explicit RunSettings(Session& session, QWidget* parent = nullptr);

    SettingsForm& form() { return *m_form; }

Q_SIGNALS:
    void pageRequested(const QString& page);

private:
    void showProblems();

    QLabel* m_problems;
    SettingsForm* m_form;
};

} // namespace sightline::ui
