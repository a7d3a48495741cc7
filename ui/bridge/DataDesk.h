// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "bridge/Activities.h"
#include "bridge/ExperimentDocument.h"
#include "bridge/OverlayWriter.h"
#include "lane/Lane.h"

namespace sightline::ui {

/// Among Dataset::guesses: images are split by groups, because names suggest it; the value is an example.
inline constexpr const char* kGroupsGuess = "groups";

/// Opens images as DataDesk::open() does, without what was changed by hand: a source without a validation split gets a
/// share of train, which `settings` then say.
Result<Dataset> openWithValidation(DataSettings& settings, std::uint64_t seed, std::stop_token stop);

/// The open images and what a person changed about them. Follows the document: settings that call for other images, or
/// another split, open them.
class DataDesk : public QObject {
    Q_OBJECT
public:
    DataDesk(const std::filesystem::path& home, ExperimentDocument& document, Activities& activities);

    std::shared_ptr<const Dataset> dataset() const { return m_dataset; } ///< null until images are open
    bool isOpening() const { return m_opening.isUnderWay(); }
    void open(const QString& path); ///< a folder, an archive, a table; cancels an earlier opening
    void openToys();                ///< draws the toy set where it is not there yet, and takes settings that suit it
    void openAsSaid();              ///< what the document says, as it is, no share added
    /// The document's images as a run knows them: with its split, and without those that came since.
    void openOfRun(const std::filesystem::path& run);
    /// Whose split is shown; empty: the settings'.
    const std::filesystem::path& ofRun() const { return m_ofRun; }
    void cancelOpening();

    /// Relabels and excludes images (undoable). The file is written in the background; edited() tells when dataset() is
    /// new. Sample indices stay. A run in progress goes on with the labels it began with.
    void editOverlay(const OverlayEdit& edit);
    const Overlay& overlay() const { return m_overlay; } ///< of the open images, with the newest edit in it
    /// For a worker: waits until all edits of the images that are open now are on the disk. Error: they are not.
    std::function<Result<void>(const std::stop_token&)> finishWriting();

Q_SIGNALS:
    void openingBegan();
    void opened();
    void edited(); ///< labels or exclusions of dataset() have changed, nothing else
    void failed(const QString& message, const QString& path); ///< no path: it was cancelled or refused
    void overlayFailed(const QString& message); ///< an edit cannot be written; it holds until the window closes

private:
    struct Opened {
        std::shared_ptr<const Dataset> dataset;
        DataSettings settings; ///< with the share of train that was added
        std::uint64_t seed = 0;
        Overlay overlay;
    };
    /// How images are opened: what is done besides.
    struct Way {
        bool addsValidation = false;         ///< a source without validation gets a share of train
        std::optional<Experiment> toys = {}; ///< draws the toy set first, and takes these settings with it
        std::filesystem::path run = {};      ///< whose split they have
    };
    void begin(DataSettings settings, Way way);
    void adopt(Opened opened, const Way& way, std::uint64_t editsBefore);
    void followDocument(ExperimentDocument::Parts parts);
    bool drawsAnew(const Experiment& now) const;
    OverlayEdit apply(const OverlayEdit& edit);
    void layAnew();

    std::filesystem::path m_home;
    ExperimentDocument& m_document;
    Activities& m_activities;
    std::shared_ptr<const Dataset> m_dataset;
    DataSettings m_openedWith; ///< what m_dataset was opened with
    std::filesystem::path m_ofRun;
    std::uint64_t m_openedSeed = 0;
    std::optional<DataSettings> m_wanted; ///< what is being opened because the document says so
    Overlay m_overlay;                    ///< of m_dataset
    std::uint64_t m_edits = 0;            ///< of the overlay, ever
    Activity m_opening;
    OverlayWriter m_writer;
    Lane m_lane, m_layLane; ///< last: joined first
};

} // namespace sightline::ui
