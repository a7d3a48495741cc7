// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/SplitValues.h"

#include <QComboBox>
#include <QGridLayout>

#include <algorithm>
#include <array>

#include "widgets/ElidedLabel.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr std::array<Subset, 3> kSubsets{Subset::Train, Subset::Validation, Subset::Test};
constexpr int kUnused = 3; ///< after the subsets
constexpr int kInARow = 3, kWidestName = 110;
} // namespace

QComboBox* subsetBox(const QString& name, const std::optional<Subset>& subset) {
    auto* box = new QComboBox;
    box->setObjectName(QStringLiteral("subset of ") + name);
    box->setAccessibleName(SplitValues::tr("What %1 is for").arg(name));
    box->addItems({SplitValues::tr("Training"), SplitValues::tr("Validation"), SplitValues::tr("Test"),
                   SplitValues::tr("Not used")});
    box->setCurrentIndex(
        subset ? static_cast<int>(std::find(kSubsets.begin(), kSubsets.end(), *subset) - kSubsets.begin()) : kUnused);
    return box;
}

std::optional<Subset> subsetOf(const QComboBox& box) {
    const int place = box.currentIndex();
    return place < kUnused ? std::optional(kSubsets[static_cast<std::size_t>(place)]) : std::nullopt;
}

SplitValues::SplitValues(QWidget* parent) : QWidget(parent), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(theme::kGrid);
    m_grid->setVerticalSpacing(theme::kGrid / 2);
    for (int column = 1; column < kInARow; ++column)
        m_grid->setColumnMinimumWidth(3 * column - 1, 2 * theme::kGrid);
    m_grid->setColumnStretch(3 * kInARow, 1);
}

void SplitValues::setValues(const std::vector<SplitFolder>& values) {
    m_values = values;
    std::stable_sort(m_values.begin(), m_values.end(), [](const SplitFolder& a, const SplitFolder& b) {
        return a.subset.value_or(Subset::Test) < b.subset.value_or(Subset::Test);
    });
    m_boxes.clear();
    while (QLayoutItem* item = m_grid->takeAt(0)) {
        item->widget()->setParent(nullptr);
        item->widget()->deleteLater();
        delete item;
    }
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        const QString name = QString::fromStdString(m_values[i].name);
        auto* title = new ElidedLabel(name);
        title->setToolTip(name);
        title->setMaximumWidth(kWidestName);
        auto* box = subsetBox(name, m_values[i].subset);
        title->setBuddy(box);
        const int row = static_cast<int>(i) / kInARow, column = static_cast<int>(i) % kInARow;
        m_grid->addWidget(title, row, 3 * column);
        m_grid->addWidget(box, row, 3 * column + 1);
        m_boxes.push_back(box);
        connect(box, &QComboBox::currentIndexChanged, this, &SplitValues::changed);
    }
    setVisible(!m_values.empty());
}

std::vector<SplitFolder> SplitValues::values() const {
    std::vector<SplitFolder> chosen = m_values;
    for (std::size_t i = 0; i < chosen.size(); ++i)
        chosen[i].subset = subsetOf(*m_boxes[i]);
    return chosen;
}

} // namespace sightline::ui
