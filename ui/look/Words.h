// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace sightline::ui {

/// The window's words are English, and so are its numbers, whatever the system's: "97.3 %" never stands beside
/// "0,882". Fields, plots, dates and what core writes follow. To be called once there is an application.
void useWindowLocale();

// Numbers as people read them.
QString grouped(qlonglong number); ///< 23,512,130
QString compact(double number);    ///< 23.5 M
QString percent(double share);     ///< 91.4 %
QString significant(double value, int digits = 3);
QString fixed(double value, int decimals); ///< 0.882
QString rateText(double rate);             ///< 0.001, 2.7e-6: a learning rate
/// "1 epoch", "12,000 epochs": `one` and `many` say where the number goes by %1.
QString counted(qlonglong number, const QString& one, const QString& many);
QString bytesText(qint64 bytes);  ///< 980 bytes, 12.4 kB, 97.8 MB
QString duration(double seconds); ///< 42 s, 3 min 05 s, 2 h 10 min

} // namespace sightline::ui
