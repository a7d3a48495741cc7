// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/FiltersTab.h"

#include <QButtonGroup>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QSpinBox>

#include <algorithm>

#include "look/Icons.h"
#include "look/Picture.h"
#include "look/Words.h"
#include "models/PictureTiles.h"
#include "widgets/ProgressBar.h"
#include "widgets/Segments.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kGroup = 8;    ///< drawn at once: each group is seen as it is done
constexpr int kAtFirst = 48; ///< by one click: a few screens full
} // namespace

FiltersTab::FiltersTab(Session& session, MapLook& look)
    : InsideTab(session, look, tr("Filters"), LayerStrip::Offer::All, "filter"), m_asker(session),
      m_kernels(session, [this] { return showsKernels() && isVisible(); }) {
    setObjectName(QStringLiteral("filtersTab"));
    setControls(makeControls());
    connect(&m_asker, &Asker::busyChanged, this, &FiltersTab::showState);
    connect(&m_asker, &Asker::stopped, this, [this] { m_wanted = static_cast<int>(m_patterns.size()); });
    connect(&m_asker, &Asker::progressed, this, [this](qulonglong done, qulonglong total) {
        const double group = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0;
        m_progress->setProgress(
            static_cast<qulonglong>(100 * (static_cast<double>(m_patterns.size()) + kGroup * group)),
            static_cast<qulonglong>(100 * std::max(1, m_wanted)));
    });
    connect(&m_asker, &CheckpointAsker::left, this, &FiltersTab::drawAnew);
    connect(&m_asker, &CheckpointAsker::replaced, this, &FiltersTab::showState);
    connect(&m_kernels, &FirstKernels::changed, this, &FiltersTab::followKernels);
    forget();
}

QWidget* FiltersTab::makeControls() {
    auto* surface = new Surface(tr("What it looks for"));
    auto* kinds = new QHBoxLayout;
    m_kind = addSegments(*kinds, this, {{tr("Patterns"), "showPatterns"}, {tr("First kernels"), "showKernels"}});
    kinds->addStretch(1);
    connect(m_kind, &QButtonGroup::idClicked, this, &FiltersTab::showKind);
    m_settings = new QWidget;
    auto* column = new QVBoxLayout(m_settings);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(mutedLabel(tr("Starts from gray noise and changes it, step by step, so that the channel responds "
                                    "more strongly.")));
    auto* form = new QFormLayout;
    form->setSpacing(theme::kGrid);
    m_steps = named(new QSpinBox, "filterSteps", tr("Steps"));
    m_steps->setRange(1, 1000);
    m_steps->setValue(40);
    m_jitter = named(new QSpinBox, "filterJitter", tr("Jitter"));
    m_jitter->setRange(0, 32);
    m_jitter->setSuffix(tr(" pixels"));
    m_jitter->setToolTip(tr("Shifts the picture at random in each step: coarser, calmer patterns."));
    m_blur = named(new QDoubleSpinBox, "filterBlur", tr("Blur"));
    m_blur->setRange(0, 8);
    m_blur->setSingleStep(0.5);
    m_blur->setDecimals(1);
    m_blur->setSuffix(tr(" pixels"));
    m_blur->setToolTip(tr("Blurs the picture every fourth step: less fine noise."));
    form->addRow(tr("Steps"), m_steps);
    form->addRow(tr("Jitter"), m_jitter);
    form->addRow(tr("Blur"), m_blur);
    column->addLayout(form);
    for (auto* field : {m_steps, m_jitter})
        connect(field, &QSpinBox::valueChanged, this, &FiltersTab::restart);
    connect(m_blur, &QDoubleSpinBox::valueChanged, this, &FiltersTab::restart);
    m_draw = button({}, QStringLiteral("media-playback-start"), "drawFilters");
    connect(m_draw, &QPushButton::clicked, this, &FiltersTab::draw);
    m_progress = new ProgressBar("filterProgress", tr("Progress of drawing patterns"));
    m_all = button({}, {}, "drawAllFilters");
    connect(m_all, &QPushButton::clicked, this, &FiltersTab::drawAll);
    column->addWidget(m_draw);
    column->addWidget(m_all);
    column->addWidget(m_progress);
    m_failure = named(mutedLabel({}), "filterFailure");
    column->addWidget(m_failure);
    m_save = button(tr("Save picture…"), QStringLiteral("document-save"), "saveFilter",
                    tr("Save the filter that is shown large"));
    connect(m_save, &QPushButton::clicked, this, &FiltersTab::save);
    surface->body()->addLayout(kinds);
    surface->body()->addWidget(m_settings);
    surface->body()->addStretch(1);
    surface->body()->addWidget(m_save);
    return surface;
}

bool FiltersTab::showsKernels() const {
    return m_kind->checkedId() == 1;
}

QString FiltersTab::problem() const {
    if (showsKernels())
        return m_kernels.problem();
    return m_asker.isReplaced() ? m_asker.replacedSentence() : m_patternsProblem;
}

void FiltersTab::forget() {
    m_kernels.forget();
    m_asker.forget();
    m_patterns.clear();
    m_patternsProblem.clear();
    InsideTab::forget();
    showState();
}

int FiltersTab::channels() const {
    const auto opened = run();
    const auto cost = opened ? shapes(opened->graph) : Result<GraphCost>(Error{});
    for (std::size_t i = 0; cost && i < opened->graph.nodes.size(); ++i)
        if (opened->graph.nodes[i].id == layer().toStdString() && !cost->nodes[i].output.empty())
            return static_cast<int>(cost->nodes[i].output.front());
    return 0;
}

void FiltersTab::restart() {
    m_asker.forget();
    m_patterns.clear();
    m_patternsProblem.clear();
    if (!showsKernels()) {
        tiles().setTiles({}, {});
        selectChannel(-1);
    }
    showKind();
}

void FiltersTab::showLayer() {
    restart();
}

/// Going on where it stopped, with the same weights; while it draws, the button stops it.
void FiltersTab::draw() {
    if (m_asker.isBusy())
        return m_asker.cancel();
    if (m_asker.isReplaced())
        restart();
    m_wanted = std::min(channels(), static_cast<int>(m_patterns.size()) + kAtFirst);
    m_progress->setProgress(0, 0);
    drawGroup();
}

void FiltersTab::drawAll() {
    if (m_asker.isReplaced())
        restart();
    m_wanted = channels();
    m_progress->setProgress(0, 0);
    drawGroup();
}

void FiltersTab::drawGroup() {
    FilterPicturesQuestion question;
    question.layer = layer().toStdString();
    question.steps = m_steps->value();
    question.jitter = m_jitter->value();
    question.blur = m_blur->value();
    const int first = static_cast<int>(m_patterns.size());
    for (int channel = first; channel < std::min(m_wanted, first + kGroup); ++channel)
        question.channels.push_back(channel);
    if (question.channels.empty())
        return showState();
    m_patternsProblem.clear();
    m_asker.ask(
        tr("Drawing patterns"), [question](const std::stop_token&) { return question; },
        [this](Result<FilterPictures> drawn) {
            if (!drawn) {
                m_patternsProblem = QString::fromStdString(drawn.error().message);
                return showKind();
            }
            std::vector<PictureTiles::Tile> added;
            for (FilterPicture& picture : drawn->pictures) {
                added.push_back({picture.channel, QString::number(picture.channel), significant(picture.end, 2)});
                m_patterns.insert_or_assign(picture.channel, std::move(picture));
            }
            if (!showsKernels() && !added.empty()) {
                tiles().append(added);
                say({});
                if (channel() < 0)
                    selectChannel(added.front().number);
            }
            if (m_asker.isReplaced()) // the others would be of other weights
                m_wanted = static_cast<int>(m_patterns.size());
            drawGroup();
        });
}

/// What nobody saw was not read.
void FiltersTab::showEvent(QShowEvent* event) {
    InsideTab::showEvent(event);
    if (showsKernels() && !m_kernels.kernels() && m_kernels.problem().isEmpty())
        showKind();
}

/// Another checkpoint is looked at. Where its patterns are seen there are soon as many as there were.
void FiltersTab::drawAnew() {
    const int before = std::max(m_asker.isBusy() ? m_wanted : 0, static_cast<int>(m_patterns.size()));
    restart();
    if (before == 0 || !isVisible() || showsKernels())
        return;
    m_wanted = before;
    m_progress->setProgress(0, 0);
    drawGroup();
}

/// Patterns or kernels.
void FiltersTab::showKind() {
    m_settings->setVisible(!showsKernels());
    std::vector<PictureTiles::Tile> shown;
    if (showsKernels()) {
        const auto& kernels = m_kernels.kernels();
        for (int i = 0; kernels && i < static_cast<int>(kernels->pictures.size()); ++i)
            shown.push_back({i, QString::number(i), QString::fromStdString(kernels->layer)});
        tiles().setTiles(std::move(shown), [this](int number) {
            return toQImage(m_kernels.kernels()->pictures[static_cast<std::size_t>(number)]);
        });
    } else {
        for (const auto& [number, picture] : m_patterns)
            shown.push_back({number, QString::number(number), significant(picture.end, 2)});
        tiles().setTiles(std::move(shown), [this](int number) { return toQImage(m_patterns.at(number).picture); });
    }
    const bool empty = tiles().rowCount() == 0;
    say(!run()                          ? tr("No network yet: train one, or open a run.")
        : !problem().isEmpty() && empty ? problem()
        : !empty                        ? QString()
        : showsKernels()                ? tr("Reading the first convolution…")
                                        : tr("The pattern that excites each channel of the layer most appears here."));
    selectChannel(empty ? -1 : tiles().tile(0).number);
    if (showsKernels())
        m_kernels.ensure();
    showState();
}

/// The one that is shown large stays, where there is one of its number.
void FiltersTab::followKernels() {
    if (!showsKernels())
        return;
    const int before = channel();
    showKind();
    if (tiles().rowOf(before) >= 0)
        selectChannel(before);
}

void FiltersTab::showState() {
    const bool busy = m_asker.isBusy();
    const int all = channels(), drawn = static_cast<int>(m_patterns.size());
    const int next = std::min(kAtFirst, all - drawn);
    m_progress->setVisible(busy);
    m_failure->setText(problem());
    m_failure->setVisible(!problem().isEmpty() && tiles().rowCount() > 0); // else it stands in the tiles' place
    m_draw->setText(busy                   ? tr("Cancel")
                    : m_asker.isReplaced() ? tr("Draw again")
                    : next <= 0 && all > 0 ? tr("All %1 are drawn").arg(all)
                    : drawn > 0            ? tr("Draw %1 more").arg(next)
                                           : tr("Draw %1 of %2").arg(next).arg(all));
    m_draw->setAccessibleName(m_draw->text());
    m_draw->setEnabled(busy || next > 0 || m_asker.isReplaced());
    m_all->setVisible(!busy && all - drawn > kAtFirst);
    m_all->setText(tr("Draw all %1").arg(all));
    m_all->setAccessibleName(m_all->text());
    m_draw->setToolTip(all == 0 ? tr("Choose a layer first.") : QString());
    theme::setIcon(*m_draw, busy ? QStringLiteral("media-playback-stop") : QStringLiteral("media-playback-start"));
}

void FiltersTab::showChannel() {
    m_save->setEnabled(channel() >= 0);
    if (channel() < 0)
        return setEnlarged({}, {}, false);
    if (showsKernels()) {
        const Kernels& kernels = *m_kernels.kernels();
        return setEnlarged(toQImage(kernels.pictures[static_cast<std::size_t>(channel())]),
                           tr("Filter %1 (of %2), layer %3: its weights, gray is 0.")
                               .arg(channel())
                               .arg(kernels.pictures.size())
                               .arg(QString::fromStdString(kernels.layer)),
                           true);
    }
    const FilterPicture& picture = m_patterns.at(channel());
    setEnlarged(toQImage(picture.picture),
                tr("Channel %1 (of %2), layer %3: mean activation %4 for gray noise, %5 for this pattern.")
                    .arg(channel())
                    .arg(channels())
                    .arg(layer(), significant(picture.start), significant(picture.end)),
                false);
}

void FiltersTab::save() {
    std::vector<std::pair<QString, QString>> notes{
        {QStringLiteral("Title"), enlargedWords()},
        {QStringLiteral("Layer"), showsKernels() ? QString::fromStdString(m_kernels.kernels()->layer) : layer()},
        {QStringLiteral("Channel"), QString::number(channel())}};
    if (!showsKernels())
        for (const auto& [key, value] : {std::pair("Steps", m_steps->text()), std::pair("Jitter", m_jitter->text()),
                                         std::pair("Blur", m_blur->text())})
            notes.emplace_back(QLatin1String(key), value);
    savePicture(enlarged(), QStringLiteral("filter-%1").arg(channel()), notes);
}

} // namespace sightline::ui
