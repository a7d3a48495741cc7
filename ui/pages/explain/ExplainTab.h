// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>

#include "bridge/Session.h"

class QPushButton;

namespace sightline::ui {

/// One way to ask about the image in view. The page tells the tab that is shown which image that is; what else it wants
/// to know the tab asks by itself.
class ExplainTab : public QWidget {
    Q_OBJECT
public:
    ExplainTab(Session& session, MapLook& look, const QString& title);

    const QString& title() const { return m_title; }
    QWidget* controls() const { return m_controls; } ///< shown at the right while the tab is
    /// What the network said of the image in view; null: no image yet. The same one again changes nothing.
    void setAnswer(std::shared_ptr<const HeatMapAnswer> answer);
    /// Another run is in view, or none: what was asked of the one before is of no interest.
    virtual void forget() = 0;
    virtual void toggleOverlay() {} ///< the key H

Q_SIGNALS:
    void said(const QString& message, bool good);
    void tabRequested(const QString& name);  ///< the object name of another tab
    void pageRequested(const QString& page); ///< as of Page

protected:
    virtual void follow() = 0; ///< answer() is another one
    const std::shared_ptr<const HeatMapAnswer>& answer() const { return m_answer; }
    Session& session() const { return m_session; }
    MapLook& look() const { return m_look; }
    std::shared_ptr<const OpenedRun> run() const { return m_session.runs().run(); }
    void setControls(QWidget* controls) { m_controls = controls; }
    /// Which map is shown, in a line that leads to where that is chosen.
    QWidget* makeQuestionLine(const char* name);
    void showQuestionLine();
    /// Asks where to and writes the picture with what is known of it (`notes`: PNG text, keyword and text).
    void savePicture(const QImage& picture, const QString& suffix, std::vector<std::pair<QString, QString>> notes);

private:
    Session& m_session;
    MapLook& m_look;
    QString m_title;
    QWidget* m_controls = nullptr;
    QPushButton* m_question = nullptr;
    std::shared_ptr<const HeatMapAnswer> m_answer;
};

} // namespace sightline::ui
