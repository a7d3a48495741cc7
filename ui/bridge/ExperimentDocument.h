// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "data/Dataset.h"
#include "data/Overlay.h"
#include "experiment/Experiment.h"

namespace sightline::ui {

/// The experiment being edited: its value, what can be undone, and what is wrong with it. Knows no threads.
class ExperimentDocument : public QObject {
    Q_OBJECT
public:
    /// What an edit touched. Whoever shows a part need not look when another one changes.
    enum Part { Name = 1, Data = 2, Augmentation = 4, Normalization = 8, Network = 16, Training = 32, Seed = 64 };
    Q_DECLARE_FLAGS(Parts, Part)
    static Parts difference(const Experiment& a, const Experiment& b);

    explicit ExperimentDocument(QObject* parent = nullptr);

    const Experiment& experiment() const { return m_experiment; }
    /// Undoable. Successive changes with the same `edit` (a slider being dragged) undo as one. False where it is
    /// refused: other images, while a run needs those that are open.
    bool setExperiment(Experiment experiment, const QString& edit = {});

    bool canUndo() const { return !m_undo.empty(); }
    bool canRedo() const { return !m_redo.empty(); }
    void undo();
    void redo();
    /// What undo() would bring; nothing where that is labels and exclusions, or nothing at all.
    std::optional<Experiment> undone() const;

    /// All problems; those that need images or network come once the settings by themselves are sound and images are
    /// open. Kept until something changes.
    const std::vector<Problem>& problems() const;
    /// Problems of the settings by themselves, of these parts only.
    std::vector<Problem> problemsOf(Parts parts) const;

    // For the desks.
    /// The images that problems() judges by; null: none are open.
    void setDataset(std::shared_ptr<const Dataset> dataset);
    /// A change of labels or exclusions becomes a step among the others; `apply` makes one and gives what takes it
    /// back.
    using ApplyOverlay = std::function<OverlayEdit(const OverlayEdit&)>;
    void setOverlayWork(ApplyOverlay apply) { m_applyOverlay = std::move(apply); }
    void editOverlay(const OverlayEdit& edit);
    void forgetOverlaySteps(); ///< other images are open: those changes cannot be taken back here
    /// While a run is in progress nothing may call for other images than its own.
    void fixImages(std::optional<DataSettings> images);
    const std::optional<DataSettings>& fixedImages() const { return m_fixed; }

Q_SIGNALS:
    void changed(sightline::ui::ExperimentDocument::Parts parts);
    void problemsChanged(); ///< may be others now: the experiment or the images have changed
    void stepsChanged();    ///< what can be undone and redone
    void refused(const QString& why);

private:
    /// What undo or redo brings back: settings, or where `edit` is not empty, labels and exclusions.
    struct Step {
        Experiment experiment;
        OverlayEdit edit;
    };
    void moveStep(std::vector<Step>& from, std::vector<Step>& to);
    void pushUndo(Step step);
    bool mayBecome(const Experiment& next);
    void tell(const Experiment& before);

    Experiment m_experiment;
    std::vector<Step> m_undo, m_redo;
    QString m_lastEdit;
    ApplyOverlay m_applyOverlay;
    std::shared_ptr<const Dataset> m_dataset;
    std::optional<DataSettings> m_fixed;
    mutable std::optional<std::vector<Problem>> m_problems;
};

Q_DECLARE_OPERATORS_FOR_FLAGS(ExperimentDocument::Parts)

/// Whether both settings open the same images with the same split. Size, colour and resizing say nothing about that.
bool opensSameImages(const DataSettings& a, const DataSettings& b);
/// `settings`, but with the images and the split of `images`.
DataSettings withImagesOf(DataSettings settings, const DataSettings& images);

/// The name of an experiment that nobody has named yet.
inline constexpr const char* kUnnamedExperiment = "experiment";

} // namespace sightline::ui
