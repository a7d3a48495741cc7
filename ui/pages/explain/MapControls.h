// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "bridge/Session.h"

class QComboBox;

namespace sightline::ui {

/// "Grad-CAM", as its paper writes it.
QString titleOf(HeatMapMethod method);

/// What is asked for a heat map: class, method, layer. Always shows the question that the next answer answers.
class MapControls : public QWidget {
    Q_OBJECT
public:
    explicit MapControls(Session& session, QWidget* parent = nullptr);
    void showRun();          ///< the classes and layers of the run in view
    void showQuestion();     ///< the session's settings
    QString refusal() const; ///< why no layer can be chosen; empty: one can

Q_SIGNALS:
    void asked(); ///< a person chose another question; the session has it

private:
    void ask();
    void enableByChoice();
    bool showClasses(const std::string& target); ///< whether it is a class, or A-B
    void listLayers(const GraphSpec& graph);

    Session& m_session;
    QComboBox *m_target, *m_against, *m_method, *m_layer;
};

} // namespace sightline::ui
