// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSize>
#include <QStringList>

#include <functional>
#include <memory>
#include <vector>

#include "look/Theme.h"
#include "window/StallMeter.h"

namespace sightline::ui {

class MainWindow;
class Session;
class SettingsForm;

/// Drives the real window over every page with the toy set, or a folder of images, a small real search and two short
/// real runs, the second a fork of the first whose learning rate is changed under way. Writes a picture of each page,
/// of each form of settings with all its sections open, and of the dialogs of the Train page, at 1x and 2x, light and
/// dark; what is shown while it trains only in the first scheme. Measures how long the event loop stalls while training
/// (pictures apart).
class Tour : public QObject {
    Q_OBJECT
public:
    struct Route {
        QString folder; ///< for the pictures
        QSize size;     ///< of the window
        QString images; ///< empty: the toy set
        std::vector<Scheme> schemes{Scheme::Light, Scheme::Dark};
    };
    Tour(Session& session, Route route, QObject* parent = nullptr);
    ~Tour() override;
    void start();
    double longestStallMs() const { return m_meter.longestMs(); }
    int pictures() const { return m_pictures; }

Q_SIGNALS:
    void finished(const QString& error); ///< empty: all is well

private:
    static constexpr int kSettleMs = 900, kWalkMs = 350;
    static const QStringList& pages(); ///< in the order of the rail
    void shootEmpty();
    void open();
    void tryRate();
    void tryCheck();
    void search();
    void pin();
    void train();
    void planFork();
    void trainFork();
    void follow(std::function<void()> then);
    void walk();
    bool changeRate();
    bool isTimeForPictures() const;
    void shootTraining();
    void evaluate();
    void shootPages();
    void shootNext();
    void whenIdle(std::function<void()> work);
    void shootDialog(const char* dialog, const QString& name);
    void shootPage(const QString& page);
    void click(const char* name);
    void useEvaluateTab(const QString& page);
    void useExplainTab(const QString& tab);
    std::vector<SettingsForm*> unfoldedForms() const;
    void nextScheme();
    void shoot(QWidget& what, const QString& name);
    void later(int milliseconds, std::function<void()> work);
    void fail(const QString& message);

    Session& m_session;
    Route m_route;
    std::unique_ptr<MainWindow> m_window;
    StallMeter m_meter;
    QStringList m_shooting;
    int m_pictures = 0, m_steps = 0, m_patience = 0;
    bool m_forked = false, m_changedRate = false, m_shotTraining = false, m_shotSearch = false, m_done = false;
};

} // namespace sightline::ui
