// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCheckBox>

#include <vector>

#include "bridge/Session.h"
#include "widgets/Surface.h"

class QLabel;
class QProgressBar;
class QSpinBox;
class QVBoxLayout;

namespace sightline::ui {

/// One suggested setting: a check mark, its name and value, and why. A click beside the check mark asks for its field.
class SuggestRow : public QWidget {
    Q_OBJECT
public:
    SuggestRow(const Reason& reason, QWidget* parent = nullptr);
    bool isChecked() const { return m_check->isChecked(); }

Q_SIGNALS:
    void toggled();
    void fieldAsked();

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    QCheckBox* m_check;
};

/// The settings suggested for the open images, each with its reason: all or some are taken, as one undo step.
class SuggestPanel : public Surface {
    Q_OBJECT
public:
    explicit SuggestPanel(Session& session, QWidget* parent = nullptr);
    void look(); ///< for the minutes in the field

Q_SIGNALS:
    void fieldAsked(const QString& path);
    void closed();

private:
    QLayout* makeEnd();
    void showSuggestion();
    void showRows();
    void showEnd();
    std::vector<bool> checked() const;

    Session& m_session;
    QSpinBox* m_minutes;
    QPushButton *m_again, *m_cancel, *m_all, *m_some;
    QLabel *m_step, *m_summary;
    QProgressBar* m_progress;
    QVBoxLayout* m_list;
    std::vector<SuggestRow*> m_rows;
    bool m_shown = false; ///< the rows are those of the suggestion
};

} // namespace sightline::ui
