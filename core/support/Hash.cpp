// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <vector>

namespace sightline {

Result<std::string> fileDigest(const std::filesystem::path& file, const std::string& algorithm, std::stop_token stop) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const EVP_MD* method = EVP_get_digestbyname(algorithm.c_str());
    if (!context || !method || EVP_DigestInit_ex(context.get(), method, nullptr) != 1)
        return Error{"There is no digest '" + algorithm + "' on this machine."};
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return badInput(file.string() + " cannot be read.");
    std::vector<char> part(std::size_t{1} << 20);
    while (stream) {
        if (stop.stop_requested())
            return cancelled();
        stream.read(part.data(), static_cast<std::streamsize>(part.size()));
        EVP_DigestUpdate(context.get(), part.data(), static_cast<std::size_t>(stream.gcount()));
    }
    if (stream.bad())
        return Error{"Reading " + file.string() + " failed."};
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_DigestFinal_ex(context.get(), digest.data(), &length);
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < length; ++i) {
        text += kDigits[digest[i] >> 4];
        text += kDigits[digest[i] & 15];
    }
    return text;
}

Result<void> checkDigest(const std::filesystem::path& file, std::string_view expected, std::stop_token stop) {
    const auto colon = expected.find(':');
    const std::string algorithm(expected.substr(0, colon)),
        wanted(colon == std::string_view::npos ? std::string_view() : expected.substr(colon + 1));
    const auto found = fileDigest(file, algorithm, stop);
    if (!found)
        return found.error();
    if (*found != wanted)
        return Error{file.string() + " is not the file that was requested: its " + algorithm + " is " + *found +
                     ", not " + wanted + "."};
    return {};
}

} // namespace sightline
