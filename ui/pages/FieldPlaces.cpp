// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/FieldPlaces.h"

#include <QCoreApplication>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>
#include <QWidget>

#include <algorithm>
#include <array>

#include "experiment/RunEdit.h"
#include "widgets/SettingsForm.h"

namespace sightline::ui {

namespace {
struct Title {
    const char *path, *words;
};
constexpr std::array<Title, 36> kTitles{{
    {"data.path", QT_TRANSLATE_NOOP("Fields", "Images")},
    {"data.validation_split", QT_TRANSLATE_NOOP("Fields", "Validation split")},
    {"data.split", QT_TRANSLATE_NOOP("Fields", "Draw validation")},
    {"data.group.pattern", QT_TRANSLATE_NOOP("Fields", "Kept together")},
    {"data.image_size", QT_TRANSLATE_NOOP("Fields", "Image size")},
    {"data.background", QT_TRANSLATE_NOOP("Fields", "Background")},
    {"data.channels", QT_TRANSLATE_NOOP("Fields", "Channels")},
    {"data.fit", QT_TRANSLATE_NOOP("Fields", "Other proportions")},
    {"training.balanced", QT_TRANSLATE_NOOP("Fields", "Draw classes equally")},
    {"data.color_mode", QT_TRANSLATE_NOOP("Fields", "Color")},
    {"model.name", QT_TRANSLATE_NOOP("Fields", "Network")},
    {"model.weights", QT_TRANSLATE_NOOP("Fields", "Pretrained weights")},
    {"model.freeze", QT_TRANSLATE_NOOP("Fields", "Frozen layers")},
    {"model.head", QT_TRANSLATE_NOOP("Fields", "New classifier")},
    {"normalization.preset", QT_TRANSLATE_NOOP("Fields", "Normalization")},
    {"augmentation.horizontal_flip", QT_TRANSLATE_NOOP("Fields", "Horizontal flip")},
    {"augmentation.vertical_flip", QT_TRANSLATE_NOOP("Fields", "Vertical flip")},
    {"augmentation.rotation_range", QT_TRANSLATE_NOOP("Fields", "Rotation and shifts")},
    {"augmentation.brightness_range", QT_TRANSLATE_NOOP("Fields", "Brightness and contrast")},
    {"augmentation.zoom_range", QT_TRANSLATE_NOOP("Fields", "Zoom")},
    {"augmentation.random_resized_crop", QT_TRANSLATE_NOOP("Fields", "Random resized crop")},
    {"training.epochs", QT_TRANSLATE_NOOP("Fields", "Epochs")},
    {"training.batch_size", QT_TRANSLATE_NOOP("Fields", "Batch size")},
    {"training.fine_tune", QT_TRANSLATE_NOOP("Fields", "Fine-tuning")},
    {"training.optimizer.name", QT_TRANSLATE_NOOP("Fields", "Optimizer")},
    {"training.optimizer.learning_rate", QT_TRANSLATE_NOOP("Fields", "Learning rate")},
    {"training.optimizer.weight_decay", QT_TRANSLATE_NOOP("Fields", "Weight decay")},
    {"training.schedule.name", QT_TRANSLATE_NOOP("Fields", "Learning rate schedule")},
    {"training.early_stopping", QT_TRANSLATE_NOOP("Fields", "Early stopping")},
    {"training.early_stopping.min_delta", QT_TRANSLATE_NOOP("Fields", "Stopping: margin")},
    {"training.early_stopping.start_from_epoch", QT_TRANSLATE_NOOP("Fields", "Stopping: skip")},
    {"training.reduce_lr_on_plateau", QT_TRANSLATE_NOOP("Fields", "Reduce learning rate")},
    {"training.reduce_lr_on_plateau.min_delta", QT_TRANSLATE_NOOP("Fields", "Reducing: margin")},
    {"training.reduce_lr_on_plateau.min_lr", QT_TRANSLATE_NOOP("Fields", "Reducing: lowest")},
    {"training.loss.label_smoothing", QT_TRANSLATE_NOOP("Fields", "Label smoothing")},
    {"training.loss.class_weight", QT_TRANSLATE_NOOP("Fields", "Balance classes")},
}};

/// Controls that no form holds.
QString controlNamed(const std::string& path) {
    return path == "model.name"      ? QStringLiteral("zooCards")
           : path == "data.channels" ? QStringLiteral("data.color_mode")
           : path == "model.freeze"  ? QStringLiteral("frozenUpTo")
                                     : QString();
}

void reveal(QWidget& control) {
    for (QWidget* above = control.parentWidget(); above; above = above->parentWidget())
        if (auto* scroll = qobject_cast<QScrollArea*>(above))
            QTimer::singleShot(0, &control, [scroll, &control] { // what has just been unfolded gets its place first
                scroll->ensureWidgetVisible(&control);
                scroll->horizontalScrollBar()->setValue(0);
            });
    control.setFocus(Qt::OtherFocusReason);
}
} // namespace

QString pageOfField(const std::string& path) {
    if (path.starts_with("data.path") || path.starts_with("data.format") || path.starts_with("data.background"))
        return QStringLiteral("data");
    if (path.starts_with("augmentation"))
        return QStringLiteral("augment");
    if (path.starts_with("training.fine_tune") || path.starts_with("training.cache_features"))
        return QStringLiteral("network");
    for (const char* own : {"training", "seed", "data.validation_split", "data.split", "data.group"})
        if (path.starts_with(own))
            return QStringLiteral("train");
    return QStringLiteral("network");
}

QString titleOfField(const std::string& path) {
    const auto found =
        std::find_if(kTitles.begin(), kTitles.end(), [&](const Title& title) { return path == title.path; });
    return found == kTitles.end() ? QString::fromStdString(path) : QCoreApplication::translate("Fields", found->words);
}

bool changesInRun(const QString& field) {
    return mayChange(field.section(QLatin1Char(' '), 0, 0).toStdString()); // "training.early_stopping on"
}

void showField(QWidget& page, const std::string& path) {
    if (const QString control = controlNamed(path); !control.isEmpty()) {
        if (auto* found = page.findChild<QWidget*>(control))
            reveal(*found);
        return;
    }
    for (auto* form : page.findChildren<SettingsForm*>())
        if (QWidget* control = form->unfoldTo(QString::fromStdString(path)))
            return reveal(*control);
}

} // namespace sightline::ui
