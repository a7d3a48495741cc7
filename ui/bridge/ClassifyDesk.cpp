// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/ClassifyDesk.h"

#include <chrono>
#include <utility>

#include "engine/AskedModel.h"
#include "support/Files.h"

namespace sightline::ui {

namespace {
/// Lets through what the window can show; the last one always.
Progress throttled(Progress progress) {
    using Clock = std::chrono::steady_clock;
    return [progress = std::move(progress), last = Clock::time_point()](std::size_t done, std::size_t total) mutable {
        const Clock::time_point now = Clock::now();
        if (done < total && now - last < std::chrono::milliseconds(40))
            return;
        last = now;
        progress(done, total);
    };
}

std::vector<std::filesystem::path> filesOf(const QStringList& paths) {
    std::vector<std::filesystem::path> files;
    for (const QString& path : paths)
        files.emplace_back(path.toStdString());
    return files;
}

std::optional<double> scoreOfNothing(const Result<UnknownJudge>& judge) {
    return judge ? judge->score(std::vector<float>(judge->width()), std::vector<float>(judge->classes()))
                 : std::optional<double>();
}

/// Another share moves the limit, and nothing else: all scores by as much as that of any image.
Classified judgedAgain(Classified found, const UnknownRule& rule, double share) {
    const Result<UnknownJudge> judge = UnknownJudge::by(rule, share);
    const auto before = scoreOfNothing(UnknownJudge::by(rule, found.refuseShare)), after = scoreOfNothing(judge);
    for (ClassifiedImage& image : found.classification.images)
        if (image.unknownScore)
            image.unknownScore = before && after ? std::optional(*image.unknownScore + *after - *before) : std::nullopt;
    if (!judge)
        found.classification.unjudged = judge.error().message;
    found.refuseShare = share;
    return found;
}

QString copiedWords(const SortedCopies& copies, const QString& folder) {
    const QString copied = copies.copied == 1 ? ClassifyDesk::tr("1 image was copied into %1.").arg(folder)
                                              : ClassifyDesk::tr("%L1 images were copied into %2.")
                                                    .arg(static_cast<qulonglong>(copies.copied))
                                                    .arg(folder);
    if (copies.failed.empty())
        return copied;
    return ClassifyDesk::tr("%1 %L2 could not be copied, the first one because: %3")
        .arg(copied)
        .arg(static_cast<qulonglong>(copies.failed.size()))
        .arg(QString::fromStdString(copies.failed.front()));
}
} // namespace

void ClassifyDesk::setRun(const std::filesystem::path& folder, const QString& name) {
    m_name = name;
    if (folder != m_run) {
        m_lane.cancel();
        m_work.end();
        m_found.reset();
        m_paths.clear();
        m_run = folder;
    }
    Q_EMIT changed();
}

void ClassifyDesk::setLearning(bool learning) {
    if (std::exchange(m_learning, learning) != learning)
        Q_EMIT changed();
}

template <typename Job, typename Deliver>
void ClassifyDesk::begin(const QString& words, Job job, Deliver deliver) {
    m_work = m_activities.begin(words, [this] { cancel(); });
    m_learning = false;
    m_lane.submit(
        this,
        [this, job = std::move(job)](const std::stop_token& stop, const Courier& courier) {
            const auto telling = [this, &courier](bool learning) {
                return throttled([this, &courier, learning](std::size_t done, std::size_t total) {
                    courier.post([this, done, total, learning] {
                        setLearning(learning);
                        m_work.setProgress(done, total);
                        Q_EMIT progressed(done, total);
                    });
                });
            };
            if constexpr (std::is_invocable_v<Job&, std::stop_token, Progress, Progress>)
                return job(stop, telling(false), telling(true));
            else
                return job(stop, telling(false));
        },
        [this, deliver = std::move(deliver)](auto result) {
            m_work.end();
            const bool ok = result.ok();
            if (ok)
                deliver(std::move(*result));
            Q_EMIT changed();
            if (!ok)
                Q_EMIT failed(QString::fromStdString(result.error().message));
        });
    Q_EMIT changed();
}

void ClassifyDesk::classify(const QStringList& paths) {
    m_found.reset();
    m_paths = paths;
    begin(
        tr("Classifying images"),
        [door = m_door, run = m_run, share = m_refuseShare,
         given = filesOf(paths)](const std::stop_token& stop, const Progress& progress,
                                 const Progress& learning) -> Result<std::shared_ptr<const Classified>> {
            auto images = filesToClassify(given, stop);
            if (!images)
                return images.error();
            const auto engine = door();
            if (!engine)
                return engine.error();
            ClassifyRequest request;
            request.runFolder = run;
            request.files = std::move(images->files);
            request.onLearning = learning;
            request.refuseShare = share;
            auto classification = sightline::classify(**engine, request, stop, progress);
            if (!classification)
                return classification.error();
            return std::make_shared<const Classified>(
                Classified{std::move(*classification), std::move(images->passedOver), share});
        },
        [this](std::shared_ptr<const Classified> found) { m_found = std::move(found); });
}

void ClassifyDesk::setRefuseShare(double share) {
    if (std::exchange(m_refuseShare, share) == share || isBusy() || !m_found)
        return;
    if (m_found->classification.unjudged.empty())
        judgeAgain();
    else
        classify(QStringList(m_paths)); // there are no scores
}

void ClassifyDesk::judgeAgain() {
    begin(
        tr("Judging the images again"),
        [door = m_door, run = m_run, share = m_refuseShare, found = std::exchange(m_found, nullptr)](
            const std::stop_token& stop, const Progress&,
            const Progress& learning) -> Result<std::shared_ptr<const Classified>> {
            const auto engine = door();
            if (!engine)
                return engine.error();
            const auto rule = sightline::ask(**engine, ofRun(run), UnknownRuleQuestion{}, stop, learning);
            if (!rule)
                return rule.error();
            return std::make_shared<const Classified>(judgedAgain(*found, *rule, share));
        },
        [this](std::shared_ptr<const Classified> found) { m_found = std::move(found); });
}

void ClassifyDesk::saveTable(const QString& file) {
    if (!m_found)
        return;
    begin(
        tr("Saving the table"),
        [found = m_found, file = file.toStdString()](const std::stop_token&, const Progress&) {
            const Classification& all = found->classification;
            const Result<void> written = writeFileAtomically(file, classifiedCsv(all.classes, all.images));
            return written ? Result<bool>(true) : written.error();
        },
        [this, file](bool) { Q_EMIT written(tr("Saved %1.").arg(file)); });
}

void ClassifyDesk::sortInto(const QString& folder) {
    if (!m_found)
        return;
    begin(
        tr("Copying images"),
        [found = m_found, folder = folder.toStdString(),
         given = filesOf(m_paths)](const std::stop_token& stop, const Progress& progress) -> Result<SortedCopies> {
            if (const Result<void> may = mayHoldCopies(folder, given); !may)
                return may.error();
            const Classification& all = found->classification;
            return copySorted(folder, all.classes, all.images, stop, progress);
        },
        [this, folder](const SortedCopies& copies) { Q_EMIT written(copiedWords(copies, folder)); });
}

void ClassifyDesk::cancel() {
    if (!isBusy())
        return;
    m_lane.cancel();
    m_work.end();
    Q_EMIT changed();
}

} // namespace sightline::ui
