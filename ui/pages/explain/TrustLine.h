// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include "bridge/Asker.h"
#include "bridge/Questions.h"
#include "look/Theme.h"

class QLabel;

namespace sightline::ui {

/// One sentence on whether a heat map can be believed. Found out in the background, once a person stays with the map
/// for a moment.
class TrustLine : public QWidget {
    Q_OBJECT
public:
    /// Its labels are called NAMEIcon and NAMEWords.
    TrustLine(EngineDoor door, Activities& activities, const QString& name, QWidget* parent = nullptr);
    /// A map that can be asked about.
    struct Subject {
        ModelSource source;
        HeatMapQuestion question; ///< the one that it answers
        bool saturated = false;
    };
    /// Forgets what was said of another map; null: there is none.
    void setSubject(std::shared_ptr<const Subject> subject);
    void setAnswer(const std::shared_ptr<const HeatMapAnswer>& answer);   ///< the same; null, too
    const std::shared_ptr<const Trust>& trust() const { return m_trust; } ///< null: not known yet
    bool isChecking() const { return m_moment.isActive() || m_asker.isBusy(); }

protected:
    void showEvent(QShowEvent* event) override; ///< what nobody sees is not asked

private:
    void ask();
    void say(const QString& icon, Role role, const QString& words);

    std::shared_ptr<const Subject> m_subject;
    std::shared_ptr<const Trust> m_trust;
    QLabel *m_icon, *m_words;
    QTimer m_moment;
    Asker m_asker; ///< last: joined first
};

} // namespace sightline::ui
