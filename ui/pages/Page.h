// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "bridge/Session.h"

namespace sightline::ui {

class SettingsForm;

/// One room of the window's rail. A page wires widgets to the session; it holds no data of its own.
class Page : public QWidget {
    Q_OBJECT
public:
    explicit Page(Session& session, QWidget* parent = nullptr) : QWidget(parent), m_session(session) {}

    /// What the rail shows beside the name.
    enum class Badge { None, Ready, Attention, Running };
    Badge badge() const { return m_badge; }
    int badgeCount() const { return m_badgeCount; }

Q_SIGNALS:
    void badgeChanged(sightline::ui::Page::Badge badge, int count);
    /// Asks the window to show another page: "data", "augment", "network", "train", "evaluate", "explain", "runs",
    /// "search".
    void pageRequested(const QString& page);
    /// Asks the window for the control of a setting: "training.epochs".
    void fieldRequested(const QString& path);
    /// Asks the window to classify images with this run.
    void classifyRequested(const QString& runFolder, const QString& name);
    /// Something happened that the person should read, in a strip above the page.
    void said(const QString& message, bool good);

protected:
    Session& session() const { return m_session; }
    /// The form shows the document's experiment with its problems, and what is edited there goes to the document. While
    /// a run goes on its fixed settings cannot be edited.
    void follow(SettingsForm& form);
    /// Whether every setting may be edited: no run goes on, and none is to be forked. Otherwise only what may change
    /// in a run.
    bool isAllEditable() const;
    QString whyFixed() const; ///< what the others say
    void setBadge(Badge badge, int count = 0) {
        m_badge = badge;
        m_badgeCount = count;
        Q_EMIT badgeChanged(badge, count);
    }

private:
    Session& m_session;
    Badge m_badge = Badge::None;
    int m_badgeCount = 0;
};

} // namespace sightline::ui
