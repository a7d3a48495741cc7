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

/// Drives the real window over every page with the toy set and a short real run, and writes a picture of each page, and
/// of each form of settings with all its sections open, at 1x and 2x, light and dark. Measures how long the event loop
/// stalls while training (pictures apart).
class Tour : public QObject {
    Q_OBJECT
public:
    Tour(Session& session, QString folder, QSize size, QObject* parent = nullptr);
    ~Tour() override;
    void start();
    double longestStallMs() const { return m_meter.longestMs(); }
    int pictures() const { return m_pictures; }

Q_SIGNALS:
    void finished(const QString& error); ///< empty: all is well

private:
    void shootEmpty();
    void open();
    void pin();
    void train();
    void walk();
    void evaluate();
    void shootPages();
    void shootNext();
    void shootWhenIdle(const QString& page);
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
    QString m_folder;
    QSize m_size;
    std::unique_ptr<MainWindow> m_window;
    StallMeter m_meter;
    std::vector<Scheme> m_schemes;
    QStringList m_shooting;
    int m_pictures = 0, m_steps = 0;
    bool m_shotTraining = false, m_done = false;
};

} // namespace sightline::ui
