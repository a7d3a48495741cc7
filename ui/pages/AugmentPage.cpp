// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/AugmentPage.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QScrollArea>
#include <QScrollBar>
#include <QShortcut>
#include <QToolButton>

#include <cmath>

#include "augment/Augment.h"
#include "augment/BatchLoader.h"
#include "experiment/AugmentationPresets.h"
#include "widgets/ImageView.h"
#include "widgets/Picture.h"
#include "widgets/PreviewGrid.h"
#include "widgets/SettingsForm.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kRows = 3, kColumns = 4, kTiles = kRows * kColumns;

struct Preview {
    QImage original;
    std::vector<PreviewGrid::Tile> tiles;
    QString error;
};

/// The drawn values that do something, in few words.
QString inWords(const Drawn& drawn)
{
    QStringList words;
    const auto number = [](double value) { return QString::number(std::lround(value)); };
    if (drawn.theta != 0)
        words << number(drawn.theta) + QStringLiteral("°");
    if (drawn.tx != 0 || drawn.ty != 0)
        words << QStringLiteral("%1, %2 px").arg(number(drawn.tx), number(drawn.ty));
    if (drawn.shear != 0)
        words << AugmentPage::tr("shear %1°").arg(QString::number(drawn.shear, 'f', 1));
    if (drawn.zx != 1 || drawn.zy != 1)
        words << QStringLiteral("× %1, %2").arg(drawn.zx, 0, 'f', 2).arg(drawn.zy, 0, 'f', 2);
    if (drawn.flipHorizontal || drawn.flipVertical)
        words << (drawn.flipHorizontal && drawn.flipVertical ? AugmentPage::tr("flipped twice") : drawn.flipHorizontal ? AugmentPage::tr("flipped") : AugmentPage::tr("upside down"));
    if (drawn.brightness)
        words << AugmentPage::tr("light %1").arg(*drawn.brightness, 0, 'f', 2);
    if (drawn.channelShift)
        words << AugmentPage::tr("channels %1").arg(*drawn.channelShift, 0, 'f', 0);
    if (drawn.gamma)
        words << AugmentPage::tr("gamma %1").arg(*drawn.gamma, 0, 'f', 2);
    if (drawn.contrast)
        words << AugmentPage::tr("contrast %1").arg(*drawn.contrast, 0, 'f', 2);
    if (drawn.occlusion)
        words << AugmentPage::tr("box");
    if (drawn.crop)
        words << AugmentPage::tr("crop %1, %2").arg((*drawn.crop)[0]).arg((*drawn.crop)[1]);
    return words.isEmpty() ? AugmentPage::tr("as it is") : words.join(QStringLiteral(" · "));
}

Preview makePreview(const Dataset& dataset, std::uint32_t index, const Experiment& experiment, std::uint64_t firstEpoch, const std::stop_token& stop)
{
    Preview preview;
    const auto image = loadSample(dataset, dataset.samples[index], experiment.data);
    if (!image) {
        preview.error = QString::fromStdString(image.error().message);
        return preview;
    }
    preview.original = toQImage(*image);
    const auto size = outputSize(experiment.augmentation, image->height, image->width);
    for (int i = 0; i < kTiles && !stop.stop_requested(); ++i) {
        FloatImage result(size[0], size[1], image->channels);
        const Drawn drawn = prepareSample(*image, experiment.augmentation, true, experiment.seed, firstEpoch + static_cast<std::uint64_t>(i), index, Normalizer(), result.pixels.data());
        const QString words = inWords(drawn);
        preview.tiles.push_back({toQImage(result), words, AugmentPage::tr("Epoch %1: %2").arg(firstEpoch + static_cast<std::uint64_t>(i)).arg(words)});
    }
    return preview;
}
} // namespace

AugmentPage::AugmentPage(Session& session, QWidget* parent) : Page(session, parent)
{
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
    connect(&session, &Session::experimentChanged, this, &AugmentPage::follow);
    connect(&session, &Session::dataOpened, this, [this] {
        m_sample = 0;
        follow();
    });
    follow();
}

QWidget* AugmentPage::makeOriginal()
{
    auto* surface = new Surface(tr("Original"));
    for (const auto& [name, icon, tip, by] : {std::tuple{"previousOriginal", "go-previous", tr("Previous image"), -1}, std::tuple{"nextOriginal", "go-next", tr("Next image"), 1}}) {
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

QWidget* AugmentPage::makePreview()
{
    auto* surface = new Surface(tr("What training would see"));
    auto* again = button(tr("Draw again"), QStringLiteral("view-refresh"), "rerollButton", tr("Twelve other draws (R)"));
    connect(again, &QPushButton::clicked, this, &AugmentPage::reroll);
    surface->head()->addWidget(again);
    m_grid = named(new PreviewGrid(kRows, kColumns), "augmentGrid", tr("Twelve augmented images with the values drawn"));
    surface->body()->addWidget(m_grid, 1);
    return surface;
}

QWidget* AugmentPage::makeSettings()
{
    auto* surface = new Surface(tr("Augmentation"));
    surface->setFixedWidth(384);
    auto* copy = named(new QToolButton, "copyAugmentation", tr("Copy as JSON"));
    copy->setIcon(theme::icon(QStringLiteral("edit-copy")));
    copy->setToolTip(tr("Copy these settings as JSON"));
    connect(copy, &QToolButton::clicked, this, [this] {
        QApplication::clipboard()->setText(QString::fromStdString(toJson(session().experiment().augmentation).dump(2)));
    });
    surface->head()->addWidget(copy);
    m_presets = named(new QComboBox, "augmentPresets", tr("Start from"));
    m_presets->addItem(tr("Start from…"));
    for (const AugmentationPreset& preset : augmentationPresets()) {
        m_presets->addItem(QString::fromStdString(preset.title));
        m_presets->setItemData(m_presets->count() - 1, QString::fromStdString(preset.source), Qt::ToolTipRole);
    }
    connect(m_presets, &QComboBox::activated, this, &AugmentPage::choosePreset);
    surface->body()->addWidget(m_presets);
    m_form = named(new SettingsForm(session()), "augmentForm");
    addFields();
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
    return surface;
}

void AugmentPage::addFields()
{
    using E = Experiment;
    const auto path = [](const char* key) { return QStringLiteral("augmentation.") + QLatin1String(key); };
    m_form->section(tr("Geometry"));
    m_form->slider({path("rotation_range"), tr("Rotation, up to"), QStringLiteral("°"), {}}, 0, 180, 1, [](const E& e) { return e.augmentation.rotationRange; },
                   [](E& e, double v) { e.augmentation.rotationRange = v; });
    m_form->slider({path("width_shift_range"), tr("Shift sideways"), {}, tr("Below 1: share of the width; else pixels.")}, 0, 0.99, 0.01,
                   [](const E& e) { return e.augmentation.widthShiftRange.values.front(); },
                   [](E& e, double v) { e.augmentation.widthShiftRange = {ShiftRange::Form::Float, {v}}; });
    m_form->slider({path("height_shift_range"), tr("Shift up and down"), {}, {}}, 0, 0.99, 0.01, [](const E& e) { return e.augmentation.heightShiftRange.values.front(); },
                   [](E& e, double v) { e.augmentation.heightShiftRange = {ShiftRange::Form::Float, {v}}; });
    m_form->slider({path("shear_range"), tr("Shear, up to"), QStringLiteral("°"), {}}, 0, 45, 0.5, [](const E& e) { return e.augmentation.shearRange; },
                   [](E& e, double v) { e.augmentation.shearRange = v; });
    m_form->range({path("zoom_range"), tr("Zoom"), {}, tr("Below 1 enlarges, above 1 shrinks, as in Keras.")}, 0.01, 10, 0.05, [](const E& e) { return e.augmentation.zoomRange; },
                  [](E& e, Range v) { e.augmentation.zoomRange = v; });
    m_form->toggle({path("horizontal_flip"), tr("Flip left and right"), {}, {}}, [](const E& e) { return e.augmentation.horizontalFlip; },
                   [](E& e, bool v) { e.augmentation.horizontalFlip = v; });
    m_form->toggle({path("vertical_flip"), tr("Flip upside down"), {}, {}}, [](const E& e) { return e.augmentation.verticalFlip; },
                   [](E& e, bool v) { e.augmentation.verticalFlip = v; });
    m_form->choice({path("fill_mode"), tr("Borders"), {}, {}}, {tr("Nearest pixel"), tr("Mirrored"), tr("Wrapped"), tr("One colour")},
                   [](const E& e) { return static_cast<int>(e.augmentation.fillMode); }, [](E& e, int v) { e.augmentation.fillMode = static_cast<FillMode>(v); });
    m_form->slider({path("cval"), tr("Border's grey"), {}, {}, [](const E& e) { return e.augmentation.fillMode == FillMode::Constant; }}, 0, 255, 1,
                   [](const E& e) { return e.augmentation.cval; }, [](E& e, double v) { e.augmentation.cval = v; });
    m_form->section(tr("Light and colour"));
    m_form->toggle({path("brightness_range on"), tr("Brightness"), {}, {}}, [](const E& e) { return e.augmentation.brightnessRange.has_value(); },
                   [](E& e, bool v) { e.augmentation.brightnessRange = v ? std::optional(Range{0.8, 1.2}) : std::nullopt; });
    m_form->range({path("brightness_range"), tr("… times"), {}, {}, [](const E& e) { return e.augmentation.brightnessRange.has_value(); }}, 0, 10, 0.05,
                  [](const E& e) { return e.augmentation.brightnessRange.value_or(Range{1, 1}); }, [](E& e, Range v) { e.augmentation.brightnessRange = v; });
    m_form->slider({path("channel_shift_range"), tr("Channel shift"), tr("levels"), {}}, 0, 128, 1, [](const E& e) { return e.augmentation.channelShiftRange; },
                   [](E& e, double v) { e.augmentation.channelShiftRange = v; });
    m_form->toggle({path("gamma_range on"), tr("Gamma"), {}, {}}, [](const E& e) { return e.augmentation.gammaRange.has_value(); },
                   [](E& e, bool v) { e.augmentation.gammaRange = v ? std::optional(Range{0.93, 1.06}) : std::nullopt; });
    m_form->range({path("gamma_range"), tr("… exponent"), {}, {}, [](const E& e) { return e.augmentation.gammaRange.has_value(); }}, 0.1, 5, 0.01,
                  [](const E& e) { return e.augmentation.gammaRange.value_or(Range{1, 1}); }, [](E& e, Range v) { e.augmentation.gammaRange = v; });
    m_form->slider({path("random_contrast"), tr("Contrast"), {}, {}}, 0, 0.99, 0.01, [](const E& e) { return e.augmentation.randomContrast; },
                   [](E& e, double v) { e.augmentation.randomContrast = v; });
    m_form->section(tr("Erasing"));
    m_form->toggle({path("occlusion on"), tr("Cover a box"), {}, {}}, [](const E& e) { return e.augmentation.occlusion.has_value(); },
                   [](E& e, bool v) { e.augmentation.occlusion = v ? std::optional(OcclusionSettings{}) : std::nullopt; });
    m_form->whole({path("occlusion"), tr("… of side"), tr("pixels"), {}, [](const E& e) { return e.augmentation.occlusion.has_value(); }},
                  [](const E& e) { return e.augmentation.occlusion.value_or(OcclusionSettings{}).size; },
                  [](E& e, int v) { if (e.augmentation.occlusion) e.augmentation.occlusion->size = v; });
    m_form->section(tr("More"), true);
    m_form->choice({path("semantics"), tr("Geometry as in"), {}, tr("The Keras releases differ from their documentation.")},
                   {tr("documentation"), QStringLiteral("Keras ≤ 2.8"), QStringLiteral("Keras ≥ 2.9")}, [](const E& e) { return static_cast<int>(e.augmentation.semantics); },
                   [](E& e, int v) { e.augmentation.semantics = static_cast<Semantics>(v); });
    m_form->toggle({path("augment_validation"), tr("Augment validation"), {}, tr("Only to repeat old experiments.")}, [](const E& e) { return e.augmentation.augmentValidation; },
                   [](E& e, bool v) { e.augmentation.augmentValidation = v; });
    m_form->toggle({path("exact"), tr("Double precision"), {}, tr("Slower; the fast way is within 1 level of 255.")}, [](const E& e) { return e.augmentation.exact; },
                   [](E& e, bool v) { e.augmentation.exact = v; });
    m_form->finish();
}

void AugmentPage::choosePreset(int index)
{
    if (index < 1)
        return;
    Experiment next = session().experiment();
    next.augmentation = augmentationPresets()[static_cast<std::size_t>(index - 1)].settings;
    session().setExperiment(std::move(next));
}

void AugmentPage::reroll()
{
    m_firstEpoch += kTiles;
    preview();
}

void AugmentPage::otherImage(int by)
{
    const auto opened = session().dataset();
    if (!opened || opened->samples.empty())
        return;
    const auto count = static_cast<std::int64_t>(opened->samples.size());
    m_sample = static_cast<std::uint32_t>((static_cast<std::int64_t>(m_sample) + by + count) % count);
    preview();
}

void AugmentPage::follow()
{
    const AugmentationSettings& settings = session().experiment().augmentation;
    const auto& known = augmentationPresets();
    int at = 0;
    for (std::size_t i = 0; i < known.size(); ++i)
        if (known[i].settings == settings)
            at = static_cast<int>(i) + 1;
    m_presets->setCurrentIndex(at);
    const auto faults = static_cast<int>(problems(settings).size());
    setBadge(faults > 0 ? Badge::Attention : session().dataset() ? Badge::Ready : Badge::None, faults);
    preview();
}

void AugmentPage::preview()
{
    const auto opened = session().dataset();
    if (!opened || opened->samples.empty())
        return;
    m_sample = std::min<std::uint32_t>(m_sample, static_cast<std::uint32_t>(opened->samples.size() - 1));
    const Experiment experiment = session().experiment();
    if (const auto faults = problems(experiment); !faults.empty()) {
        m_note->setText(tr("The preview waits: %1 %2").arg(QString::fromStdString(faults.front().path), QString::fromStdString(faults.front().message)));
        return;
    }
    m_note->setText(experiment.augmentation == AugmentationSettings{} ? tr("Nothing is switched on: every epoch sees the same image. Start from a preset, or move a slider.") : QString());
    m_note->setVisible(!m_note->text().isEmpty());
    m_lane.submit([this, opened, experiment, sample = m_sample, first = m_firstEpoch](std::stop_token stop) {
        auto made = sightline::ui::makePreview(*opened, sample, experiment, first, stop);
        QMetaObject::invokeMethod(this, [this, stop, made = std::move(made), name = QString::fromStdString(opened->samples[sample].path)] {
            if (stop.stop_requested())
                return;
            m_original->setImage(made.original, made.error);
            m_name->setText(made.original.isNull() ? name : tr("%1 · %2 × %3 as loaded").arg(name).arg(made.original.width()).arg(made.original.height()));
            m_grid->setTiles(made.tiles);
        }, Qt::QueuedConnection);
    });
}

} // namespace sightline::ui
