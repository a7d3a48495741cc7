// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/ExamplesPanel.h"

#include <QComboBox>

#include <algorithm>

#include "bridge/PlainWords.h"
#include "look/Icons.h"
#include "look/Picture.h"
#include "look/Words.h"
#include "widgets/ExampleGrid.h"
#include "widgets/ProgressBar.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kPixels = 192;
constexpr double kLeastMark = 0.18; ///< share of a side: smaller would not be seen

/// The place in shares of the image, around the cell of the layer's output.
QRectF markOf(const Example& example, const Examples& examples) {
    if (examples.height < 1 || examples.width < 1)
        return {};
    const double wide = std::max(kLeastMark, 1.0 / examples.width), high = std::max(kLeastMark, 1.0 / examples.height);
    const double x = (example.column + 0.5) / examples.width, y = (example.row + 0.5) / examples.height;
    return {std::clamp(x - wide / 2, 0.0, 1.0 - wide), std::clamp(y - high / 2, 0.0, 1.0 - high), wide, high};
}

/// Its place in the open images, which may count otherwise than the run did; nothing where it is not among them.
std::optional<std::uint32_t> placeOf(const Example& example, const Dataset& dataset) {
    const auto& samples = dataset.samples;
    if (example.sample < samples.size() && samples[example.sample].path == example.path)
        return example.sample;
    const auto found =
        std::find_if(samples.begin(), samples.end(), [&](const Sample& sample) { return sample.path == example.path; });
    return found == samples.end() ? std::nullopt : std::optional(static_cast<std::uint32_t>(found - samples.begin()));
}

QImage pictureOf(const Example& example, const Dataset& dataset, const DataSettings& settings) {
    const auto at = placeOf(example, dataset);
    if (!at)
        return {};
    const auto image = shownImage(dataset, dataset.samples[*at]);
    if (!image)
        return {};
    const QImage whole = toQImage(fittedShape(*image, settings));
    return std::max(whole.width(), whole.height()) <= kPixels
               ? whole
               : whole.scaled(kPixels, kPixels, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}
} // namespace

ExamplesPanel::ExamplesPanel(Session& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_asker(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);
    m_split = named(new QComboBox, "examplesSplit", tr("Images to look for examples in"));
    m_split->addItem(tr("Validation images"), QStringLiteral("val"));
    m_split->addItem(tr("Test images"), QStringLiteral("test"));
    m_split->addItem(tr("Training images"), QStringLiteral("train"));
    m_find = button(tr("Find"), QStringLiteral("view-grid"), "findExamples");
    m_progress = new ProgressBar("examplesProgress", tr("Progress of finding examples"));
    m_grid = named(new ExampleGrid, "channelExamples", tr("Images that excite the channel most"));
    m_note = named(mutedLabel({}), "examplesNote");
    auto* line = new QHBoxLayout;
    line->addWidget(m_split, 1);
    line->addWidget(m_find);
    column->addLayout(line);
    column->addWidget(m_progress);
    column->addWidget(m_grid, 1);
    column->addWidget(m_note);
    connect(m_split, &QComboBox::activated, this, [this] {
        m_asker.cancel();
        draw();
        Q_EMIT found();
    });
    connect(m_find, &QPushButton::clicked, this, &ExamplesPanel::find);
    connect(&m_asker, &Asker::busyChanged, this, &ExamplesPanel::showState);
    connect(&m_asker, &Asker::progressed, m_progress, &ProgressBar::setProgress);
    connect(m_grid, &ExampleGrid::chosen, this, [this](int index) {
        const auto opened = m_session.data().dataset();
        if (const auto at = opened ? placeOf(m_shown[static_cast<std::size_t>(index)], *opened) : std::nullopt)
            m_session.questions().explain({*at, {}});
    });
    connect(&m_asker, &CheckpointAsker::left, this, &ExamplesPanel::leave);
    connect(&m_asker, &CheckpointAsker::replaced, this, &ExamplesPanel::draw);
    draw();
}

/// Other images excite another checkpoint.
void ExamplesPanel::leave() {
    m_asker.forget();
    m_known.clear();
    draw();
}

void ExamplesPanel::forget() {
    m_layer.clear();
    m_channel = -1;
    leave();
}

void ExamplesPanel::setChannel(const QString& layer, int channel) {
    if (layer != m_layer)
        m_asker.cancel();
    m_layer = layer;
    m_channel = channel;
    draw();
}

const ExamplesPanel::Known* ExamplesPanel::known() const {
    const auto found = m_known.find({m_layer, m_split->currentData().toString()});
    return found == m_known.end() ? nullptr : &found->second;
}

std::shared_ptr<const Examples> ExamplesPanel::examples() const {
    return known() ? known()->examples : nullptr;
}

QString ExamplesPanel::replaced() const {
    return known() ? replacedSentence(known()->by, m_session.checkpoints().weights()) : QString();
}

void ExamplesPanel::ensure() {
    if (!examples() && !m_asker.isBusy())
        find();
}

void ExamplesPanel::find() {
    const auto run = m_session.runs().run();
    if (m_asker.isBusy())
        return m_asker.cancel();
    if (!run || m_layer.isEmpty())
        return;
    ExamplesQuestion question;
    question.layer = m_layer.toStdString();
    question.split = m_split->currentData().toString().toStdString();
    m_progress->setProgress(0, 0);
    m_asker.ask(
        tr("Finding examples"), [question](const std::stop_token&) { return question; },
        [this, key = std::pair(m_layer, m_split->currentData().toString())](Result<Examples> answer) {
            if (answer)
                m_known[key] = {std::make_shared<const Examples>(std::move(*answer)), m_asker.by()};
            draw();
            if (!answer)
                m_note->setText(plainWords(answer.error()));
            Q_EMIT found();
        });
}

void ExamplesPanel::showState() {
    const bool busy = m_asker.isBusy(), again = !replaced().isEmpty();
    m_progress->setVisible(busy);
    m_find->setVisible(busy || again || !known());
    m_find->setText(busy ? tr("Cancel") : again ? tr("Find again") : tr("Find"));
    m_find->setAccessibleName(busy    ? tr("Cancel finding examples")
                              : again ? tr("Find examples again")
                                      : tr("Find examples"));
    m_find->setEnabled(busy || (m_session.runs().run() && !m_layer.isEmpty()));
    m_find->setToolTip(m_find->isEnabled() ? tr("Shows every image of these to the network, once for each layer.")
                                           : tr("Choose a layer first."));
    theme::setIcon(*m_find, busy ? QStringLiteral("media-playback-stop") : QStringLiteral("view-grid"));
}

void ExamplesPanel::draw() {
    showState();
    const auto found = examples();
    const auto opened = m_session.data().dataset();
    const auto run = m_session.runs().run();
    m_shown.clear();
    m_note->clear();
    m_pictures.cancel();
    if (!found || m_channel < 0 || static_cast<std::size_t>(m_channel) >= found->channels.size() || !opened || !run) {
        m_grid->setShown({}, found ? tr("Click a channel to see the images that excite it most.")
                                   : tr("The nine images that excite a channel most appear here."));
        return;
    }
    m_shown = found->channels[static_cast<std::size_t>(m_channel)];
    m_note->setText(tr("Channel %1, of %2. The frame shows where.")
                        .arg(m_channel)
                        .arg(counted(static_cast<qlonglong>(found->images), tr("%1 image"), tr("%1 images"))));
    if (m_shown.empty() && found->images > 0)
        m_note->setText(tr("Channel %1 gives values that are not numbers; its weights are damaged.").arg(m_channel));
    if (const QString since = replaced(); !since.isEmpty())
        m_note->setText(m_note->text() + QLatin1Char(' ') + since);
    m_pictures.submit(
        this,
        [shown = m_shown, found, opened, run](const std::stop_token& stop) {
            std::vector<ExampleGrid::Shown> pictures;
            for (const Example& example : shown)
                if (!stop.stop_requested())
                    pictures.push_back({pictureOf(example, *opened, run->experiment.data), markOf(example, *found),
                                        QStringLiteral("%1: %2").arg(QString::fromStdString(example.path),
                                                                     significant(example.value))});
            return pictures;
        },
        [this](Result<std::vector<ExampleGrid::Shown>> pictures) {
            if (pictures)
                m_grid->setShown(std::move(*pictures));
        });
}

} // namespace sightline::ui
