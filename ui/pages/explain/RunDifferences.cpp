// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/RunDifferences.h"

#include <QButtonGroup>
#include <QTableView>

#include "bridge/Session.h"
#include "look/Icons.h"
#include "look/Words.h"
#include "pages/explain/SettingsDifference.h"
#include "store/RunImport.h"
#include "widgets/ProgressBar.h"
#include "widgets/Segments.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"

namespace sightline::ui {

namespace {
constexpr double kUnlikely = 0.05;

/// "97.1 / 93.0", which sorts by the second's lead.
Table::Cell both(double first, double second) {
    return {QStringLiteral("%1 / %2").arg(fixed(first * 100, 1), fixed(second * 100, 1)), second - first};
}

QString imageCount(std::size_t images) {
    return counted(static_cast<qlonglong>(images), RunDifferences::tr("%1 image"), RunDifferences::tr("%1 images"));
}
} // namespace

QString comparisonSentence(const ComparedRuns& compared) {
    const Comparison& all = compared.comparison;
    const std::size_t shared =
        all.bothRight.size() + all.bothWrong.size() + all.onlyFirst.size() + all.onlySecond.size();
    const QString alike = all.otherContents == 0
                              ? QString()
                              : RunDifferences::tr(" %1 with the same name but other contents: not compared.")
                                    .arg(counted(static_cast<qlonglong>(all.otherContents),
                                                 RunDifferences::tr("%1 image"), RunDifferences::tr("%1 images")));
    if (shared == 0)
        return RunDifferences::tr("The two runs have no images in common that both know the class of.") + alike;
    QString text = RunDifferences::tr("Of %1 (%2), only this run is right about %3, only the second about %4.")
                       .arg(imageCount(shared), QString::fromStdString(compared.first->split),
                            grouped(static_cast<qlonglong>(all.onlyFirst.size())),
                            grouped(static_cast<qlonglong>(all.onlySecond.size())));
    if (all.onlyFirst.size() + all.onlySecond.size() > 0) {
        const QString p = all.p < 0.001 ? QStringLiteral("p\u00a0<\u00a00.001")
                                        : QStringLiteral("p\u00a0=\u00a0%1").arg(fixed(all.p, 3));
        text +=
            QLatin1Char(' ') +
            (all.p < kUnlikely
                 ? RunDifferences::tr("Chance alone would hardly make such a difference (McNemar's test, %1).").arg(p)
                 : RunDifferences::tr("Chance alone may make such a difference (McNemar's test, %1).").arg(p));
    }
    if (all.leftOut > 0)
        text += QLatin1Char(' ') +
                RunDifferences::tr("Not compared: %1 of which only one run knows the image or its class.")
                    .arg(imageCount(all.leftOut));
    text += alike;
    if (!compared.byContents)
        text += QLatin1Char(' ') + RunDifferences::tr("Images are matched by name only: one of the runs keeps no list "
                                                      "of its images.");
    return text;
}

RunDifferences::RunDifferences(Session& session, QWidget* parent)
    : QWidget(parent), m_session(session),
      m_comparer(session.questions(), session.runs(), session.engine().door(), session.activities()) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    addComparison(*column);
    addTables(*column);
    column->addStretch(1);
    connect(&m_comparer, &RunComparer::changed, this, &RunDifferences::showComparison);
    connect(&m_comparer, &RunComparer::progressed, m_progress, &ProgressBar::setProgress);
    connect(&m_comparer, &RunComparer::failed, m_words, &QLabel::setText);
    connect(&session.runs(), &RunDesk::edited, this, &RunDifferences::showSettings);
    showComparison();
    showSettings();
}

void RunDifferences::addComparison(QBoxLayout& body) {
    m_compare = button(tr("Compare on all images"), QStringLiteral("view-refresh"), "compareAll");
    connect(m_compare, &QPushButton::clicked, this, [this] {
        if (m_comparer.isBusy())
            return m_comparer.cancel();
        m_progress->setProgress(0, 0);
        m_comparer.compare();
    });
    m_progress = new ProgressBar("compareProgress", tr("Progress of the comparison"));
    m_words = named(mutedLabel({}), "comparedWords");
    body.addWidget(m_compare);
    body.addWidget(m_progress);
    body.addWidget(m_words);
}

void RunDifferences::addTables(QBoxLayout& body) {
    m_which = new QWidget;
    auto* line = new QHBoxLayout(m_which);
    line->setContentsMargins({});
    m_shown = addSegments(*line, this, {{tr("Settings"), "differingBySetting"}, {tr("Classes"), "differingByClass"}});
    line->addStretch(1);
    connect(m_shown, &QButtonGroup::idClicked, this, &RunDifferences::showTables);
    m_title = named(new QLabel, "differingTitle");
    m_title->setWordWrap(true);
    m_title->setFont(theme::font(theme::Size::Base, true));
    m_settings = new Table({tr("Setting"), tr("This run"), tr("Second")}, this);
    m_settingsView = tableView(m_settings, "differingSettings", tr("Settings that differ between the two runs"), false);
    m_classes = new Table({tr("Class"), tr("Precision|Of the images predicted as the class, how many are of it"),
                           tr("Recall|Of the images of the class, how many are found"),
                           tr("F1|Harmonic mean of precision and recall")},
                          this);
    m_classesView = tableView(m_classes, "comparedClasses", tr("Figures of each class, of both runs"), true);
    body.addWidget(m_which);
    body.addWidget(m_title);
    body.addWidget(m_settingsView, 1);
    body.addWidget(m_classesView, 1);
}

void RunDifferences::setOther(std::shared_ptr<const OpenedRun> other) {
    m_other = std::move(other);
    m_comparer.setOther(m_other);
    showSettings();
}

/// What is being compared, or what came of it.
void RunDifferences::showComparison() {
    const bool busy = m_comparer.isBusy();
    const auto& result = m_comparer.result();
    m_compare->setText(busy ? tr("Cancel") : tr("Compare on all images"));
    m_compare->setAccessibleName(m_compare->text());
    m_compare->setEnabled(busy || m_other);
    m_compare->setToolTip(busy      ? tr("Cancel the comparison")
                          : m_other ? tr("List the images that only one of the runs gets right, or neither")
                                    : tr("Choose a second run first."));
    theme::setIcon(*m_compare, busy ? QStringLiteral("media-playback-stop") : QStringLiteral("view-refresh"),
                   Role::Text);
    m_progress->setVisible(busy);
    m_words->setText(result ? comparisonSentence(*result) : QString());
    m_words->setVisible(!busy);
    showClasses();
    Q_EMIT compared(result);
}

void RunDifferences::showClasses() {
    std::vector<std::vector<Table::Cell>> rows;
    if (const auto& result = m_comparer.result())
        for (const auto& [first, second] : comparedClasses(*result->first, *result->second)) {
            const QString name = QString::fromStdString(first.name);
            rows.push_back({{name,
                             {},
                             -1,
                             tr("%1: this run judged %2, the second %3")
                                 .arg(name, imageCount(static_cast<std::size_t>(first.support)),
                                      imageCount(static_cast<std::size_t>(second.support)))},
                            both(first.precision, second.precision),
                            both(first.recall, second.recall),
                            both(first.f1, second.f1)});
        }
    m_classes->setRows(std::move(rows));
    showTables();
}

void RunDifferences::showSettings() {
    const auto run = m_session.runs().run();
    std::vector<std::vector<Table::Cell>> rows;
    if (m_other && run)
        for (const SettingDifference& setting :
             settingsDifferences(m_session.runs().progress().experiment, m_other->experiment,
                                 {isImported(run->folder), isImported(m_other->folder)}))
            rows.push_back({{setting.name}, {setting.first}, {setting.second}});
    m_settings->setRows(std::move(rows));
    showTables();
}

/// One of the two tables: both have no room.
void RunDifferences::showTables() {
    const bool hasClasses = m_classes->rowCount() > 0, hasSettings = m_settings->rowCount() > 0;
    const bool byClass = hasClasses && m_shown->checkedId() == 1;
    m_which->setVisible(hasClasses);
    m_title->setText(byClass       ? tr("This run / the second, in %")
                     : hasSettings ? tr("Settings that differ")
                                   : tr("Both runs have the same settings."));
    m_title->setVisible(m_other != nullptr);
    m_settingsView->setVisible(hasSettings && !byClass);
    m_classesView->setVisible(byClass);
}

} // namespace sightline::ui
