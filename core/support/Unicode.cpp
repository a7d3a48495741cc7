// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Unicode.h"

#include <unicode/normalizer2.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <memory>

namespace sightline {

namespace {

/// ICU counts in 32 bits; a longer name is no name.
constexpr std::size_t kLongest = std::size_t{1} << 30;

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

icu::StringPiece pieceOf(std::string_view text) {
    return {text.data(), static_cast<std::int32_t>(text.size())};
}

struct CloseConverter {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
};

icu::UnicodeString convertedFrom(const char* encoding, std::string_view bytes) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UConverter, CloseConverter> converter(ucnv_open(encoding, &status));
    return icu::UnicodeString(bytes.data(), static_cast<std::int32_t>(bytes.size()), converter.get(), status);
}

std::string utf8Of(const icu::UnicodeString& text) {
    std::string bytes;
    return text.toUTF8String(bytes);
}

icu::UnicodeString unicodeOf(std::string_view text) {
    return isUtf8(text) ? icu::UnicodeString::fromUTF8(pieceOf(text)) : convertedFrom("windows-1252", text);
}

icu::UnicodeString composedOf(const icu::UnicodeString& text) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* form = icu::Normalizer2::getNFCInstance(status);
    icu::UnicodeString result = U_SUCCESS(status) ? form->normalize(text, status) : text;
    return U_SUCCESS(status) ? result : text;
}

/// NFKC with case folding: wide letters and ligatures are the plain ones as well.
std::string compatibleFold(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* form = icu::Normalizer2::getNFKCCasefoldInstance(status);
    if (isAscii(text) || text.size() > kLongest || U_FAILURE(status))
        return caseFolded(text);
    const icu::UnicodeString folded = form->normalize(unicodeOf(text), status);
    return U_SUCCESS(status) ? utf8Of(folded) : caseFolded(text);
}

/// Blanks in UTF-8: space and controls of ASCII, no-break space, zero-width space, byte order mark, ideographic space.
std::size_t blankAt(std::string_view text) {
    static constexpr std::array<std::string_view, 4> kWide{"\xC2\xA0", "\xE2\x80\x8B", "\xEF\xBB\xBF", "\xE3\x80\x80"};
    if (text.empty())
        return 0;
    if (const auto first = static_cast<unsigned char>(text.front()); first <= ' ')
        return 1;
    for (const std::string_view wide : kWide)
        if (text.starts_with(wide))
            return wide.size();
    return 0;
}

std::size_t blankBefore(std::string_view text) {
    for (const std::size_t length : {std::size_t{1}, std::size_t{2}, std::size_t{3}})
        if (text.size() >= length && blankAt(text.substr(text.size() - length)) == length)
            return length;
    return 0;
}

} // namespace

bool isUtf8(std::string_view text) {
    if (isAscii(text))
        return true;
    if (text.size() > kLongest)
        return false;
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t length = 0;
    u_strFromUTF8(nullptr, 0, &length, text.data(), static_cast<std::int32_t>(text.size()), &status);
    return status != U_INVALID_CHAR_FOUND;
}

std::string composed(std::string_view text) {
    if (isAscii(text) || text.size() > kLongest)
        return std::string(text);
    return utf8Of(composedOf(unicodeOf(text)));
}

std::string caseFolded(std::string_view text) {
    if (isAscii(text) || text.size() > kLongest) {
        std::string folded(text);
        for (char& letter : folded)
            if (letter >= 'A' && letter <= 'Z')
                letter = static_cast<char>(letter | 0x20);
        return folded;
    }
    return utf8Of(composedOf(composedOf(unicodeOf(text)).foldCase()));
}

std::string_view trimmed(std::string_view text) {
    while (const std::size_t blank = blankAt(text))
        text.remove_prefix(blank);
    while (const std::size_t blank = blankBefore(text))
        text.remove_suffix(blank);
    return text;
}

std::string lookOf(std::string_view text) {
    const std::string folded = compatibleFold(trimmed(text));
    std::string look;
    for (std::string_view rest = folded; !rest.empty();) {
        const std::size_t blank = blankAt(rest);
        if (blank == 0)
            look += rest.front();
        else if (!look.ends_with(' '))
            look += ' ';
        rest.remove_prefix(std::max<std::size_t>(blank, 1));
    }
    return look;
}

namespace {

/// Whether (nearly) every other byte is 0, from `first` on, and none between: UTF-16 of mostly Latin letters.
bool hasZerosAt(std::string_view bytes, std::size_t first) {
    constexpr std::size_t kLooked = 4096;
    std::size_t zeros = 0, pairs = 0;
    for (std::size_t i = 0; i + 1 < std::min(bytes.size(), kLooked); i += 2, ++pairs) {
        zeros += bytes[i + first] == '\0' ? 1 : 0;
        if (bytes[i + 1 - first] == '\0')
            return false;
    }
    return pairs > 1 && zeros * 10 >= pairs * 9;
}

} // namespace

DecodedText decodedText(std::string bytes) {
    const auto wide = [&](const char* encoding, std::size_t mark) {
        return DecodedText{utf8Of(convertedFrom(encoding, std::string_view(bytes).substr(mark))),
                           DecodedText::From::Utf16};
    };
    if (bytes.size() <= kLongest && bytes.starts_with("\xFF\xFE"))
        return wide("UTF-16LE", 2);
    if (bytes.size() <= kLongest && bytes.starts_with("\xFE\xFF"))
        return wide("UTF-16BE", 2);
    if (bytes.size() <= kLongest && hasZerosAt(bytes, 1))
        return wide("UTF-16LE", 0);
    if (bytes.size() <= kLongest && hasZerosAt(bytes, 0))
        return wide("UTF-16BE", 0);
    if (bytes.starts_with("\xEF\xBB\xBF"))
        bytes.erase(0, 3);
    if (bytes.size() > kLongest || isUtf8(bytes))
        return {std::move(bytes), DecodedText::From::Utf8};
    return {utf8Of(convertedFrom("windows-1252", bytes)), DecodedText::From::Windows1252};
}

} // namespace sightline
