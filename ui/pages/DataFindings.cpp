// SPDX-License-Identifier: GPL-3.0-or-later
// The second half of the Data page: the survey, its findings, and what a person changes by hand.
#include <QComboBox>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTableView>
#include <QToolButton>

#include <algorithm>

#include "look/Theme.h"
#include "look/Words.h"
#include "models/FindingModel.h"
#include "pages/DataPage.h"
#include "pages/PinKeys.h"
#include "support/Files.h"
#include "support/Priority.h"
#include "widgets/ClassPicker.h"
#include "widgets/ProgressBar.h"
#include "widgets/Surface.h"
#include "widgets/TileView.h"

namespace sightline::ui {

namespace {
constexpr std::size_t kTellEvery = 256; ///< images
}

void DataPage::startSurvey() {
    m_progress->setProgress(0, 0);
    m_progress->show();
    m_findingsTitle->setText(tr("Reading all images…"));
    m_problems->hide();
    showFacts();
    m_survey.submit(
        this,
        [this, opened = session().data().dataset(),
         cache = session().home() / "cache" / "surveys"](const std::stop_token& stop, const Courier& courier) {
            lowerPriority(Priority::Background);
            auto found = std::make_shared<const Survey>(survey(
                *opened, availableCpus(), stop,
                [&](std::size_t done, std::size_t total) {
                    if (done % kTellEvery == 0)
                        courier.post([this, done, total] { m_progress->setProgress(done, total); });
                },
                cache));
            return Judged{opened, found, healthCheck(*opened, *found, availableCpus(), stop)};
        },
        [this](Result<Judged> judged) { showSurvey(std::move(judged)); });
}

void DataPage::judgeAgain() {
    m_survey.submit(
        this,
        [opened = session().data().dataset(), known = m_surveyed](const std::stop_token& stop) {
            lowerPriority(Priority::Background);
            auto found = std::make_shared<Survey>(*known);
            summarise(*found, *opened);
            auto findings = healthCheck(*opened, *found, availableCpus(), stop);
            return Judged{opened, found, std::move(findings)};
        },
        [this](Result<Judged> judged) { showSurvey(std::move(judged)); });
}

void DataPage::showSurvey(Result<Judged> judged) {
    if (!judged) {
        m_progress->hide();
        m_findingsTitle->setText(QString::fromStdString(judged.error().message));
        return;
    }
    m_surveyed = judged->survey;
    std::vector<Finding>& findings = judged->findings;
    if (judged->of != session().data().dataset()) { // edited while the images were read
        judgeAgain();
        return;
    }
    showFacts();
    m_progress->hide();
    const auto count = static_cast<int>(findings.size());
    const int scrolled = m_problems->currentIndex().row();
    m_findings->setFindings(std::move(findings));
    if (scrolled >= 0 && m_groups)
        m_problems->scrollTo(m_findings->index(std::min(scrolled, m_findings->rowCount() - 1)));
    m_findingsTitle->setText(count == 0 ? tr("No problems found") : tr("Findings (%1)").arg(grouped(count)));
    m_problems->setVisible(count > 0);
    setBadge(count > 0 ? Badge::Attention : Badge::Ready, count);
}

/// Shows the images of one finding, or of all of its kind; those that belong together side by side.
void DataPage::openFinding(int row) {
    const auto chosen = m_findings->at(row);
    auto groups = std::make_shared<SampleModel::Groups>();
    const bool single =
        std::all_of(chosen.begin(), chosen.end(), [](const Finding* finding) { return finding->samples.size() < 2; });
    for (const Finding* finding : chosen) {
        if (single && !groups->empty())
            groups->front().insert(groups->front().end(), finding->samples.begin(), finding->samples.end());
        else
            groups->push_back(finding->samples);
    }
    m_nothing->setText(m_findings->data(m_findings->index(row), Qt::AccessibleTextRole).toString());
    m_chip->setText(m_findings->titleAt(row));
    m_chip->show();
    if (m_findings->data(m_findings->index(row), FindingModel::Heading).toBool()) {
        m_findings->toggle(row);
        m_problems->setCurrentIndex(m_findings->index(row));
    }
    m_groups = std::move(groups);
    {
        const QSignalBlocker subset(m_subset), name(m_name), classes(m_classes->selectionModel());
        m_subset->setCurrentIndex(0);
        m_name->clear();
        m_classes->clearSelection();
    }
    m_classes->viewport()->update();
    applyFilter();
}

void DataPage::clearFinding() {
    m_groups.reset();
    m_chip->hide();
    m_problems->clearSelection();
    m_problems->setCurrentIndex({});
    applyFilter();
}

std::vector<std::uint32_t> DataPage::selectedSamples() const {
    std::vector<std::uint32_t> samples;
    for (const QModelIndex& index : m_tiles->selectionModel()->selectedIndexes())
        samples.push_back(m_samples->sample(index.row()));
    return samples;
}

void DataPage::showSelection() {
    const auto samples = selectedSamples();
    const auto opened = session().data().dataset();
    const bool some = !samples.empty();
    m_relabel->setEnabled(some);
    m_exclude->setEnabled(some);
    const bool all = some && std::all_of(samples.begin(), samples.end(),
                                         [&](std::uint32_t i) { return opened->samples[i].excluded; });
    setWords(*m_exclude, all ? tr("Include again") : tr("Exclude"));
    m_relabel->setToolTip(some ? tr("Change the class of the selected images (1–9, or choose)")
                               : tr("Select images first."));
    m_exclude->setToolTip(!some ? tr("Select images first.")
                          : all ? tr("Use the selected images again (X)")
                                : tr("Leave the selected images out of training (X)"));
    m_pin->setEnabled(some);
    setWords(*m_pin, m_pins->unpins() ? tr("Unpin") : tr("Pin"));
    m_pin->setToolTip(!some ? tr("Select images first.")
                            : tr("Pinned images: while the network is trained, the Train page shows after each epoch "
                                 "where it looks in them (P)"));
    m_selected->setText(!opened || opened->samples.empty() ? QString()
                        : some ? tr("%1 selected · 1–9 relabel, X excludes, P pins, Ctrl+Z undoes")
                                     .arg(grouped(static_cast<qlonglong>(samples.size())))
                               : tr("Select images to change. Your files stay as they are."));
}

void DataPage::pickClass(const QPoint& at) {
    m_picker->popup(at);
}

bool DataPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_tiles && event->type() == QEvent::Resize)
        m_nothing->setGeometry(m_tiles->viewport()->rect().adjusted(3 * theme::kGrid, 3 * theme::kGrid,
                                                                    -3 * theme::kGrid, -3 * theme::kGrid));
    if (watched == m_problems && event->type() == QEvent::KeyPress && m_problems->currentIndex().isValid()) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space) {
            openFinding(m_problems->currentIndex().row());
            return true;
        }
    }
    return Page::eventFilter(watched, event);
}

} // namespace sightline::ui
