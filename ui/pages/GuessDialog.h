// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "bridge/Session.h"
#include "lane/Lane.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace sightline::ui {

/// Settings that overrule what was assumed about the open images, tried out before they are taken: the images are
/// opened with them on a worker, and what comes of it, or why it cannot be, stands beneath. OK takes them as one undo
/// step, upon which the images open again.
class GuessDialog : public QDialog {
    Q_OBJECT
public:
    GuessDialog(Session& session, const QString& title, const QString& words, QWidget* parent);

protected:
    Session& session() const { return m_session; }
    const std::shared_ptr<const Dataset>& dataset() const { return m_dataset; } ///< that is open
    const DataSettings& before() const { return m_before; }                     ///< it was opened with
    QVBoxLayout* body() const { return m_body; }

    /// Opens the images with these settings; an error stands beneath instead.
    void tryOut(const Result<DataSettings>& wanted);
    /// Takes settings without opening the images; `summary` says what comes of it.
    void offer(const DataSettings& wanted, const QString& summary);
    void refuse(const QString& why); ///< OK is off
    void wait();                     ///< OK is off until something is known
    /// What speaks against a choice that could be opened; empty: nothing.
    virtual QString objection(const Dataset&) const { return {}; }
    /// What there is to say about it beyond classes and counts.
    virtual QString remark(const Dataset&) const { return {}; }
    void accept() override;

private:
    struct Tried {
        std::shared_ptr<const Dataset> dataset;
        DataSettings settings;
    };
    void showTried(const Result<Tried>& tried);
    static QString summaryOf(const Dataset& dataset);

    Session& m_session;
    std::shared_ptr<const Dataset> m_dataset;
    DataSettings m_before, m_wanted;
    QVBoxLayout* m_body;
    QLabel *m_summary, *m_problem;
    QPushButton* m_ok;
    Lane m_lane; ///< last: joined before the widgets go
};

} // namespace sightline::ui
