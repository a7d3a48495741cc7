// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/DataFacts.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <limits>

#include "data/Overlay.h"
#include "look/Theme.h"
#include "look/Words.h"

namespace sightline::ui {

namespace {
constexpr std::size_t kSizesNamed = 3;

QString words(const char* text) {
    return QCoreApplication::translate("DataFacts", text);
}

/// Lines of name and value.
class Facts {
public:
    void add(const QString& name, const QString& value) {
        if (!value.isEmpty())
            m_lines << QStringLiteral("<tr><td style='color:%1; padding:2px 12px 2px 0; white-space:nowrap'>%2</td><td "
                                      "style='padding:2px 0'>%3</td></tr>")
                           .arg(theme::color(Role::Muted).name(), name,
                                value.toHtmlEscaped().replace(QLatin1Char('\n'), QStringLiteral("<br>")));
    }
    QString html() const { return QStringLiteral("<table>%1</table>").arg(m_lines.join(QString())); }

private:
    QStringList m_lines;
};

/// The most frequent sizes, "500 × 375 (12,040)", and how many others there are.
QString commonSizes(const Survey& survey) {
    std::vector<std::pair<std::size_t, std::pair<int, int>>> sizes;
    for (const auto& [size, count] : survey.sizes)
        sizes.emplace_back(count, size);
    std::stable_sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    QStringList lines;
    for (std::size_t i = 0; i < std::min(kSizesNamed, sizes.size()); ++i)
        lines << QStringLiteral("%1 × %2 (%3)")
                     .arg(sizes[i].second.second)
                     .arg(sizes[i].second.first)
                     .arg(grouped(static_cast<qlonglong>(sizes[i].first)));
    if (sizes.size() > kSizesNamed)
        lines << words("and %1 other sizes").arg(grouped(static_cast<qlonglong>(sizes.size() - kSizesNamed)));
    return lines.join(QLatin1Char('\n'));
}

/// What becomes of images of another shape than the network's; empty where there are none.
QString proportions(const Survey& survey, const DataSettings& settings) {
    const std::size_t other = imagesOfOtherShape(survey, settings.imageHeight, settings.imageWidth);
    if (other == 0)
        return {};
    const QString what = settings.fit == Fit::Pad    ? words("%1 of %2 get a border to be %3 × %4")
                         : settings.fit == Fit::Crop ? words("%1 of %2 lose edges to be %3 × %4")
                                                     : words("%1 of %2 are stretched to %3 × %4");
    return what.arg(grouped(static_cast<qlonglong>(other)), grouped(static_cast<qlonglong>(survey.images)))
        .arg(settings.imageWidth)
        .arg(settings.imageHeight);
}

void addImages(Facts& facts, const Survey& survey) {
    int low[2]{std::numeric_limits<int>::max(), std::numeric_limits<int>::max()}, high[2]{0, 0};
    double narrow = 1e9, wide = 0;
    for (const auto& [size, count] : survey.sizes) {
        low[0] = std::min(low[0], size.first);
        low[1] = std::min(low[1], size.second);
        high[0] = std::max(high[0], size.first);
        high[1] = std::max(high[1], size.second);
        narrow = std::min(narrow, static_cast<double>(size.second) / size.first);
        wide = std::max(wide, static_cast<double>(size.second) / size.first);
    }
    if (survey.sizes.size() == 1) {
        facts.add(words("Size"), words("all %1 × %2").arg(high[1]).arg(high[0]));
    } else {
        facts.add(words("Widths"), words("%1 to %2").arg(low[1]).arg(high[1]));
        facts.add(words("Heights"), words("%1 to %2").arg(low[0]).arg(high[0]));
        facts.add(words("Most common"), commonSizes(survey));
    }
    facts.add(words("Aspect ratio"),
              narrow == wide ? significant(wide) : words("%1 to %2").arg(significant(narrow), significant(wide)));
    const auto triple = [](const std::array<double, 3>& values) {
        return QStringLiteral("%1  %2  %3").arg(fixed(values[0], 0)).arg(fixed(values[1], 0)).arg(fixed(values[2], 0));
    };
    if (survey.grey) {
        facts.add(words("Channels"), words("gray"));
        facts.add(words("Mean"), words("%1 of 255").arg(fixed(survey.mean[0], 0)));
        facts.add(words("Std. deviation"), fixed(survey.deviation[0], 0));
    } else {
        facts.add(words("Mean R G B"), triple(survey.mean));
        facts.add(words("Std. deviation"), triple(survey.deviation));
    }
}
} // namespace

QString factsOf(const Dataset& dataset, const Survey* survey, const DataSettings& settings) {
    Facts facts;
    facts.add(words("Layout"), QString::fromStdString(dataset.format));
    const double ratio = imbalance(dataset.countsPerClass(Subset::Train));
    facts.add(words("Balance"), ratio < 1.05 ? words("classes of equal size")
                                             : words("largest class %1× the smallest").arg(significant(ratio)));
    if (!dataset.hasValidation && dataset.count(Subset::Validation) > 0)
        facts.add(words("Validation"),
                  words("%1 of train, split off automatically").arg(percent(settings.validationSplit)));
    if (const OverlayCounts byHand = overlayCounts(dataset); byHand.relabelled + byHand.excluded > 0)
        facts.add(words("Edited by hand"), words("%1 relabeled, %2 excluded")
                                               .arg(grouped(static_cast<qlonglong>(byHand.relabelled)),
                                                    grouped(static_cast<qlonglong>(byHand.excluded))));
    if (survey && survey->images > 0) {
        QStringList types;
        for (const auto& [type, count] : survey->types)
            types << QStringLiteral("%1 %2").arg(grouped(static_cast<qlonglong>(count)), QString::fromStdString(type));
        facts.add(words("Files"), types.join(QStringLiteral(", ")));
        addImages(facts, *survey);
        facts.add(words("As input"), proportions(*survey, settings));
    }
    return facts.html();
}

} // namespace sightline::ui
