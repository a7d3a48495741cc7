// SPDX-License-Identifier: GPL-3.0-or-later
#include <iostream>

#include "Commands.h"
#include "store/RunImport.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string source, labels, normalization, name;
    bool json = false;
};

int import(const Settings& settings, Context& context) {
    Result<RunStore> store = RunStore::open(context.home);
    if (!store)
        return fail(store.error());
    const Result<ImportedRun> imported =
        importRun(*store, {settings.source, settings.labels, settings.normalization, settings.name});
    if (!imported)
        return fail(imported.error());
    for (const std::string& note : imported->notes)
        std::clog << note << '\n';
    if (settings.json)
        printJson({{"run", imported->run.id()}, {"folder", imported->run.path().string()}});
    else
        std::cout << "Imported as run " << imported->run.id() << ": " << imported->run.path().string() << '\n';
    return 0;
}

} // namespace

void addImport(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = app.add_subcommand("import", "Import a trained network as a run without history");
    command
        ->add_option("FILE", settings->source,
                     "An ONNX classifier, a .safetensors file that was exported from a run, or a hub folder")
        ->required();
    command->add_option("--labels", settings->labels, "Class names in the order of the scores: one a line, or JSON");
    command
        ->add_option("--normalization", settings->normalization,
                     "How pixels were prepared, where the file does not say; default: imagenet")
        ->check(CLI::IsMember({"none", "rescale", "imagenet", "half", "caffe"}));
    command->add_option("--name", settings->name, "Name of the run; default: the file's");
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return import(*settings, context); }; });
}

} // namespace sightline::cli
