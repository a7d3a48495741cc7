// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/CurveNote.h"

#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
QString sentenceOf(const CurveReading& reading) {
    switch (reading.shape) {
    case CurveShape::Diverging:
        return CurveNote::tr("Training diverges: its loss rises instead of falling.");
    case CurveShape::NotLearning:
        return CurveNote::tr("The network is not learning: its training loss has hardly fallen.");
    case CurveShape::Overfitting:
        return CurveNote::tr(
                   "Training has been far ahead of validation since epoch %1: the network is learning these images by "
                   "heart.")
            .arg(reading.since);
    case CurveShape::Stalled:
        return CurveNote::tr("Validation has not improved since epoch %1.").arg(reading.since);
    case CurveShape::Unfinished:
        return CurveNote::tr("Validation was still improving when the last epoch ended.");
    case CurveShape::TooShort:
    case CurveShape::Learning:
        break;
    }
    return {};
}
} // namespace

CurveNote::CurveNote(QWidget* parent) : QLabel(parent) {
    named(this, "curveNote", tr("What the curves show"));
    setWordWrap(true);
    setTextFormat(Qt::RichText);
    setTextInteractionFlags(Qt::TextBrowserInteraction); // links by mouse and by keyboard
    connect(this, &QLabel::linkActivated, this, &CurveNote::fieldAsked);
    hide();
}

void CurveNote::setReading(const CurveReading& reading) {
    const QString sentence = sentenceOf(reading);
    QStringList links;
    for (const Remedy& remedy : reading.remedies)
        links << QStringLiteral("<a href='%1' style='color:%2'>%3</a>")
                     .arg(QString::fromStdString(remedy.path), theme::color(Role::Accent).name(),
                          tr(remedy.words.c_str()).toHtmlEscaped());
    setText(links.isEmpty() ? sentence : tr("%1 Try: %2.").arg(sentence, links.join(QStringLiteral(", "))));
    setVisible(!sentence.isEmpty());
}

} // namespace sightline::ui
