// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/AugmentPage.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QScrollArea>
#include <QScrollBar>
#include <QShortcut>
#include <QToolButton>

#include <algorithm>
#include <cmath>

#include "experiment/AugmentationPresets.h"
#include "look/Icons.h"
#include "look/Words.h"
#include "pages/AugmentPreview.h"
#include "pages/train/RunEditBar.h"
#include "widgets/ImageView.h"
#include "widgets/MessageStrip.h"
#include "widgets/PreviewGrid.h"
#include "widgets/SettingsForm.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
/// What the preview, the speed and the presets depend on.
constexpr ExperimentDocument::Parts kShown = ExperimentDocument::Data | ExperimentDocument::Augmentation |
                                             ExperimentDocument::Normalization | ExperimentDocument::Seed;
constexpr int kRows = 3, kColumns = 4, kTiles = kRows * kColumns;
} // namespace

AugmentPage::AugmentPage(Session& session, QWidget* parent) : Page(session, parent) {
    setObjectName(QStringLiteral("augmentPage"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    row->setSpacing(2 * theme::kGrid);
    row->addWidget(makeOriginal(), 3);
    row->addWidget(makePreview(), 6);
    row->addWidget(makeSettings());
    auto* key = new QShortcut(QKeySequence(Qt::Key_R), this);
    key->setContext(Qt::WidgetWithChildrenShortcut);
    connect(key, &QShortcut::activated, this, &AugmentPage::reroll);
    connect(&session.document(), &ExperimentDocument::changed, this, [this](ExperimentDocument::Parts parts) {
        if (parts & kShown)
            showSettings();
    });
    connect(&session.data(), &DataDesk::opened, this, [this] {
        m_sample = 0;
        m_measured.reset();
        showSettings();
    });
    showSettings();
}

QWidget* AugmentPage::makeOriginal() {
    auto* surface = new Surface(tr("Original"));
    for (const auto& [name, icon, tip, by] : {std::tuple{"previousOriginal", "go-previous", tr("Previous image"), -1},
                                              std::tuple{"nextOriginal", "go-next", tr("Next image"), 1}}) {
        auto* arrow = named(new QToolButton, name, tip);
        arrow->setIcon(theme::icon(QLatin1String(icon)));
        arrow->setToolTip(tip);
        connect(arrow, &QToolButton::clicked, this, [this, by = by] { otherImage(by); });
        surface->head()->addWidget(arrow);
    }
    m_original = named(new ImageView, "originalImage", tr("Original image"));
    m_name = mutedLabel({});
    m_note = named(new QLabel, "augmentNote");
    m_note->setWordWrap(true);
    surface->body()->addWidget(m_original, 1);
    surface->body()->addWidget(m_name);
    surface->body()->addWidget(m_note);
    return surface;
}

QWidget* AugmentPage::makePreview() {
    auto* surface = new Surface(tr("What the network will see"));
    auto* again =
        button(tr("Draw again"), QStringLiteral("view-refresh"), "rerollButton", tr("Draw twelve new variants (R)"));
    connect(again, &QPushButton::clicked, this, &AugmentPage::reroll);
    surface->head()->addWidget(again);
    m_grid =
        named(new PreviewGrid(kRows, kColumns), "augmentGrid", tr("Twelve augmented images with the values drawn"));
    surface->body()->addWidget(m_grid, 1);
    return surface;
}

QWidget* AugmentPage::makeSettings() {
    auto* surface = new Surface(tr("Augmentation"));
    surface->setFixedWidth(384);
    auto* paste = named(new QToolButton, "pasteAugmentation", tr("Paste JSON"));
    paste->setIcon(theme::icon(QStringLiteral("edit-paste")));
    paste->setToolTip(tr("Paste settings from JSON: the block alone, or a whole experiment"));
    connect(paste, &QToolButton::clicked, this, &AugmentPage::paste);
    auto* copy = named(new QToolButton, "copyAugmentation", tr("Copy as JSON"));
    copy->setIcon(theme::icon(QStringLiteral("edit-copy")));
    copy->setToolTip(tr("Copy these settings as JSON"));
    connect(copy, &QToolButton::clicked, this, [this] {
        QApplication::clipboard()->setText(
            QString::fromStdString(toJson(session().document().experiment().augmentation).dump(2)));
    });
    surface->head()->addWidget(copy);
    surface->head()->addWidget(paste);
    m_pasted = named(new MessageStrip, "pasteMessage");
    m_pasted->hide();
    surface->body()->addWidget(m_pasted);
    surface->body()->addWidget(new RunEditBar(session(), QStringLiteral("augment")));
    m_presets = named(new QComboBox, "augmentPresets", tr("Start from"));
    m_presets->addItem(tr("Start from…"));
    for (const AugmentationPreset& preset : augmentationPresets()) {
        m_presets->addItem(QString::fromStdString(preset.title));
        m_presets->setItemData(m_presets->count() - 1, QString::fromStdString(preset.source), Qt::ToolTipRole);
    }
    connect(m_presets, &QComboBox::activated, this, &AugmentPage::choosePreset);
    surface->body()->addWidget(m_presets);
    m_form = named(new SettingsForm, "augmentForm");
    addFields();
    Page::follow(*m_form);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* room = new QWidget;
    auto* column = new QVBoxLayout(room);
    column->setContentsMargins(0, 0, theme::kGrid, 0);
    column->addWidget(m_form);
    column->addStretch(1);
    scroll->setWidget(room);
    surface->body()->addWidget(scroll, 1);
    m_speed = named(mutedLabel({}), "loaderSpeed", tr("Loader speed"));
    m_speed->setToolTip(
        tr("Measured just now on one core with decoded images; the first epoch also reads and decodes the files."));
    surface->body()->addWidget(m_speed);
    return surface;
}

/// The block alone, or an experiment's; what is wrong with it is said in place and changes nothing.
void AugmentPage::paste() {
    const QByteArray text = QApplication::clipboard()->text().toUtf8();
    const auto json = parseJson({text.constData(), static_cast<std::size_t>(text.size())}, "The clipboard");
    if (!json) {
        m_pasted->say(MessageStrip::Kind::Problem, QString::fromStdString(json.error().message));
        return;
    }
    std::vector<Problem> found;
    const bool whole = json->is_object() && json->contains("augmentation");
    AugmentationSettings settings = augmentationFromJson(whole ? (*json)["augmentation"] : *json, "", found);
    if (found.empty())
        found = problems(settings, "");
    if (!found.empty()) {
        m_pasted->say(
            MessageStrip::Kind::Problem,
            tr("The clipboard holds no augmentation settings: %1.").arg(QString::fromStdString(joined(found))));
        return;
    }
    m_pasted->hide();
    Experiment next = session().document().experiment();
    next.augmentation = std::move(settings);
    session().document().setExperiment(std::move(next));
}

void AugmentPage::choosePreset(int index) {
    if (index < 1)
        return;
    Experiment next = session().document().experiment();
    next.augmentation = augmentationPresets()[static_cast<std::size_t>(index - 1)].settings;
    session().document().setExperiment(std::move(next));
    showSettings(); // also where the settings were equal already
}

void AugmentPage::reroll() {
    m_firstEpoch += kTiles;
    preview();
}

void AugmentPage::otherImage(int by) {
    const auto opened = session().data().dataset();
    if (!opened || opened->samples.empty())
        return;
    const auto count = static_cast<std::int64_t>(opened->samples.size());
    m_sample = static_cast<std::uint32_t>((static_cast<std::int64_t>(m_sample) + by + count) % count);
    preview();
}

void AugmentPage::showSettings() {
    const AugmentationSettings& settings = session().document().experiment().augmentation;
    const auto& known = augmentationPresets();
    int at = m_presets->currentIndex(); // two texts may have the same settings: the one chosen stays
    if (at < 1 || !(known[static_cast<std::size_t>(at - 1)].settings == settings)) {
        const auto found = std::find_if(known.begin(), known.end(),
                                        [&](const AugmentationPreset& preset) { return preset.settings == settings; });
        at = found == known.end() ? 0 : static_cast<int>(found - known.begin()) + 1;
    }
    m_presets->setCurrentIndex(at);
    m_presets->setToolTip(at > 0 ? QString::fromStdString(known[static_cast<std::size_t>(at - 1)].source)
                                 : tr("Published settings"));
    const auto faults = static_cast<int>(problems(settings).size());
    setBadge(faults > 0 ? Badge::Attention : session().data().dataset() ? Badge::Ready : Badge::None, faults);
    preview();
}

/// Only what the preview is made of can stand in its way: images and augmentation.
void AugmentPage::preview() {
    const auto opened = session().data().dataset();
    if (!opened || opened->samples.empty())
        return;
    m_stale = !isVisible();
    if (m_stale) // drawn once somebody looks
        return;
    m_sample = std::min<std::uint32_t>(m_sample, static_cast<std::uint32_t>(opened->samples.size() - 1));
    const Experiment experiment = session().document().experiment();
    const auto faults = session().document().problemsOf(ExperimentDocument::Data | ExperimentDocument::Augmentation);
    setLook(*m_note, "bad", !faults.empty());
    m_note->setText(
        !faults.empty()
            ? tr("Preview paused: %1 %2")
                  .arg(QString::fromStdString(faults.front().path), QString::fromStdString(faults.front().message))
        : experiment.augmentation == AugmentationSettings{}
            ? tr("No augmentation is on: every epoch sees the same images. Start from a preset or move a slider.")
            : QString());
    m_note->setVisible(!m_note->text().isEmpty());
    if (!faults.empty())
        return;
    m_lane.submit(
        this,
        [opened, experiment, sample = m_sample, first = m_firstEpoch](const std::stop_token& stop) {
            return previewOf(*opened, sample, experiment, first, kTiles, stop);
        },
        [this](const Result<AugmentPreview>& made) {
            showPreview(made ? *made : AugmentPreview{{}, {}, {}, QString::fromStdString(made.error().message)});
        });
    measure(opened, experiment);
}

void AugmentPage::showPreview(const AugmentPreview& made) {
    m_original->setImage(made.original, made.error);
    m_name->setText(
        made.original.isNull()
            ? made.name
            : tr("%1 · %2 × %3 as loaded").arg(made.name).arg(made.original.width()).arg(made.original.height()));
    m_grid->setTiles(made.tiles);
}

void AugmentPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    if (m_stale)
        preview();
}

void AugmentPage::measure(const std::shared_ptr<const Dataset>& opened, const Experiment& experiment) {
    if (m_measured && m_measured->augmentation == experiment.augmentation && m_measured->data == experiment.data &&
        m_measured->normalization == experiment.normalization)
        return;
    m_measured = experiment;
    m_speedLane.submit(
        this, [opened, experiment](const std::stop_token& stop) { return loaderSpeed(*opened, experiment, stop); },
        [this](const Result<double>& speed) {
            if (speed && *speed > 0)
                m_speed->setText(tr("About %1 images/s per core, once decoded").arg(grouped(std::lround(*speed))));
        });
}

} // namespace sightline::ui
