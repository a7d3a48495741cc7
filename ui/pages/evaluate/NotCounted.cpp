// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/NotCounted.h"

#include <QCoreApplication>

#include "look/Words.h"

namespace sightline::ui {

QString notCounted(const std::vector<std::string>& skipped) {
    if (skipped.empty())
        return {};
    const auto tr = [](const char* text) { return QCoreApplication::translate("EvaluateTab", text); };
    return counted(static_cast<qlonglong>(skipped.size()), tr(" %1 image is skipped: "),
                   tr(" %1 images are skipped, such as ")) +
           QString::fromStdString(skipped.front());
}

} // namespace sightline::ui
