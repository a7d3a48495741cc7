// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/GalleryModel.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "look/Theme.h"
#include "look/Words.h"
#include "models/Thumbnails.h"
#include "models/Tiles.h"

namespace sightline::ui {

namespace {
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
} // namespace

GalleryModel::GalleryModel(Thumbnails& thumbnails, QObject* parent)
    : QAbstractListModel(parent), m_thumbnails(thumbnails) {
    connect(&thumbnails, &Thumbnails::thumbnailReady, this, [this](quint32 sample) {
        for (int row = 0; row < rowCount(); ++row)
            if (this->sample(row) == sample)
                Q_EMIT dataChanged(index(row), index(row), {TileImage});
    });
}

void GalleryModel::setEvaluation(std::shared_ptr<const Evaluation> evaluation, const Dataset* dataset) {
    m_evaluation = std::move(evaluation);
    m_samples = m_evaluation && dataset ? placesIn(*dataset, *m_evaluation)
                                        : decltype(m_samples)(m_evaluation ? m_evaluation->predictions.size() : 0);
    m_truth = m_predicted = -1;
    rebuild();
}

void GalleryModel::setShow(Show show) {
    m_show = show;
    rebuild();
}

void GalleryModel::setSort(Sort sort) {
    m_sort = sort;
    rebuild();
}

void GalleryModel::setCell(int truth, int predicted) {
    m_truth = truth;
    m_predicted = predicted;
    rebuild();
}

const Prediction& GalleryModel::prediction(int row) const {
    return m_evaluation->predictions[m_rows[static_cast<std::size_t>(row)]];
}

std::optional<std::uint32_t> GalleryModel::sample(int row) const {
    return m_samples[m_rows[static_cast<std::size_t>(row)]];
}

void GalleryModel::rebuild() {
    beginResetModel();
    m_rows.clear();
    if (m_evaluation) {
        const auto& all = m_evaluation->predictions;
        for (std::uint32_t i = 0; i < all.size(); ++i) {
            const bool right = all[i].truth == all[i].predicted;
            if ((m_show == Show::Right && !right) || (m_show == Show::Wrong && right) ||
                (m_truth >= 0 && all[i].truth != m_truth) || (m_predicted >= 0 && all[i].predicted != m_predicted))
                continue;
            m_rows.push_back(i);
        }
        const auto key = [&](std::uint32_t i) {
            switch (m_sort) {
            case Sort::HighestLoss:
                return -all[i].loss;
            case Sort::LowestLoss:
                return all[i].loss;
            case Sort::MostConfident:
                return -all[i].confidence;
            case Sort::LeastConfident:
                break;
            }
            return all[i].confidence;
        };
        std::stable_sort(m_rows.begin(), m_rows.end(), [&](auto a, auto b) { return key(a) < key(b); });
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
        return place ? m_thumbnails.picture(*place) : QImage();
    }
    case TileCaption:
        return right ? name(shown.truth) : tr("%1 (actually %2)").arg(name(shown.predicted), name(shown.truth));
    case TileDetail:
        return tr("%1 · loss %2").arg(percent(shown.confidence), significant(shown.loss));
    case TileTone:
        return static_cast<int>(right ? Role::Good : Role::Bad);
    case TileSample: {
        const auto place = sample(index.row());
        return place ? QVariant(*place) : QVariant();
    }
    case Qt::ToolTipRole:
        return QString::fromStdString(shown.path);
    case Qt::AccessibleTextRole:
        return tr("%1: %2, predicted as %3 (%4)")
            .arg(QString::fromStdString(shown.path), name(shown.truth), name(shown.predicted),
                 percent(shown.confidence));
    default:
        return {};
    }
}

} // namespace sightline::ui
