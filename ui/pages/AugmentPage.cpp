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
#include <chrono>
#include <cmath>

#include "augment/Augment.h"
#include "augment/Mixing.h"
#include "experiment/AugmentationPresets.h"
#include "look/Icons.h"
#include "look/Picture.h"
#include "widgets/ImageView.h"
#include "widgets/MessageStrip.h"
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

LoadImage loaderOf(const Dataset& dataset, const DataSettings& settings) {
    return [&dataset, settings](std::uint32_t sample) -> std::shared_ptr<const Image> {
        auto image = loadSample(dataset, dataset.samples[sample], settings);
        return image ? std::make_shared<const Image>(std::move(*image)) : nullptr;
    };
}

/// A sample's class and file name, for a caption.
QString shortName(const Dataset& dataset, std::uint32_t sample) {
    const QString path = QString::fromStdString(dataset.samples[sample].path);
    return path.section(QLatin1Char('/'), -2);
}

/// The drawn values that do something, in few words.
QString inWords(const Drawn& drawn) {
    QStringList words;
    const auto number = [](double value) { return QString::number(std::lround(value)); };
    if (drawn.theta != 0)
        words << number(drawn.theta) + QStringLiteral("°");
    if (drawn.tx != 0 || drawn.ty != 0)
        words << AugmentPage::tr("shift %1, %2 px").arg(number(drawn.tx), number(drawn.ty));
    if (drawn.shear != 0)
        words << AugmentPage::tr("shear %1°").arg(QString::number(drawn.shear, 'f', 1));
    if (drawn.zx != 1 || drawn.zy != 1)
        words << AugmentPage::tr("zoom %1, %2").arg(drawn.zx, 0, 'f', 2).arg(drawn.zy, 0, 'f', 2);
    if (drawn.flipHorizontal || drawn.flipVertical)
        words << (drawn.flipHorizontal && drawn.flipVertical ? AugmentPage::tr("flipped both ways")
                  : drawn.flipHorizontal                     ? AugmentPage::tr("flipped")
                                                             : AugmentPage::tr("flipped vertically"));
    if (drawn.brightness)
        words << AugmentPage::tr("brightness ×%1").arg(*drawn.brightness, 0, 'f', 2);
    if (drawn.channelShift)
        words << AugmentPage::tr("channel shift %1").arg(*drawn.channelShift, 0, 'f', 0);
    if (drawn.gamma)
        words << AugmentPage::tr("gamma %1").arg(*drawn.gamma, 0, 'f', 2);
    if (drawn.contrast)
        words << AugmentPage::tr("contrast %1").arg(*drawn.contrast, 0, 'f', 2);
    if (drawn.occlusion)
        words << AugmentPage::tr("erased");
    if (drawn.saturation)
        words << AugmentPage::tr("saturation ×%1").arg(*drawn.saturation, 0, 'f', 2);
    if (drawn.hue)
        words << AugmentPage::tr("hue %1°").arg(*drawn.hue, 0, 'f', 0);
    if (drawn.blur)
        words << AugmentPage::tr("blur %1").arg(*drawn.blur, 0, 'f', 1);
    if (drawn.noise)
        words << AugmentPage::tr("noise %1").arg(drawn.noise->deviation, 0, 'f', 0);
    if (drawn.jpegQuality)
        words << AugmentPage::tr("JPEG %1").arg(*drawn.jpegQuality);
    for (const PolicyStep& step : drawn.policy)
        words << QString::fromStdString(step.operation) +
                     (step.strength == 0 ? QString() : QStringLiteral(" %1").arg(step.strength, 0, 'g', 3));
    if (!drawn.cutout.empty())
        words << AugmentPage::tr("cutout ×%1").arg(drawn.cutout.size());
    if (drawn.resizedCrop)
        words << AugmentPage::tr("resized crop %1 × %2").arg(drawn.resizedCrop->width).arg(drawn.resizedCrop->height);
    if (drawn.crop)
        words << AugmentPage::tr("crop at %1, %2").arg((*drawn.crop)[0]).arg((*drawn.crop)[1]);
    return words.isEmpty() ? AugmentPage::tr("unchanged") : words.join(QStringLiteral(" · "));
}

Preview makePreview(const Dataset& dataset, std::uint32_t index, const Experiment& experiment, std::uint64_t firstEpoch,
                    const std::stop_token& stop) {
    Preview preview;
    const auto image = loadSample(dataset, dataset.samples[index], experiment.data);
    if (!image) {
        preview.error = QString::fromStdString(image.error().message);
        return preview;
    }
    preview.original = toQImage(*image);
    const auto size = outputSize(experiment.augmentation, image->height, image->width);
    const std::vector<std::uint32_t> candidates = dataset.indices(Subset::Train);
    for (int i = 0; i < kTiles && !stop.stop_requested(); ++i) {
        const std::uint64_t epoch = firstEpoch + static_cast<std::uint64_t>(i);
        FloatImage result(size[0], size[1], image->channels);
        const TrainingSample made =
            prepareTrainingSample(*image, loaderOf(dataset, experiment.data), candidates, experiment.augmentation,
                                  experiment.seed, epoch, index, Normalizer(), result.pixels.data());
        QString words = inWords(made.drawn);
        if (made.mixture.kind != Mixture::Kind::None)
            words = AugmentPage::tr("%1 % + %2 % of %3")
                        .arg(std::lround(100 * made.mixture.share))
                        .arg(100 - std::lround(100 * made.mixture.share))
                        .arg(shortName(dataset, made.partner)) +
                    QStringLiteral(" · ") + words;
        preview.tiles.push_back({toQImage(result), words, AugmentPage::tr("Epoch %1: %2").arg(epoch).arg(words)});
    }
    return preview;
}

/// Images a second that one loader thread prepares from decoded images with these settings, over a third of a second.
double measuredSpeed(const Dataset& dataset, const Experiment& experiment, const std::stop_token& stop) {
    const std::vector<std::uint32_t> candidates = dataset.indices(Subset::Train);
    std::vector<std::pair<std::uint32_t, std::shared_ptr<const Image>>> images;
    for (std::size_t i = 0; i < candidates.size() && images.size() < 8 && !stop.stop_requested();
         i += std::max<std::size_t>(1, candidates.size() / 8))
        if (auto image = loaderOf(dataset, experiment.data)(candidates[i]))
            images.emplace_back(candidates[i], std::move(image));
    if (images.empty())
        return 0;
    const auto size = outputSize(experiment.augmentation, experiment.data.imageHeight, experiment.data.imageWidth);
    std::vector<float> out(static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
                           static_cast<std::size_t>(experiment.data.channels()));
    const Normalizer normalizer(experiment.normalization, experiment.data.channels());
    const LoadImage decoded = [&images](std::uint32_t sample) { return images[sample % images.size()].second; };
    const auto start = std::chrono::steady_clock::now();
    const auto elapsed = [start] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    std::uint64_t done = 0;
    for (; elapsed() < 0.3 && !stop.stop_requested(); ++done) {
        const auto& [sample, image] = images[done % images.size()];
        prepareTrainingSample(*image, decoded, candidates, experiment.augmentation, experiment.seed, done, sample,
                              normalizer, out.data());
    }
    return static_cast<double>(done) / elapsed();
}
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
    connect(&session, &Session::experimentChanged, this, &AugmentPage::follow);
    connect(&session, &Session::dataOpened, this, [this] {
        m_sample = 0;
        m_measured.reset();
        follow();
    });
    follow();
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
        QApplication::clipboard()->setText(QString::fromStdString(toJson(session().experiment().augmentation).dump(2)));
    });
    surface->head()->addWidget(copy);
    surface->head()->addWidget(paste);
    m_pasted = named(new MessageStrip, "pasteMessage");
    m_pasted->hide();
    surface->body()->addWidget(m_pasted);
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
    Experiment next = session().experiment();
    next.augmentation = std::move(settings);
    session().setExperiment(std::move(next));
}

void AugmentPage::choosePreset(int index) {
    if (index < 1)
        return;
    Experiment next = session().experiment();
    next.augmentation = augmentationPresets()[static_cast<std::size_t>(index - 1)].settings;
    session().setExperiment(std::move(next));
    follow(); // also where the settings were equal already
}

void AugmentPage::reroll() {
    m_firstEpoch += kTiles;
    preview();
}

void AugmentPage::otherImage(int by) {
    const auto opened = session().dataset();
    if (!opened || opened->samples.empty())
        return;
    const auto count = static_cast<std::int64_t>(opened->samples.size());
    m_sample = static_cast<std::uint32_t>((static_cast<std::int64_t>(m_sample) + by + count) % count);
    preview();
}

void AugmentPage::follow() {
    const AugmentationSettings& settings = session().experiment().augmentation;
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
    setBadge(faults > 0 ? Badge::Attention : session().dataset() ? Badge::Ready : Badge::None, faults);
    preview();
}

void AugmentPage::preview() {
    const auto opened = session().dataset();
    if (!opened || opened->samples.empty())
        return;
    m_sample = std::min<std::uint32_t>(m_sample, static_cast<std::uint32_t>(opened->samples.size() - 1));
    const Experiment experiment = session().experiment();
    if (const auto faults = problems(experiment); !faults.empty()) {
        m_note->setText(
            tr("Preview paused: %1 %2")
                .arg(QString::fromStdString(faults.front().path), QString::fromStdString(faults.front().message)));
        return;
    }
    m_note->setText(
        experiment.augmentation == AugmentationSettings{}
            ? tr("No augmentation is on: every epoch sees the same images. Start from a preset or move a slider.")
            : QString());
    m_note->setVisible(!m_note->text().isEmpty());
    m_lane.submit([this, opened, experiment, sample = m_sample, first = m_firstEpoch](std::stop_token stop) {
        auto made = sightline::ui::makePreview(*opened, sample, experiment, first, stop);
        QMetaObject::invokeMethod(
            this,
            [this, stop, made = std::move(made), name = QString::fromStdString(opened->samples[sample].path)] {
                if (stop.stop_requested())
                    return;
                m_original->setImage(made.original, made.error);
                m_name->setText(made.original.isNull() ? name
                                                       : tr("%1 · %2 × %3 as loaded")
                                                             .arg(name)
                                                             .arg(made.original.width())
                                                             .arg(made.original.height()));
                m_grid->setTiles(made.tiles);
            },
            Qt::QueuedConnection);
    });
    measure(opened, experiment);
}

void AugmentPage::measure(const std::shared_ptr<const Dataset>& opened, const Experiment& experiment) {
    if (m_measured && m_measured->augmentation == experiment.augmentation && m_measured->data == experiment.data &&
        m_measured->normalization == experiment.normalization)
        return;
    m_measured = experiment;
    m_speedLane.submit([this, opened, experiment](std::stop_token stop) {
        const double speed = measuredSpeed(*opened, experiment, stop);
        QMetaObject::invokeMethod(
            this,
            [this, stop, speed] {
                if (!stop.stop_requested() && speed > 0)
                    m_speed->setText(tr("About %L1 images/s per core, once decoded").arg(std::lround(speed)));
            },
            Qt::QueuedConnection);
    });
}

} // namespace sightline::ui
