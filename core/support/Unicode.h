// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace sightline {

/// Names as people read them (Unicode Standard Annex 15). All take and give UTF-8.
///
/// The composed form (NFC): "é" is one letter here, whether it was written as one or as "e" with an accent. Bytes that
/// are no UTF-8 are read as Windows-1252, so that a name in old bytes and the same name in a table meet.
std::string composed(std::string_view text);

/// The composed form without the difference between capital and small letters (full case folding).
std::string caseFolded(std::string_view text);

/// Without blanks at both ends: ASCII's, no-break spaces, zero-width ones, byte order marks.
std::string_view trimmed(std::string_view text);

/// Without case, blanks at the ends, runs of blanks and compatible forms (NFKC: wide letters, ligatures): two labels
/// that differ in these alone look alike.
std::string lookOf(std::string_view text);

bool isUtf8(std::string_view text);

/// What a text file holds, as UTF-8 without a byte order mark.
struct DecodedText {
    enum class From { Utf8, Utf16, Windows1252 };
    std::string text;
    From from = From::Utf8;
};

/// UTF-16 is known by its byte order mark, or by zeros in every other byte; what is no UTF-8 is taken for Windows-1252.
DecodedText decodedText(std::string bytes);

} // namespace sightline
