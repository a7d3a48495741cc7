// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/Prompts.h"

#include <QCoreApplication>

#include "data/ImageNames.h"

namespace sightline::ui {

Prompts& prompts() {
    static Prompts all;
    return all;
}

QString imageFileFilter() {
    QStringList patterns;
    for (const char* ending : allImageEndings())
        patterns << QStringLiteral("*.") + QLatin1String(ending);
    return QCoreApplication::translate("Prompts", "Images (%1);;All files (*)").arg(patterns.join(QLatin1Char(' ')));
}

} // namespace sightline::ui
