// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/PlainWords.h"

#include "store/RunData.h"

namespace sightline::ui {

QString plainWords(const Error& error) {
    return QString::fromStdString(error.message)
        .remove(QLatin1String(kPlaceOption.data()))
        .remove(QLatin1String(kSplitOption.data()));
}

} // namespace sightline::ui
