// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "bridge/BatchLook.h"
#include "bridge/Session.h"

class QLabel;
class QPushButton;

namespace sightline::ui {

class BatchView;

/// The batch that the run in progress trained last.
class LookDialog : public QDialog {
    Q_OBJECT
public:
    LookDialog(Session& session, QWidget* parent);

private:
    void look();
    void showBatch(const GivenBatch& batch);
    void showState();
    void say(const QString& message);

    Session& m_session;
    QLabel* m_words;
    BatchView* m_batch;
    BatchLook m_look;
    QPushButton* m_refresh;
    bool m_waits = false;
};

} // namespace sightline::ui
