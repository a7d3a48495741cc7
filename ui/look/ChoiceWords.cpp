// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/ChoiceWords.h"

#include <QCoreApplication>

#include <array>
#include <cstddef>
#include <string_view>

#include "zoo/Zoo.h"

namespace sightline::ui {

namespace {

struct Choice {
    std::string_view path; ///< of the setting, or its end where several have the same
    std::string_view value;
    const char* title;
};

/// In the order of the settings' enums.
constexpr std::array kChoices{
    Choice{"training.optimizer.name", "adam", QT_TRANSLATE_NOOP("Choices", "Adam")},
    Choice{"training.optimizer.name", "sgd", QT_TRANSLATE_NOOP("Choices", "SGD")},
    Choice{"training.optimizer.name", "rmsprop", QT_TRANSLATE_NOOP("Choices", "RMSprop")},
    Choice{"training.optimizer.name", "adamw", QT_TRANSLATE_NOOP("Choices", "AdamW")},
    Choice{"training.schedule.name", "constant", QT_TRANSLATE_NOOP("Choices", "Constant")},
    Choice{"training.schedule.name", "cosine", QT_TRANSLATE_NOOP("Choices", "Cosine")},
    Choice{"training.schedule.name", "one-cycle", QT_TRANSLATE_NOOP("Choices", "One cycle")},
    Choice{"training.schedule.name", "step", QT_TRANSLATE_NOOP("Choices", "Step decay")},
    Choice{"training.precision", "auto", QT_TRANSLATE_NOOP("Choices", "Automatic")},
    Choice{"training.precision", "fp32", QT_TRANSLATE_NOOP("Choices", "float32")},
    Choice{"training.precision", "bf16", QT_TRANSLATE_NOOP("Choices", "bfloat16")},
    Choice{"training.loss.class_weight", "none", QT_TRANSLATE_NOOP("Choices", "no")},
    Choice{"training.loss.class_weight", "balanced", QT_TRANSLATE_NOOP("Choices", "yes")},
    Choice{"monitor", "val_loss", QT_TRANSLATE_NOOP("Choices", "Validation loss")},
    Choice{"monitor", "val_accuracy", QT_TRANSLATE_NOOP("Choices", "Validation accuracy")},
    Choice{"monitor", "loss", QT_TRANSLATE_NOOP("Choices", "Training loss")},
    Choice{"monitor", "accuracy", QT_TRANSLATE_NOOP("Choices", "Training accuracy")},
    Choice{"mode", "auto", QT_TRANSLATE_NOOP("Choices", "Automatic")},
    Choice{"mode", "min", QT_TRANSLATE_NOOP("Choices", "Lowest is best")},
    Choice{"mode", "max", QT_TRANSLATE_NOOP("Choices", "Highest is best")},
    Choice{"data.split", "per-class-first", QT_TRANSLATE_NOOP("Choices", "First of each class")},
    Choice{"data.split", "shuffled", QT_TRANSLATE_NOOP("Choices", "At random, by the seed")},
    Choice{"data.interpolation", "nearest", QT_TRANSLATE_NOOP("Choices", "Nearest")},
    Choice{"data.interpolation", "bilinear", QT_TRANSLATE_NOOP("Choices", "Bilinear")},
    Choice{"data.interpolation", "bicubic", QT_TRANSLATE_NOOP("Choices", "Bicubic")},
    Choice{"data.interpolation", "lanczos", QT_TRANSLATE_NOOP("Choices", "Lanczos")},
    Choice{"data.interpolation", "box", QT_TRANSLATE_NOOP("Choices", "Box")},
    Choice{"data.interpolation", "hamming", QT_TRANSLATE_NOOP("Choices", "Hamming")},
    Choice{"data.fit", "stretch", QT_TRANSLATE_NOOP("Choices", "Stretch")},
    Choice{"data.fit", "crop", QT_TRANSLATE_NOOP("Choices", "Crop the edges")},
    Choice{"data.fit", "pad", QT_TRANSLATE_NOOP("Choices", "Add a border")},
    Choice{"data.color_mode", "rgb", QT_TRANSLATE_NOOP("Choices", "Color")},
    Choice{"data.color_mode", "grayscale", QT_TRANSLATE_NOOP("Choices", "Gray")},
    Choice{"normalization.preset", "none", QT_TRANSLATE_NOOP("Choices", "None: 0 to 255")},
    Choice{"normalization.preset", "rescale", QT_TRANSLATE_NOOP("Choices", "0 to 1")},
    Choice{"normalization.preset", "imagenet", QT_TRANSLATE_NOOP("Choices", "ImageNet statistics")},
    Choice{"normalization.preset", "half", QT_TRANSLATE_NOOP("Choices", "−1 to 1")},
    Choice{"normalization.preset", "caffe", QT_TRANSLATE_NOOP("Choices", "Caffe: BGR minus means")},
    Choice{"augmentation.fill_mode", "nearest", QT_TRANSLATE_NOOP("Choices", "Nearest")},
    Choice{"augmentation.fill_mode", "reflect", QT_TRANSLATE_NOOP("Choices", "Reflect")},
    Choice{"augmentation.fill_mode", "wrap", QT_TRANSLATE_NOOP("Choices", "Wrap")},
    Choice{"augmentation.fill_mode", "constant", QT_TRANSLATE_NOOP("Choices", "Constant")},
    Choice{"augmentation.semantics", "documented", QT_TRANSLATE_NOOP("Choices", "Keras documentation")},
    Choice{"augmentation.semantics", "keras<=2.8", QT_TRANSLATE_NOOP("Choices", "Keras ≤ 2.8")},
    Choice{"augmentation.semantics", "keras>=2.9", QT_TRANSLATE_NOOP("Choices", "Keras ≥ 2.9")},
    Choice{"augmentation.policy.name", "trivial-augment", QT_TRANSLATE_NOOP("Choices", "TrivialAugment")},
    Choice{"augmentation.policy.name", "rand-augment", QT_TRANSLATE_NOOP("Choices", "RandAugment")},
    Choice{"model.head.pooling", "avg", QT_TRANSLATE_NOOP("Choices", "Average")},
    Choice{"model.head.pooling", "max", QT_TRANSLATE_NOOP("Choices", "Maximum")},
    Choice{"model.head.pooling", "flatten", QT_TRANSLATE_NOOP("Choices", "Flatten")},
    Choice{"model.options.dropout_place", "hidden", QT_TRANSLATE_NOOP("Choices", "Hidden units")},
    Choice{"model.options.dropout_place", "logits", QT_TRANSLATE_NOOP("Choices", "Class scores")},
    Choice{"model.options.variant", "book", QT_TRANSLATE_NOOP("Choices", "Book")},
    Choice{"model.options.variant", "notebook", QT_TRANSLATE_NOOP("Choices", "Notebook")},
    Choice{"model.options.residual_scaling", "shortcut", QT_TRANSLATE_NOOP("Choices", "Shortcut")},
    Choice{"model.options.residual_scaling", "branch", QT_TRANSLATE_NOOP("Choices", "Branch")}};

constexpr std::string_view kNetwork = "model.name";

/// In the order of Op.
constexpr std::array kOperations{QT_TRANSLATE_NOOP("Operations", "Input"),
                                 QT_TRANSLATE_NOOP("Operations", "Convolution"),
                                 QT_TRANSLATE_NOOP("Operations", "Batch norm"),
                                 QT_TRANSLATE_NOOP("Operations", "Layer norm"),
                                 QT_TRANSLATE_NOOP("Operations", "Activation"),
                                 QT_TRANSLATE_NOOP("Operations", "Max pooling"),
                                 QT_TRANSLATE_NOOP("Operations", "Average pooling"),
                                 QT_TRANSLATE_NOOP("Operations", "Global average"),
                                 QT_TRANSLATE_NOOP("Operations", "Adaptive average"),
                                 QT_TRANSLATE_NOOP("Operations", "Flatten"),
                                 QT_TRANSLATE_NOOP("Operations", "Dense"),
                                 QT_TRANSLATE_NOOP("Operations", "Dropout"),
                                 QT_TRANSLATE_NOOP("Operations", "Add"),
                                 QT_TRANSLATE_NOOP("Operations", "Multiply"),
                                 QT_TRANSLATE_NOOP("Operations", "Concatenate"),
                                 QT_TRANSLATE_NOOP("Operations", "Local response norm"),
                                 QT_TRANSLATE_NOOP("Operations", "Channel scale"),
                                 QT_TRANSLATE_NOOP("Operations", "Random crop"),
                                 QT_TRANSLATE_NOOP("Operations", "Random contrast"),
                                 QT_TRANSLATE_NOOP("Operations", "Rescale")};
static_assert(kOperations.size() == static_cast<std::size_t>(Op::Rescale) + 1);

/// "optimizer.name" of "training.optimizer.name".
bool isEndOf(std::string_view end, std::string_view path) {
    return !end.empty() && path.ends_with(end) &&
           (path.size() == end.size() || path[path.size() - end.size() - 1] == '.');
}

bool isOf(const Choice& choice, std::string_view path) {
    return isEndOf(path, choice.path) || isEndOf(choice.path, path);
}

QString titleOf(const Choice& choice) {
    return QCoreApplication::translate("Choices", choice.title);
}

} // namespace

QString choiceTitle(const std::string& path, const std::string& value) {
    for (const Choice& choice : kChoices)
        if (choice.value == value && isOf(choice, path))
            return titleOf(choice);
    const ZooEntry* network = path == kNetwork ? findInZoo(value) : nullptr;
    return QString::fromStdString(network ? network->title : value);
}

QStringList choiceTitles(const std::string& path) {
    QStringList titles;
    for (const Choice& choice : kChoices)
        if (isOf(choice, path))
            titles << titleOf(choice);
    return titles;
}

std::string choiceTitled(const std::string& path, const QString& title) {
    const auto isIt = [&title](const QString& one) { return one.compare(title, Qt::CaseInsensitive) == 0; };
    for (const Choice& choice : kChoices)
        if (isOf(choice, path) && isIt(titleOf(choice)))
            return std::string(choice.value);
    if (path == kNetwork)
        for (const ZooEntry& network : zoo())
            if (isIt(QString::fromStdString(network.title)))
                return network.name;
    return title.toStdString();
}

QString operationTitle(Op op) {
    return QCoreApplication::translate("Operations", kOperations[static_cast<std::size_t>(op)]);
}

} // namespace sightline::ui
