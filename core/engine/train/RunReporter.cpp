// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunReporter.h"

#include <torch/types.h>

#include <stdexcept>

#include "engine/module/GraphModule.h"
#include "engine/train/Ending.h"

namespace sightline::engine {

namespace {

RunStarted startOf(const TrainSetup& setup, int firstEpoch) {
    RunStarted started;
    started.run = setup.folder->id();
    started.folder = setup.folder->path().string();
    started.name = setup.experiment.name;
    started.classes = setup.dataset.classes;
    started.trainImages = static_cast<int>(setup.dataset.count(Subset::Train));
    started.validationImages = static_cast<int>(setup.dataset.count(Subset::Validation));
    started.epochs = setup.experiment.training.epochs;
    started.batchesPerEpoch = setup.batchesPerEpoch();
    started.firstEpoch = firstEpoch;
    started.parameters = setup.module->cost().parameters;
    started.device = "cpu";
    started.precision = setup.step.bf16 ? "bf16" : "fp32";
    started.threads = setup.compute->count();
    return started;
}

} // namespace

void RunReporter::begin(const TrainSetup& setup, int firstEpoch) {
    m_setup = &setup;
    m_progress.emplace(setup.folder->path());
    report(startOf(setup, firstEpoch));
    for (const std::string& note : setup.notes)
        report(RunNote{note});
}

void RunReporter::keep(const TrainEvent& event) {
    if (!m_setup || !m_setup->folder || std::holds_alternative<BatchFinished>(event))
        return;
    for (;;) {
        const Result<void> written = m_setup->folder->appendEvent(toJson(event));
        if (written)
            break;
        if (!m_tryAgain || !m_tryAgain(written.error()))
            throw std::runtime_error(unwritten(written.error(), m_setup->folder->path()).message);
    }
    m_begun = true;
}

void RunReporter::report(const TrainEvent& event) {
    keep(event);
    tell(event);
}

void RunReporter::tell(const TrainEvent& event) const {
    if (m_sink)
        m_sink(event);
}

void RunReporter::reportBatch(BatchFinished finished, int images, double seconds) {
    const TrainingSettings& training = m_setup->experiment.training;
    finished.batches = m_setup->batchesPerEpoch();
    m_time.batchTook(seconds);
    m_imagesPerBatch = m_imagesPerBatch == 0 ? images : 0.9 * m_imagesPerBatch + 0.1 * images; // as its seconds
    finished.imagesPerSecond = m_imagesPerBatch / m_time.secondsPerBatch();
    const int later = training.epochs - finished.epoch; // epochs after this one
    const WorkLeft work{later * finished.batches + finished.batches - finished.batch, later + 1,
                        static_cast<double>(m_setup->validationImages) / training.batchSize, training.saveEveryMinutes};
    finished.secondsLeft = m_time.secondsFor(work);
    if (const auto spread = m_time.spreadFor(work)) {
        finished.secondsLeftLow = spread->low;
        finished.secondsLeftHigh = spread->high;
    }
    m_progress->tell(finished);
    report(finished);
}

void RunReporter::end(const RunEnded& ended, const std::function<void()>& written) {
    // Neither a full disk nor a listener that throws keeps the others from hearing of it.
    const auto quietly = [](const auto& step) {
        try {
            step();
        } catch (...) {
        }
    };
    m_tryAgain = {};
    m_progress.reset();
    quietly([&] { keep(ended); });
    quietly(written);
    if (m_sink)
        quietly([&] { m_sink(ended); });
}

} // namespace sightline::engine
