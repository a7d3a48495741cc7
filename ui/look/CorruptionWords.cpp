// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/CorruptionWords.h"

#include <QCoreApplication>
#include <QLocale>

namespace sightline::ui {

namespace {
struct Words {
    Q_DECLARE_TR_FUNCTIONS(CorruptionWords)
};
} // namespace

QString titleOf(Corruption kind) {
    switch (kind) {
    case Corruption::Rotation:
        return Words::tr("Rotation");
    case Corruption::Shift:
        return Words::tr("Shift");
    case Corruption::Zoom:
        return Words::tr("Zoom");
    case Corruption::Brightness:
        return Words::tr("Brightness");
    case Corruption::Contrast:
        return Words::tr("Contrast");
    case Corruption::Blur:
        return Words::tr("Blur");
    case Corruption::Noise:
        return Words::tr("Noise");
    case Corruption::Jpeg:
        return Words::tr("JPEG");
    case Corruption::Occlusion:
        break;
    }
    return Words::tr("Occlusion");
}

QString strengthText(Corruption kind, double strength) {
    const QString number = QLocale().toString(strength, 'g', 3).replace(QLatin1Char('-'), QChar(0x2212));
    switch (kind) {
    case Corruption::Rotation:
        return Words::tr("%1°").arg(number);
    case Corruption::Blur:
        return Words::tr("%1 px").arg(number);
    case Corruption::Noise:
        return Words::tr("%1 levels").arg(number);
    case Corruption::Jpeg:
        return Words::tr("quality %1").arg(QLocale().toString(100 - strength, 'g', 3));
    case Corruption::Shift:
    case Corruption::Zoom:
    case Corruption::Brightness:
    case Corruption::Contrast:
    case Corruption::Occlusion:
        break;
    }
    return Words::tr("%1 %").arg(number);
}

} // namespace sightline::ui
