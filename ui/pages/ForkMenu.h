// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <filesystem>

#include "lane/Lane.h"

class QMenu;
class QPushButton;

namespace sightline::ui {

class Session;

/// Behind a button: the kept checkpoints of a run. The one chosen becomes the fork that is trained next.
class ForkMenu : public QObject {
    Q_OBJECT
public:
    ForkMenu(Session& session, QPushButton& button);
    void setRun(const std::filesystem::path& folder) { m_folder = folder; }

Q_SIGNALS:
    void chosen();
    void failed(const QString& message);

private:
    void look();
    void choose(const std::filesystem::path& folder, const QString& at);

    Session& m_session;
    QPushButton& m_button;
    QMenu* m_menu;
    std::filesystem::path m_folder;
    Lane m_lane;
};

} // namespace sightline::ui
