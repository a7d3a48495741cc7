// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/NetworkWeights.h"

#include <QComboBox>
#include <QCoreApplication>

#include <algorithm>
#include <utility>

#include "engine/Engine.h"
#include "store/Safetensors.h"
#include "store/StartWeights.h"
#include "store/WeightsFolder.h"
#include "support/FileStamp.h"
#include "support/Words.h"
#include "widgets/SettingsForm.h"
#include "zoo/ClassRows.h"
#include "zoo/Hub.h"
#include "zoo/WeightFit.h"

namespace sightline::ui {

namespace {

constexpr std::size_t kNamed = 2, kNamedClasses = 4; ///< tensors and classes named in a sentence

QString tr(const char* text) {
    return QCoreApplication::translate("NetworkWeights", text);
}

/// Weights of a network that have a name.
struct Named {
    std::string name;
    const HubWeights* known = nullptr; ///< null: somebody's own, in the data home
    bool isHeld = false;               ///< lies in the data home
};

/// What the home holds comes first.
std::vector<Named> ofNetwork(const std::string& network, const std::filesystem::path& home) {
    std::vector<Named> found;
    const auto held = weightsIn(home / "weights");
    for (const FolderWeights& weights : held ? *held : std::vector<FolderWeights>())
        if (areFor(weights, network))
            found.push_back({weights.name, findInHub(weights.name), true});
    for (const HubWeights& weights : hubWeights())
        if (weights.network == network &&
            std::none_of(found.begin(), found.end(), [&](const Named& named) { return named.known == &weights; }))
            found.push_back({weights.name, &weights, false});
    return found;
}

void prepareFor(Experiment& experiment, const HubWeights& weights) {
    experiment.normalization = {};
    experiment.normalization.preset = presetOf(weights);
    experiment.data.interpolation =
        weights.interpolation == "bilinear" ? Interpolation::Bilinear : Interpolation::Bicubic;
}

QString pixelValues(const HubWeights& weights) {
    return presetOf(weights) == NormalizationSettings::Preset::Half ? tr("−1 to 1") : tr("ImageNet statistics");
}

/// Which classes go on, and which begin.
QString knownText(const ClassRows& rows, const std::vector<std::string>& names) {
    std::vector<std::string> others;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (!rows.of[i])
            others.push_back(names[i]);
    const auto known = names.size() - others.size();
    return others.empty() ? tr("All layers get these weights; the classifier keeps all %1 classes.").arg(known)
                          : tr("All layers get these weights; the classifier keeps %1 of %2 classes, and starts from "
                               "random values for %3.")
                                .arg(known)
                                .arg(names.size())
                                .arg(QString::fromStdString(listed(others, kNamedClasses)));
}

/// How the tensors of a file meet the network, in a sentence: by the rule of training.
QString fitText(const Experiment& experiment, const std::filesystem::path& path, const std::vector<TensorSpec>& tensors,
                int classes, const ClassRows* rows, const std::vector<std::string>& names) {
    const auto graph = graphFor(experiment, classes);
    const auto cost = graph ? shapes(*graph) : Result<GraphCost>(graph.error());
    if (!cost)
        return {};
    const std::vector<TensorSpec> ours = tensorsOf(*graph, *cost);
    WeightMatch match = matchWeights(*graph, ours, tensors);
    const std::vector<bool> byClass =
        rows && !rows->isSame() ? holdsClassRows(*graph, ours, tensors, *rows, match) : std::vector<bool>(ours.size());
    const bool someRows = std::find(byClass.begin(), byClass.end(), true) != byClass.end();
    const std::vector<bool> fresh = startsAnew(*graph, ours, match);
    if (!match.isComplete())
        return QString::fromStdString(describeFault(match, path.filename().string(), graph->name));
    std::vector<std::string> anew;
    for (std::size_t i = 0; i < fresh.size(); ++i)
        if (fresh[i] || (byClass[i] && !rows->keepsAny()))
            anew.push_back(ours[i].name);
    if (anew.empty() && someRows)
        return knownText(*rows, names);
    return anew.empty()
               ? tr("All layers get pretrained weights.")
               : (anew.size() == 1
                      ? tr("All layers but the classifier get pretrained weights; %1 starts from random values.")
                      : tr("All layers but the classifier get pretrained weights; %1 start from random values."))
                     .arg(QString::fromStdString(listed(anew, kNamed)));
}

} // namespace

void addWeightFields(SettingsForm& form, const std::string& network, const std::filesystem::path& home,
                     std::function<void()> chooseFile) {
    const std::vector<Named> known = ofNetwork(network, home);
    QStringList choices{tr("None (random)")};
    for (const Named& weights : known)
        choices << (weights.isHeld ? QString::fromStdString(weights.name)
                                   : tr("%1 (download)").arg(QString::fromStdString(weights.name)));
    choices << tr("A file…");
    const int file = static_cast<int>(known.size()) + 1;
    form.choice(
        {QStringLiteral("model.weights.source"),
         tr("Weights"),
         {},
         tr("Pretrained weights set the normalization and resizing they were trained with.")},
        choices,
        [known, file](const Experiment& e) {
            if (e.model.weights.empty())
                return 0;
            for (std::size_t i = 0; i < known.size(); ++i)
                if (known[i].name == e.model.weights)
                    return static_cast<int>(i) + 1;
            return file;
        },
        [known, file](Experiment& e, int chosen) {
            if (chosen == 0)
                e.model.weights.clear();
            else if (chosen < file) {
                const Named& weights = known[static_cast<std::size_t>(chosen) - 1];
                e.model.weights = weights.name;
                if (weights.known)
                    prepareFor(e, *weights.known);
            }
        });
    if (auto* source = form.findChild<QComboBox*>(QStringLiteral("model.weights.source"))) {
        QObject::connect(source, &QComboBox::activated, &form,
                         [&form, file, chooseFile = std::move(chooseFile)](int chosen) {
                             if (chosen == file) {
                                 chooseFile();
                                 form.showAgain(); // nothing has changed where the person thought better of it
                             }
                         });
    }
    form.text(
        {QStringLiteral("model.weights"),
         tr("File or name"),
         {},
         tr("A .safetensors file, one of the names above, or the ID of a run.")},
        [](const Experiment& e) { return QString::fromStdString(e.model.weights); },
        [](Experiment& e, const QString& text) { e.model.weights = text.toStdString(); });
}

Result<std::vector<TensorSpec>> WeightFacts::tensorsIn(const std::filesystem::path& file) {
    std::string stamp = fileStamp(file);
    if (m_file != file || m_stamp != stamp) {
        m_file = file;
        m_stamp = std::move(stamp);
        const auto opened = SafetensorsFile::open(file);
        m_tensors = opened ? Result<std::vector<TensorSpec>>(specsOf(*opened))
                           : Result<std::vector<TensorSpec>>(opened.error());
    }
    return m_tensors;
}

QString WeightFacts::of(const Experiment& experiment, const std::filesystem::path& home, int classes,
                        const std::vector<std::string>& names) {
    const std::string& chosen = experiment.model.weights;
    if (chosen.empty())
        return {};
    QStringList facts;
    const HubWeights* weights = hubEntryOf(chosen);
    if (weights) {
        facts << tr("%1, license %2, trained on ImageNet at %3 × %3 pixels, resizing %4, normalization %5.")
                     .arg(QString::fromStdString(weights->page()), QString::fromStdString(weights->licence))
                     .arg(weights->size)
                     .arg(QString::fromStdString(weights->interpolation), pixelValues(*weights));
        if (experiment.normalization != NormalizationSettings{presetOf(*weights)})
            facts << tr("The experiment uses another normalization; choose the weights again to match it.");
    }
    const auto start =
        startWeights(chosen, home, experiment.model.graph.is_null() ? experiment.model.name : std::string());
    if (!start) {
        const bool missing = weights && findInHub(chosen) && weights->network == experiment.model.name;
        facts << (missing ? tr("Not downloaded yet.") : QString::fromStdString(start.error().message));
        return facts.join(QLatin1Char(' '));
    }
    if (!start->run.empty())
        facts << tr("The best weights of the run “%1”.").arg(QString::fromStdString(start->run));
    const ClassRows rows = classRows(start->classes, names);
    const bool knows = !start->classes.empty() && !names.empty();
    const auto tensors = tensorsIn(start->file);
    facts << (tensors ? fitText(experiment, start->file, *tensors, classes, knows ? &rows : nullptr, names)
                      : QString::fromStdString(tensors.error().message));
    return facts.join(QLatin1Char(' '));
}

} // namespace sightline::ui
