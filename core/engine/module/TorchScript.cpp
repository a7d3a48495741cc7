// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/TorchScript.h"

#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <sstream>

#include "engine/module/LoadedModel.h"
#include "support/Files.h"

namespace sightline::engine {

namespace {

namespace jit = torch::jit;

/// The modules of a script module by dotted path, made on first use: "layer1.0.conv1" is three deep.
class ModuleTree {
public:
    ModuleTree() : m_units(std::make_shared<jit::CompilationUnit>()), m_root(unnamed("Network")) {}

    /// Hangs a tensor at its name in files.
    void add(const std::string& name, const torch::Tensor& tensor, bool isParameter) {
        const std::size_t dot = name.rfind('.');
        jit::Module owner = dot == std::string::npos ? m_root : module(name.substr(0, dot));
        const std::string attribute = dot == std::string::npos ? name : name.substr(dot + 1);
        if (isParameter)
            owner.register_parameter(attribute, tensor, false);
        else
            owner.register_buffer(attribute, tensor);
    }
    /// Puts another tensor in its place.
    void replace(const std::string& name, const torch::Tensor& tensor) {
        const std::size_t dot = name.rfind('.');
        (dot == std::string::npos ? m_root : module(name.substr(0, dot)))
            .setattr(dot == std::string::npos ? name : name.substr(dot + 1), tensor);
    }
    jit::Module& root() { return m_root; }

private:
    jit::Module unnamed(const std::string& name) {
        return jit::Module(c10::QualifiedName("__torch__.sightline." + name), m_units, true);
    }

    jit::Module module(const std::string& path) {
        if (const auto known = m_modules.find(path); known != m_modules.end())
            return known->second;
        const std::size_t dot = path.rfind('.');
        jit::Module parent = dot == std::string::npos ? m_root : module(path.substr(0, dot));
        jit::Module made = unnamed("Part" + std::to_string(m_modules.size()));
        parent.register_module(dot == std::string::npos ? path : path.substr(dot + 1), made);
        m_modules.emplace(path, made);
        return made;
    }

    std::shared_ptr<jit::CompilationUnit> m_units;
    jit::Module m_root;
    std::map<std::string, jit::Module> m_modules;
};

jit::Module traced(const GraphModule& network) {
    ModuleTree tree;
    for (const GraphModule::Entry& entry : network.entries())
        tree.add(entry.spec.name, entry.view, entry.spec.trainable);
    const GraphSpec& spec = network.spec();
    const torch::Tensor example = torch::zeros({1, spec.channels, spec.height, spec.width});
    const auto forward = [&](jit::Stack inputs) -> jit::Stack {
        std::map<std::string, torch::Tensor> tapped; // tapping keeps the pass free of in-place steps
        return {network.infer(inputs.at(0).toTensor(), &tapped)[0]};
    };
    const auto nameless = [](const torch::Tensor&) { return std::string(); };
    auto [state, outputs] = jit::tracer::trace({example}, forward, nameless, true, false, &tree.root(), {"images"});
    jit::Module& root = tree.root();
    jit::Function* function = root._ivalue()->compilation_unit()->create_function(
        c10::QualifiedName(root.type()->name().value(), "forward"), state->graph);
    root.type()->addMethod(function);
    // Each tensor on its own, in C order: a view would carry the whole flat buffer into the file.
    for (const GraphModule::Entry& entry : network.entries())
        tree.replace(entry.spec.name, entry.view.detach().contiguous().clone());
    root.eval();
    return root;
}

} // namespace

Result<void> exportTorchScript(const TorchScriptRequest& request) {
    try {
        torch::NoGradGuard noGrad;
        const Result<LoadedModel> model = loadModel(request.source);
        if (!model)
            return model.error();
        const jit::Module module = traced(*model->module);
        std::ostringstream bytes;
        const jit::ExtraFilesMap extra(request.metadata.begin(), request.metadata.end());
        module.save(bytes, extra);
        return writeFileAtomically(request.file, std::move(bytes).str());
    } catch (const std::bad_alloc&) {
        return Error{"There was not enough memory to write " + request.file.string() + "."};
    } catch (const std::exception& error) {
        const std::string reason = error.what();
        return Error{"The network could not be written as TorchScript: " + reason.substr(0, reason.find('\n'))};
    }
}

} // namespace sightline::engine
