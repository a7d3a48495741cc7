// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/Session.h"
#include "widgets/Surface.h"

namespace sightline::ui {

class BarList;

/// The trial that is looked at, the best one unless another is chosen: its figure, its settings, what to do with it.
/// Beside it how much each setting matters.
class BestTrial : public Surface {
    Q_OBJECT
public:
    explicit BestTrial(Session& session, QWidget* parent = nullptr);
    void setTrial(std::optional<int> trial); ///< nothing: the best

Q_SIGNALS:
    void openRequested(int trial);
    void useRequested(int trial);

private:
    QWidget* makeImportance();
    void show();
    void showImportance();
    void showState();
    std::optional<int> number() const;

    Session& m_session;
    std::optional<int> m_chosen;
    QLabel *m_caption, *m_figure, *m_settings, *m_how;
    QPushButton *m_use, *m_open, *m_back;
    BarList* m_importance;
};

} // namespace sightline::ui
