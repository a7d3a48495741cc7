// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace sightline::ui {

// Numbers as people read them, in the window's language.
QString grouped(qlonglong number); ///< 23,512,130
QString compact(double number);    ///< 23.5 M
QString percent(double share);     ///< 91.4 %
QString significant(double value, int digits = 3);
QString fixed(double value, int decimals); ///< 0.882
QString bytesText(qint64 bytes);  ///< 980 bytes, 12.4 kB, 97.8 MB
QString duration(double seconds); ///< 42 s, 3 min 05 s, 2 h 10 min

} // namespace sightline::ui
