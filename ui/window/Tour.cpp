// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/Tour.h"

#include <QApplication>
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
constexpr int kEpochs = 15, kSettleMs = 900, kWalkMs = 350;
const QStringList kPages{QStringLiteral("data"),  QStringLiteral("augment"),  QStringLiteral("network"),
                         QStringLiteral("train"), QStringLiteral("evaluate"), QStringLiteral("explain"),
                         QStringLiteral("runs")};
/// The tabs of Evaluate and Explain, but for those they open with.
const QStringList kTabs{QStringLiteral("evaluate-classes"),     QStringLiteral("evaluate-pairs"),
                        QStringLiteral("evaluate-calibration"), QStringLiteral("evaluate-robustness"),
                        QStringLiteral("evaluate-shortcuts"),   QStringLiteral("evaluate-suspects"),
                        QStringLiteral("evaluate-map"),         QStringLiteral("explain-activations"),
                        QStringLiteral("explain-filters"),      QStringLiteral("explain-occlusion"),
                        QStringLiteral("explain-robustness"),   QStringLiteral("explain-compare")};
} // namespace

Tour::Tour(Session& session, QString folder, QSize size, QObject* parent)
    : QObject(parent), m_session(session), m_folder(std::move(folder)),
      m_size(size), m_schemes{Scheme::Light, Scheme::Dark} {
    connect(&session.data(), &DataDesk::failed, this, &Tour::fail);
    connect(&session.questions(), &Questions::evaluationFailed, this, &Tour::fail);
    connect(&session.engine(), &EngineDesk::failed, this, &Tour::fail);
}

Tour::~Tour() = default;

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
    if (!QDir().mkpath(m_folder))
        return fail(tr("The folder %1 cannot be created.").arg(m_folder));
    theme::apply(*qApp, Scheme::Light);
    m_window = std::make_unique<MainWindow>(m_session);
    connect(m_window.get(), &MainWindow::firstFrameShown, &m_session.engine(), &EngineDesk::warmUp);
    m_window->resize(m_size);
    m_window->show();
    QCursor::setPos(m_window->geometry().center());
    m_shooting = kPages;
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
        &m_session.data(), &DataDesk::opened, this, [this] { later(kSettleMs, [this] { train(); }); },
        Qt::SingleShotConnection);
    m_session.data().openToys();
}

/// An image of each class, to be watched while it is trained.
void Tour::pin() {
    const auto opened = m_session.data().dataset();
    std::vector<std::uint32_t> samples;
    for (const std::uint32_t sample : opened->indices(Subset::Validation))
        if (opened->samples[sample].label == static_cast<int>(samples.size()))
            samples.push_back(sample);
    m_session.pins().toggle(samples);
}

void Tour::train() {
    Experiment experiment = m_session.document().experiment();
    experiment.name = tr("Toys, the tour").toStdString();
    experiment.training.epochs = std::min(experiment.training.epochs, kEpochs);
    m_session.document().setExperiment(experiment);
    pin();
    connect(
        &m_session.runs(), &RunDesk::ended, this,
        [this](const RunEnded& ended) {
            m_meter.pause();
            if (ended.outcome == RunEnded::Outcome::Failed)
                return fail(QString::fromStdString(ended.reason));
            evaluate();
        },
        Qt::SingleShotConnection);
    connect(
        &m_session.runs(), &RunDesk::runChanged, this,
        [this] {
            m_meter.resume();
            walk();
        },
        Qt::SingleShotConnection);
    m_session.runs().start();
}

/// While it trains: from page to page, as a curious person does, and asking about images.
void Tour::walk() {
    if (m_session.runs().state() == RunState::Idle)
        return;
    m_window->showPage(kPages[m_steps % kPages.size()]);
    const auto opened = m_session.data().dataset();
    if (m_steps % 3 == 2)
        m_session.questions().explain(
            {static_cast<std::uint32_t>(static_cast<std::size_t>(m_steps) * 37 % opened->samples.size()), {}});
    ++m_steps;
    if (m_session.runs().progress().history.size() == 4 && !std::exchange(m_shotTraining, true)) {
        m_window->showPage(QStringLiteral("train"));
        m_meter.pause();
        shoot(*m_window, QStringLiteral("training"));
        m_meter.resume();
    }
    later(kWalkMs, [this] { walk(); });
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
    if (m_schemes.empty()) {
        m_done = true;
        Q_EMIT finished({});
        return;
    }
    m_window.reset();
    theme::apply(*qApp, m_schemes.front());
    m_window = std::make_unique<MainWindow>(m_session);
    m_window->resize(m_size);
    m_window->show();
    for (const QString& page : kPages)
        m_window->showPage(page);
    m_window->showPage(QStringLiteral("evaluate"));
    auto* gallery = m_window->findChild<QListView*>(QStringLiteral("gallery"));
    later(kSettleMs, [this, gallery] {
        gallery->setCurrentIndex(gallery->model()->index(0, 0));
        later(2 * kSettleMs, [this] { shootPages(); });
    });
}

void Tour::shootPages() {
    m_shooting = QStringList{QStringLiteral("start")} + kPages + kTabs;
    shootNext();
}

void Tour::shootNext() {
    if (m_shooting.isEmpty()) {
        m_schemes.erase(m_schemes.begin());
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
    later(evaluates ? kSettleMs : 3 * kSettleMs, [this, page] { shootWhenIdle(page); });
}

void Tour::shootWhenIdle(const QString& page) {
    if (m_session.activities().works().empty())
        return shootPage(page);
    later(kWalkMs, [this, page] { shootWhenIdle(page); });
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
        const QString file = QStringLiteral("%1/%2-%3-%4x.png").arg(m_folder, name, scheme).arg(ratio);
        if (!picture.save(file))
            return fail(tr("%1 cannot be written.").arg(file));
        ++m_pictures;
    }
    for (auto* plot : m_window->findChildren<CurvePlot*>())
        if (plot->isVisible())
            plot->drawNow(m_window->devicePixelRatioF());
}

} // namespace sightline::ui
