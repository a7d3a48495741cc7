// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "bridge/Session.h"

namespace sightline::ui {

class GuessStrip;

/// The strip of what was assumed about the open images, and the dialogs that put it right. A person closes it for these
/// images; it is back as soon as something else is assumed.
class GuessBar : public QWidget {
    Q_OBJECT
public:
    explicit GuessBar(Session& session, QWidget* parent = nullptr);

    int hiddenCount() const; ///< lines that a person closed; 0 while they are shown
    void showAgain();
    /// Opens the dialog of a line (guess::kTable ...), whether it is shown or not; guess::kAlike merges.
    void change(const QString& id);

Q_SIGNALS:
    void hiddenChanged();

private:
    void showGuesses();
    void setHiddenByHand(bool hidden);
    QString digest() const;

    Session& m_session;
    GuessStrip* m_strip;
    bool m_hidden = false;
};

} // namespace sightline::ui
