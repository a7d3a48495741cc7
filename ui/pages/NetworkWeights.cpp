// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/NetworkWeights.h"

#include <QCoreApplication>

#include "engine/Engine.h"
#include "store/Safetensors.h"
#include "widgets/SettingsForm.h"
#include "zoo/Hub.h"
#include "zoo/WeightNaming.h"

namespace sightline::ui {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("NetworkWeights", text); }

std::vector<HubWeights> ofNetwork(const std::string& network)
{
    std::vector<HubWeights> found;
    for (const HubWeights& weights : hubWeights())
        if (weights.network == network)
            found.push_back(weights);
    return found;
}

void prepareFor(Experiment& experiment, const HubWeights& weights)
{
    experiment.model.weights = weights.name;
    experiment.normalization = {};
    experiment.normalization.preset = weights.normalization == "half" ? NormalizationSettings::Preset::Half : NormalizationSettings::Preset::Imagenet;
    experiment.data.interpolation = weights.interpolation == "bilinear" ? Interpolation::Bilinear : Interpolation::Bicubic;
}

/// How the tensors of a file meet the network, in a sentence.
QString fitText(const Experiment& experiment, const std::filesystem::path& path, int classes)
{
    const auto file = SafetensorsFile::open(path);
    if (!file)
        return QString::fromStdString(file.error().message);
    const auto graph = graphFor(experiment, classes);
    const auto cost = graph ? shapes(*graph) : Result<GraphCost>(graph.error());
    if (!cost)
        return {};
    const std::vector<TensorSpec> ours = tensorsOf(*graph, *cost);
    const WeightMatch match = matchWeights(*graph, ours, specsOf(*file));
    if (match.isComplete())
        return tr("Every layer finds its weights.");
    const std::size_t off = match.missing.size() + match.misfits.size();
    return tr("%1 of %2 tensors find their weights. %3 Only layers that make the class scores may start anew.")
        .arg(ours.size() - off)
        .arg(ours.size())
        .arg(QString::fromStdString(describeFault(match, path.filename().string(), graph->name)));
}

} // namespace

void addWeightFields(SettingsForm& form, const std::string& network)
{
    const std::vector<HubWeights> known = ofNetwork(network);
    QStringList choices{tr("None: start anew")};
    for (const HubWeights& weights : known)
        choices << QString::fromStdString(weights.name);
    choices << tr("A file");
    const int file = static_cast<int>(known.size()) + 1;
    form.choice({QStringLiteral("model.weights.source"), tr("Weights"), {}, tr("Public weights bring their pixel values and resizing with them.")}, choices,
                [known, file](const Experiment& e) {
                    if (e.model.weights.empty())
                        return 0;
                    for (std::size_t i = 0; i < known.size(); ++i)
                        if (known[i].name == e.model.weights)
                            return static_cast<int>(i) + 1;
                    return file;
                },
                [known, file](Experiment& e, int chosen) {
                    if (chosen > 0 && chosen < file)
                        prepareFor(e, known[static_cast<std::size_t>(chosen) - 1]);
                    else if (chosen == 0 || findInHub(e.model.weights))
                        e.model.weights.clear();
                });
    form.text({QStringLiteral("model.weights"), tr("File or name"), {}, tr("A .safetensors file, or a name above.")}, [](const Experiment& e) { return QString::fromStdString(e.model.weights); },
              [](Experiment& e, const QString& text) { e.model.weights = text.toStdString(); });
}

QString weightFacts(const Experiment& experiment, const std::filesystem::path& home, int classes)
{
    if (experiment.model.weights.empty())
        return {};
    QString facts;
    if (const HubWeights* weights = findInHub(experiment.model.weights)) {
        facts = tr("%1, licence %2, trained on ImageNet at %3 × %3 pixels, resized %4. ")
                    .arg(QString::fromStdString(weights->page()), QString::fromStdString(weights->licence))
                    .arg(weights->size)
                    .arg(QString::fromStdString(weights->interpolation));
        if (weights->network != experiment.model.name)
            facts += tr("They are of %1. ").arg(QString::fromStdString(weights->network));
    }
    const auto path = weightsFile(experiment.model.weights, home);
    return facts + (path ? fitText(experiment, *path, classes) : findInHub(experiment.model.weights) ? tr("Not on this machine yet.") : QString::fromStdString(path.error().message));
}

} // namespace sightline::ui
