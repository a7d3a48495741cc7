// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/GalleryModel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <unordered_map>

#include "look/Theme.h"
#include "look/Words.h"
#include "models/LearnedImages.h"
#include "models/Thumbnails.h"
#include "models/Tiles.h"

namespace sightline::ui {

namespace {
constexpr std::size_t kStripCells = 32; ///< what can still be told apart under a tile

std::vector<std::optional<std::uint32_t>> placesIn(const Dataset& dataset, const Evaluation& evaluation) {
    std::vector<std::optional<std::uint32_t>> places;
    std::unordered_map<std::string_view, std::uint32_t> byPath;
    for (const Prediction& prediction : evaluation.predictions) {
        if (prediction.sample < dataset.samples.size() && dataset.samples[prediction.sample].path == prediction.path) {
            places.emplace_back(prediction.sample);
            continue;
        }
        if (byPath.empty())
            for (std::uint32_t i = 0; i < dataset.samples.size(); ++i)
                byPath.emplace(dataset.samples[i].path, i);
        const auto found = byPath.find(prediction.path);
        places.push_back(found == byPath.end() ? std::nullopt : std::optional(found->second));
    }
    return places;
}

TileState stateOf(const Sample& sample) {
    return sample.excluded ? TileState::Excluded : sample.sourceLabel ? TileState::Relabelled : TileState::None;
}
} // namespace

GalleryModel::GalleryModel(Thumbnails& thumbnails, QObject* parent)
    : QAbstractListModel(parent), m_thumbnails(thumbnails) {
    connect(&thumbnails, &Thumbnails::thumbnailReady, this, [this](quint32 sample) {
        if (const auto waiting = m_waiting.find(sample); waiting != m_waiting.end()) {
            const QModelIndex place = index(*waiting);
            m_waiting.erase(waiting);
            Q_EMIT dataChanged(place, place, {TileImage});
        }
    });
}

void GalleryModel::setEvaluation(std::shared_ptr<const Evaluation> evaluation, std::shared_ptr<const Dataset> dataset) {
    m_evaluation = std::move(evaluation);
    m_dataset = std::move(dataset);
    m_samples = m_evaluation && m_dataset ? placesIn(*m_dataset, *m_evaluation)
                                          : decltype(m_samples)(m_evaluation ? m_evaluation->predictions.size() : 0);
    m_learned.reset();
    m_unknown.reset();
    m_filter = {};
    sortAll();
    rebuild();
}

void GalleryModel::setLearned(std::shared_ptr<const LearnedImages> learned) {
    if (learned == m_learned)
        return;
    m_learned = std::move(learned);
    refresh(isByLearning(m_sort), {TileStrip, Qt::ToolTipRole, Qt::AccessibleTextRole});
}

void GalleryModel::setUnknown(std::shared_ptr<const std::vector<std::optional<double>>> scores) {
    if (scores == m_unknown || (scores && (!m_evaluation || scores->size() != m_evaluation->predictions.size())))
        return;
    m_unknown = std::move(scores);
    refresh(m_sort == Sort::Strangest, {TileDetail, Qt::ToolTipRole, Qt::AccessibleTextRole});
}

/// More is known of each image: the order is another, or only what tiles say.
void GalleryModel::refresh(bool sorts, const QList<int>& roles) {
    if (sorts) {
        sortAll();
        rebuild();
    } else if (!m_rows.empty()) {
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), roles);
    }
}

bool GalleryModel::isUnknown(int row) const {
    return m_unknown && (*m_unknown)[m_rows[static_cast<std::size_t>(row)]].value_or(0) > 0;
}

void GalleryModel::setEdited(std::shared_ptr<const Dataset> dataset) {
    m_dataset = std::move(dataset);
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), {TileBadge});
}

void GalleryModel::setPinned(std::vector<std::string> paths) {
    m_pinned = std::move(paths);
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), {TilePinned, Qt::ToolTipRole, Qt::AccessibleTextRole});
}

bool GalleryModel::isPinned(const Prediction& prediction) const {
    return std::find(m_pinned.begin(), m_pinned.end(), prediction.path) != m_pinned.end();
}

void GalleryModel::setShow(Show show) {
    m_show = show;
    rebuild();
}

void GalleryModel::setSort(Sort sort) {
    m_sort = sort;
    sortAll();
    rebuild();
}

void GalleryModel::setFilter(GalleryFilter filter) {
    m_filter = std::move(filter);
    rebuild();
}

const Prediction& GalleryModel::prediction(int row) const {
    return m_evaluation->predictions[m_rows[static_cast<std::size_t>(row)]];
}

int GalleryModel::rowOf(std::uint32_t prediction) const {
    const auto found = std::find(m_rows.begin(), m_rows.end(), prediction);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

std::optional<std::uint32_t> GalleryModel::sample(int row) const {
    return m_samples[m_rows[static_cast<std::size_t>(row)]];
}

void GalleryModel::sortAll() {
    m_sorted.clear();
    if (!m_evaluation)
        return;
    const auto& all = m_evaluation->predictions;
    const auto key = [&](const Prediction& prediction) {
        switch (m_sort) {
        case Sort::HighestLoss:
        case Sort::ForgottenMost:
        case Sort::LearnedLast:
        case Sort::NeverLearned:
        case Sort::Strangest:
            return -prediction.loss;
        case Sort::LowestLoss:
            return prediction.loss;
        case Sort::MostConfident:
            return -prediction.confidence;
        case Sort::LeastConfident:
            return prediction.confidence;
        case Sort::ClosestCall:
            break;
        }
        return marginOf(prediction);
    };
    std::vector<std::pair<double, std::uint32_t>> keyed;
    keyed.reserve(all.size());
    for (std::uint32_t i = 0; i < all.size(); ++i) {
        const double value = key(all[i]);
        keyed.emplace_back(std::isnan(value) ? -std::numeric_limits<double>::infinity() : value,
                           i); // broken ones first
    }
    std::sort(keyed.begin(), keyed.end()); // the index breaks ties
    m_sorted.reserve(all.size());
    for (const auto& [value, index] : keyed)
        m_sorted.push_back(index);
    if (m_learned && isByLearning(m_sort))
        sortByLearning();
    if (m_unknown && m_sort == Sort::Strangest)
        std::stable_sort(m_sorted.begin(), m_sorted.end(), [this](std::uint32_t a, std::uint32_t b) {
            return (*m_unknown)[a].value_or(-INFINITY) > (*m_unknown)[b].value_or(-INFINITY);
        });
}

void GalleryModel::sortByLearning() {
    const auto order = m_sort == Sort::ForgottenMost ? LearningOrder::ForgottenMost
                       : m_sort == Sort::LearnedLast ? LearningOrder::LearnedLast
                                                     : LearningOrder::NeverLearned;
    const auto& facts = m_learned->facts;
    std::stable_sort(m_sorted.begin(), m_sorted.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return comesBefore(order, facts[a], facts[b]); });
}

void GalleryModel::rebuild() {
    beginResetModel();
    m_rows.clear();
    m_waiting.clear();
    std::vector<bool> let(m_sorted.size(), m_filter.showsAll());
    for (const std::uint32_t i : m_filter.images)
        let[i] = true;
    for (const std::uint32_t i : m_sorted) {
        const Prediction& prediction = m_evaluation->predictions[i];
        const bool right = prediction.truth == prediction.predicted;
        if (let[i] && (m_show == Show::All || (m_show == Show::Right) == right))
            m_rows.push_back(i);
    }
    endResetModel();
}

int GalleryModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant GalleryModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_evaluation)
        return {};
    const Prediction& shown = prediction(index.row());
    const bool right = shown.truth == shown.predicted;
    const auto name = [&](int label) {
        return QString::fromStdString(m_evaluation->classes[static_cast<std::size_t>(label)]);
    };
    switch (role) {
    case TileImage: {
        const auto place = sample(index.row());
        const QImage picture = place ? m_thumbnails.picture(*place) : QImage();
        if (place && picture.isNull())
            m_waiting.insert(*place, index.row());
        return picture;
    }
    case TileCaption:
        return right ? name(shown.truth) : tr("%1 (actually %2)").arg(name(shown.predicted), name(shown.truth));
    case TileDetail:
        return isUnknown(index.row()) ? tr("none of these?")
                                      : tr("%1 · loss %2").arg(percent(shown.confidence), significant(shown.loss));
    case TileTone:
        return static_cast<int>(right ? Role::Good : Role::Bad);
    case TileSample: {
        const auto place = sample(index.row());
        return place ? QVariant(*place) : QVariant();
    }
    case TileBadge: {
        const auto place = sample(index.row());
        return place ? static_cast<int>(stateOf(m_dataset->samples[*place])) : QVariant();
    }
    case TileStrip:
        return m_learned ? QVariant::fromValue(learningStrip(m_learned->history, shown.path, kStripCells)) : QVariant();
    case TilePinned:
        return isPinned(shown);
    case Qt::ToolTipRole:
        return QString::fromStdString(shown.path) + (isPinned(shown) ? tr("\npinned") : QString()) +
               unknownWords(index.row(), QStringLiteral("\n")) + learningWords(index.row(), QStringLiteral("\n"));
    case Qt::AccessibleTextRole:
        return tr("%1: %2, predicted as %3 (%4)")
                   .arg(QString::fromStdString(shown.path), name(shown.truth), name(shown.predicted),
                        percent(shown.confidence)) +
               (isPinned(shown) ? tr("; pinned") : QString()) + unknownWords(index.row(), QStringLiteral("; ")) +
               learningWords(index.row(), QStringLiteral("; "));
    default:
        return {};
    }
}

QString GalleryModel::unknownWords(int row, const QString& separator) const {
    return isUnknown(row) ? separator + tr("probably none of these classes") : QString();
}

QString GalleryModel::learningWords(int row, const QString& separator) const {
    return m_learned ? separator + LearnedImages::words(m_learned->facts[m_rows[static_cast<std::size_t>(row)]])
                     : QString();
}

double marginOf(const Prediction& prediction) {
    float first = 0, second = 0;
    for (const float probability : prediction.probabilities) {
        second = std::max(second, std::min(first, probability));
        first = std::max(first, probability);
    }
    return static_cast<double>(first) - static_cast<double>(second);
}

} // namespace sightline::ui
