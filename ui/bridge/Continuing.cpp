// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/Continuing.h"

#include <QCoreApplication>

#include "bridge/ExperimentDocument.h"
#include "support/Words.h"
#include "zoo/ClassRows.h"

namespace sightline::ui {

Experiment continued(const Experiment& run, const std::string& id, const Experiment& document) {
    Experiment next = run;
    next.name = run.name + ", continued";
    next.seed = document.seed;
    next.model.weights = id;
    next.data = withImagesOf(run.data, document.data);
    next.data.pixels.channels = run.data.pixels.channels;
    next.training.probes = document.training.probes; // of the open images
    return next;
}

QString continuedWords(const Experiment& run, const std::vector<std::string>& known, const Dataset& images) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("Continuing", text); };
    const ClassRows rows = classRows(known, images.classes);
    std::vector<std::string> others;
    for (std::size_t i = 0; i < rows.of.size(); ++i)
        if (!rows.of[i])
            others.push_back(images.classes[i]);
    QString words = tr("These are the settings and the best weights of “%1”, for the open images.")
                        .arg(QString::fromStdString(run.name));
    if (!others.empty())
        words += QLatin1Char(' ') + tr("New to it: %1.").arg(QString::fromStdString(listed(others, 4)));
    std::error_code code;
    if (!images.hasValidation && std::filesystem::equivalent(run.data.path, images.root, code))
        words += QLatin1Char(' ') + tr("It may have been trained on images that are validated on now; results on them "
                                       "may look too good.");
    return words;
}

} // namespace sightline::ui
