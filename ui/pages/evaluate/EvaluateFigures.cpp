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

QString figuresText(const Evaluation& evaluation) {
    QStringList words{Words::tr("accuracy on %1 (%2)")
                          .arg(counted(evaluation.confusion.total(), Words::tr("%1 image"), Words::tr("%1 images")),
                               QString::fromStdString(evaluation.split)),
                      Words::tr("loss %1").arg(significant(evaluation.loss))};
    if (evaluation.classes.size() > 5)
        words << Words::tr("top-5 accuracy %1").arg(percent(evaluation.top5Accuracy));
    if (!evaluation.skipped.empty())
        words << Words::tr("%1 skipped: unreadable or of a class the run does not know").arg(evaluation.skipped.size());
    return words.join(QStringLiteral(" · "));
}

} // namespace sightline::ui
