// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/Tour.h"

#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QKeyEvent>
#include <QListView>
#include <QMap>
#include <QPixmap>
#include <QPushButton>
#include <QSlider>
#include <QTableView>
#include <QToolButton>

#include "pages/ExplainPage.h"
#include "pages/evaluate/EvaluatePage.h"
#include "plot/CurvePlot.h"
#include "widgets/SettingsForm.h"
#include "window/MainWindow.h"

namespace sightline::ui {

namespace {
/// The tabs of Evaluate and Explain, but for those they open with.
const QStringList kTabs{QStringLiteral("evaluate-classes"),     QStringLiteral("evaluate-pairs"),
                        QStringLiteral("evaluate-calibration"), QStringLiteral("evaluate-robustness"),
                        QStringLiteral("evaluate-shortcuts"),   QStringLiteral("evaluate-suspects"),
                        QStringLiteral("evaluate-map"),         QStringLiteral("explain-activations"),
                        QStringLiteral("explain-filters"),      QStringLiteral("explain-occlusion"),
                        QStringLiteral("explain-robustness"),   QStringLiteral("explain-compare")};
} // namespace

Tour::Tour(Session& session, Route route, QObject* parent)
    : QObject(parent), m_session(session), m_route(std::move(route)) {
    connect(&session.data(), &DataDesk::failed, this, &Tour::fail);
    connect(&session.questions(), &Questions::evaluationFailed, this, &Tour::fail);
    connect(&session.engine(), &EngineDesk::failed, this, &Tour::fail);
}

Tour::~Tour() = default;

const QStringList& Tour::pages() {
    static const QStringList names{QStringLiteral("data"),  QStringLiteral("augment"),  QStringLiteral("network"),
                                   QStringLiteral("train"), QStringLiteral("evaluate"), QStringLiteral("explain"),
                                   QStringLiteral("runs"),  QStringLiteral("search")};
    return names;
}

void Tour::later(int milliseconds, std::function<void()> work) {
    QTimer::singleShot(milliseconds, this, [this, work = std::move(work)] {
        if (!m_done)
            work();
    });
}

void Tour::fail(const QString& message) {
    if (std::exchange(m_done, true))
        return;
    Q_EMIT finished(message);
}

void Tour::start() {
    if (!QDir().mkpath(m_route.folder))
        return fail(tr("The folder %1 cannot be created.").arg(m_route.folder));
    theme::apply(*qApp, m_route.schemes.front());
    m_window = std::make_unique<MainWindow>(m_session);
    connect(m_window.get(), &MainWindow::firstFrameShown, &m_session.engine(), &EngineDesk::warmUp);
    m_window->resize(m_route.size);
    m_window->show();
    QCursor::setPos(m_window->geometry().center());
    m_shooting = pages();
    later(kSettleMs, [this] { shootEmpty(); });
}

/// What the pages say before there is anything.
void Tour::shootEmpty() {
    if (m_shooting.isEmpty())
        return open();
    const QString page = m_shooting.takeFirst();
    m_window->showPage(page);
    later(kWalkMs, [this, page] {
        shoot(*m_window, QStringLiteral("empty-") + page);
        shootEmpty();
    });
}

void Tour::open() {
    connect(
        &m_session.data(), &DataDesk::opened, this, [this] { later(kSettleMs, [this] { tryRate(); }); },
        Qt::SingleShotConnection);
    if (m_route.images.isEmpty())
        m_session.data().openToys();
    else
        m_session.data().open(m_route.images);
}

void Tour::evaluate() {
    connect(&m_session.questions(), &Questions::evaluationChanged, this, [this] {
        if (!m_session.questions().evaluation()) // it has only begun
            return;
        m_session.questions().disconnect(this);
        nextScheme();
    });
    m_session.questions().evaluate();
}

void Tour::nextScheme() {
    if (m_route.schemes.empty()) {
        m_done = true;
        Q_EMIT finished({});
        return;
    }
    m_window.reset();
    theme::apply(*qApp, m_route.schemes.front());
    m_window = std::make_unique<MainWindow>(m_session);
    m_window->resize(m_route.size);
    m_window->show();
    for (const QString& page : pages())
        m_window->showPage(page);
    m_window->showPage(QStringLiteral("evaluate"));
    auto* gallery = m_window->findChild<QListView*>(QStringLiteral("gallery"));
    later(kSettleMs, [this, gallery] {
        gallery->setCurrentIndex(gallery->model()->index(0, 0));
        later(2 * kSettleMs, [this] { shootPages(); });
    });
}

void Tour::shootPages() {
    m_shooting = QStringList{QStringLiteral("start")} + pages() + kTabs;
    shootNext();
}

void Tour::shootNext() {
    if (m_shooting.isEmpty()) {
        m_route.schemes.erase(m_route.schemes.begin());
        return nextScheme();
    }
    const QString page = m_shooting.takeFirst(), tab = page.section(QLatin1Char('-'), 1);
    m_window->showPage(page.section(QLatin1Char('-'), 0, 0));
    if (tab.isEmpty())
        return later(kSettleMs, [this, page] { shootPage(page); });
    const bool evaluates = page.startsWith(QLatin1String("evaluate"));
    if (evaluates)
        useEvaluateTab(page);
    else
        useExplainTab(tab);
    later(evaluates ? kSettleMs : 3 * kSettleMs, [this, page] { whenIdle([this, page] { shootPage(page); }); });
}

void Tour::whenIdle(std::function<void()> work) {
    if (m_session.activities().works().empty())
        return work();
    later(kWalkMs, [this, work = std::move(work)] { whenIdle(work); });
}

void Tour::shootPage(const QString& page) {
    shoot(*m_window, page);
    const auto forms = unfoldedForms();
    if (forms.empty())
        return shootNext();
    later(kSettleMs, [this, page, forms] {
        for (std::size_t i = 0; i < forms.size(); ++i)
            shoot(*forms[i], QStringLiteral("%1-settings%2").arg(page, i > 0 ? QString::number(i + 1) : QString()));
        shootNext();
    });
}

void Tour::click(const char* name) {
    m_window->findChild<QPushButton*>(QLatin1String(name))->click();
}

/// Shows a tab of Evaluate and does what a person would do there.
void Tour::useEvaluateTab(const QString& page) {
    m_window->findChild<EvaluatePage*>()->showTab(page);
    if (page == QLatin1String("evaluate-robustness"))
        click("measureRobustness");
    else if (page == QLatin1String("evaluate-shortcuts"))
        click("measureShortcuts");
    else if (page == QLatin1String("evaluate-map"))
        click("drawMap");
    const QMap<QString, const char*> tables{{QStringLiteral("evaluate-classes"), "classReport"},
                                            {QStringLiteral("evaluate-pairs"), "confusedPairs"},
                                            {QStringLiteral("evaluate-suspects"), "suspectTable"}};
    if (const char* table = tables.value(page))
        m_window->findChild<QTableView*>(QLatin1String(table))->selectRow(0);
}

/// The same of Explain.
void Tour::useExplainTab(const QString& tab) {
    m_window->findChild<ExplainPage*>()->showTab(tab + QStringLiteral("Tab"));
    if (tab == QLatin1String("activations"))
        click("findExamples");
    else if (tab == QLatin1String("filters"))
        click("drawFilters");
    else if (tab == QLatin1String("robustness"))
        m_window->findChild<QSlider*>(QStringLiteral("corrupt-rotation"))->setValue(15);
    else if (tab == QLatin1String("compare")) {
        auto* runs = m_window->findChild<QComboBox*>(QStringLiteral("compareRun"));
        runs->setCurrentIndex(1); // the parent
        Q_EMIT runs->activated(1);
    }
    QKeyEvent space(QEvent::KeyPress, Qt::Key_Space, Qt::NoModifier);
    if (tab == QLatin1String("occlusion"))
        QCoreApplication::sendEvent(m_window->findChild<QWidget*>(QStringLiteral("paintView")), &space);
}

/// The settings that are shown, with what was folded opened.
std::vector<SettingsForm*> Tour::unfoldedForms() const {
    std::vector<SettingsForm*> shown;
    for (auto* form : m_window->findChildren<SettingsForm*>()) {
        if (!form->isVisible())
            continue;
        for (auto* head : form->findChildren<QToolButton*>())
            if (head->property("section").toBool())
                head->setChecked(true);
        shown.push_back(form);
    }
    return shown;
}

void Tour::shootDialog(const char* dialog, const QString& name) {
    auto* shown = m_window->findChild<QDialog*>(QLatin1String(dialog));
    if (!shown)
        return fail(tr("The picture %1 could not be made: its dialog is not open.").arg(name));
    shoot(*shown, name);
    shown->close();
}

void Tour::shoot(QWidget& what, const QString& name) {
    const QString scheme = theme::scheme() == Scheme::Dark ? QStringLiteral("dark") : QStringLiteral("light");
    for (const int ratio : {1, 2}) {
        for (auto* plot : m_window->findChildren<CurvePlot*>())
            if (plot->isVisible())
                plot->drawNow(ratio);
        QPixmap picture(what.size() * ratio);
        picture.setDevicePixelRatio(ratio);
        picture.fill(theme::color(what.isWindow() ? Role::Window : Role::Surface));
        what.render(&picture, {}, {},
                    QWidget::DrawChildren | (what.isWindow() ? QWidget::DrawWindowBackground : QWidget::RenderFlags()));
        const QString file = QStringLiteral("%1/%2-%3-%4x.png").arg(m_route.folder, name, scheme).arg(ratio);
        if (!picture.save(file))
            return fail(tr("%1 cannot be written.").arg(file));
        ++m_pictures;
    }
    for (auto* plot : m_window->findChildren<CurvePlot*>())
        if (plot->isVisible())
            plot->drawNow(m_window->devicePixelRatioF());
}

} // namespace sightline::ui
