// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QTemporaryDir>

#include <functional>
#include <optional>
#include <stop_token>

#include "FewToys.h"
#include "engine/Engine.h"
#include "support/Files.h"

namespace sightline {

/// A toy set that small runs train on with the real engine, each in a home of its own, all gone afterwards.
class ToyRuns {
public:
    /// So many images of each class for training and in val and test; false where they cannot be drawn or there is no
    /// engine.
    bool begin(int train, int others, int size) {
        m_size = size;
        m_engine = loadEngine();
        return drawFewToys(path("toys"), train, others, size) && m_engine->ok();
    }

    std::string path(const char* name) const { return m_folder.filePath(QString::fromUtf8(name)).toStdString(); }
    Engine& engine() const { return *m_engine->value(); }

    TrainRequest request(const char* home, int epochs) const {
        TrainRequest request;
        request.home = path(home);
        request.experiment.data.path = path("toys");
        request.experiment.data.imageHeight = request.experiment.data.imageWidth = m_size;
        request.experiment.training.epochs = epochs;
        request.experiment.training.batchSize = 8;
        request.experiment.training.precision = Precision::Fp32;
        return request;
    }

    static std::string weightsOf(const RunEnded& ended) {
        const Result<std::string> bytes = readFile(ended.folder + "/checkpoints/last.safetensors");
        return bytes ? *bytes : std::string();
    }

private:
    QTemporaryDir m_folder;
    std::optional<Result<Engine*>> m_engine;
    int m_size = 0;
};

} // namespace sightline
