// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/EvaluateFigures.h"

#include <QCoreApplication>
#include <QStringList>

#include "look/Words.h"

namespace sightline::ui {

namespace {
struct Words {
    Q_DECLARE_TR_FUNCTIONS(EvaluateFigures)
};
} // namespace

QString accuracyText(const Evaluation& evaluation) {
    return percent(evaluation.accuracy);
}

QString intervalText(const Evaluation& evaluation) {
    if (!evaluation.accuracyInterval)
        return {};
    return Words::tr("(%1 to %2)")
        .arg(fixed(100 * evaluation.accuracyInterval->low, 1), percent(evaluation.accuracyInterval->high));
}

QString basisText(const Evaluation& evaluation) {
    QString words = Words::tr("accuracy on %1 (%2)")
                        .arg(counted(evaluation.confusion.total(), Words::tr("%1 image"), Words::tr("%1 images")),
                             QString::fromStdString(evaluation.split));
    if (!evaluation.skipped.empty())
        words += QStringLiteral(" · ") +
                 Words::tr("%1 skipped: unreadable or of a class the run does not know").arg(evaluation.skipped.size());
    return words;
}

QString figuresText(const Evaluation& evaluation) {
    QStringList words;
    const auto add = [&](const QString& named, const std::optional<double>& value, int decimals = 3) {
        if (value)
            words << named.arg(fixed(*value, decimals));
    };
    add(Words::tr("balanced accuracy %1 %"),
        evaluation.balancedAccuracy ? std::optional(100 * *evaluation.balancedAccuracy) : std::nullopt, 1);
    if (evaluation.macro.f1 && evaluation.macroF1Interval)
        words << Words::tr("macro F1 %1 (%2 to %3)")
                     .arg(fixed(*evaluation.macro.f1, 3), fixed(evaluation.macroF1Interval->low, 3),
                          fixed(evaluation.macroF1Interval->high, 3));
    add(Words::tr("weighted F1 %1"), evaluation.weighted.f1);
    add(Words::tr("Cohen's kappa %1"), evaluation.cohenKappa);
    add(Words::tr("MCC %1"), evaluation.mcc);
    add(Words::tr("Brier score %1"), evaluation.brier);
    words << Words::tr("loss %1").arg(significant(evaluation.loss));
    if (evaluation.classes.size() > 5)
        words << Words::tr("top-5 accuracy %1").arg(percent(evaluation.top5Accuracy));
    return words.join(QStringLiteral(" · "));
}

} // namespace sightline::ui
