// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/GalleryOrder.h"

#include <QStandardItemModel>

#include "models/LearnedImages.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
using Sort = GalleryModel::Sort;
constexpr int kExplained = Qt::UserRole + 1; ///< what an order means, where it can be chosen
} // namespace

GalleryOrder::GalleryOrder(QWidget* parent) : QComboBox(parent) {
    named(this, "gallerySort", tr("Order of the images"));
    add(Sort::HighestLoss, tr("Highest loss first"));
    add(Sort::LowestLoss, tr("Lowest loss first"));
    add(Sort::MostConfident, tr("Most confident first"));
    add(Sort::LeastConfident, tr("Least confident first"));
    add(Sort::ClosestCall, tr("Closest calls first"), tr("The two most probable classes are nearly as probable"));
    add(Sort::ForgottenMost, tr("Forgotten most first"),
        tr("How often an image was right in one epoch and wrong in the next"));
    add(Sort::LearnedLast, tr("Learned last first"),
        tr("The latest epoch from which on an image stayed right; then those that are wrong at the end"));
    add(Sort::NeverLearned, tr("Never learned first"), tr("The share of epochs in which an image was right"));
    add(Sort::Strangest, tr("Strangest first"), tr("The images that are most probably of none of the classes"));
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(12);
    connect(this, &QComboBox::currentIndexChanged, this,
            [this] { Q_EMIT chosen(static_cast<Sort>(currentData().toInt())); });
    offer({}, tr("Evaluate first."));
    setUnknownKnown(false);
}

void GalleryOrder::setUnknownKnown(bool known) {
    const int place = findData(static_cast<int>(Sort::Strangest));
    qobject_cast<QStandardItemModel*>(model())->item(place)->setEnabled(known);
    setItemData(place,
                known ? itemData(place, kExplained) : QVariant(tr("Nothing tells how strange these images are.")),
                Qt::ToolTipRole);
    if (!known && currentIndex() == place)
        setCurrentIndex(0);
}

void GalleryOrder::add(Sort sort, const QString& words, const QString& toolTip) {
    addItem(words, static_cast<int>(sort));
    setItemData(count() - 1, toolTip, Qt::ToolTipRole);
    setItemData(count() - 1, toolTip, kExplained);
}

void GalleryOrder::setEvaluation(std::shared_ptr<const Evaluation> evaluation, std::shared_ptr<const OpenedRun> run) {
    m_reading.cancel();
    if (!evaluation || !run)
        return offer({}, tr("Evaluate first."));
    offer({}, tr("The learning history is being read."));
    m_reading.submit(
        this, [evaluation, run](const std::stop_token&) { return readLearnedImages(run->folder, *evaluation); },
        [this, evaluation](Result<LearnedImages> read) {
            const QString problem = read ? read->problem(*evaluation) : QString::fromStdString(read.error().message);
            const bool others = read && read->known == 0 && !read->history.empty();
            offer(problem.isEmpty() ? std::make_shared<const LearnedImages>(std::move(*read)) : nullptr, problem);
            if (!problem.isEmpty() && GalleryModel::isByLearning(static_cast<Sort>(currentData().toInt())))
                setCurrentIndex(0);
            if (others)
                Q_EMIT noted(problem);
        });
}

/// An order by epochs that was chosen before stays chosen while the history is read.
void GalleryOrder::offer(std::shared_ptr<const LearnedImages> images, const QString& problem) {
    Q_EMIT learned(images);
    Q_EMIT noted({});
    const auto* items = qobject_cast<QStandardItemModel*>(model());
    for (int i = 0; i < count(); ++i)
        if (GalleryModel::isByLearning(static_cast<Sort>(itemData(i).toInt()))) {
            items->item(i)->setEnabled(images != nullptr);
            setItemData(i, images ? itemData(i, kExplained) : QVariant(problem), Qt::ToolTipRole);
        }
}

} // namespace sightline::ui
