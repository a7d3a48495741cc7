// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/FileKind.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace sightline {

namespace {

using namespace std::string_view_literals;
constexpr std::size_t kLook = 4096;

struct Magic {
    std::string_view bytes;
    FileKind kind;
    std::size_t at = 0;
};

constexpr std::array kMagics{
    Magic{"\xFF\xD8\xFF"sv, FileKind::Jpeg},
    Magic{"\x89PNG\r\n\x1a\n"sv, FileKind::Png},
    Magic{"BM"sv, FileKind::Bmp},
    Magic{"II*\0"sv, FileKind::Tiff},
    Magic{"MM\0*"sv, FileKind::Tiff},
    Magic{"II+\0"sv, FileKind::Tiff},
    Magic{"MM\0+"sv, FileKind::Tiff},
    Magic{"GIF87a"sv, FileKind::Gif},
    Magic{"GIF89a"sv, FileKind::Gif},
    Magic{"\0\0\0\x0CjP  "sv, FileKind::Jpeg2000},
    Magic{"\xFF\x4F\xFF\x51"sv, FileKind::Jpeg2000},
    Magic{"\0\0\0\x0CJXL "sv, FileKind::JpegXl},
    Magic{"\xFF\x0A"sv, FileKind::JpegXl},
    Magic{"DICM"sv, FileKind::Dicom, 128},
    Magic{"\x76\x2F\x31\x01"sv, FileKind::OpenExr},
    Magic{"8BPS"sv, FileKind::Photoshop},
    Magic{"version https://git-lfs.github.com/spec/"sv, FileKind::GitLfsPointer},
    Magic{"/annex/objects/"sv, FileKind::GitAnnexPointer},
    Magic{"\x89HDF\r\n\x1a\n"sv, FileKind::Hdf5},
    Magic{"\x93NUMPY"sv, FileKind::Numpy},
    Magic{"PK\3\4"sv, FileKind::Zip},
    Magic{"\x1F\x8B"sv, FileKind::Gzip},
    Magic{"%PDF-"sv, FileKind::Pdf},
    Magic{"ftyp"sv, FileKind::Video, 4},
    Magic{"\x1A\x45\xDF\xA3"sv, FileKind::Video},
};

bool isHeifBrand(std::string_view brand) {
    constexpr std::array kBrands{"heic"sv, "heix"sv, "heim"sv, "heis"sv, "hevc"sv, "hevx"sv,
                                 "mif1"sv, "msf1"sv, "avif"sv, "avis"sv, "mif2"sv};
    return std::find(kBrands.begin(), kBrands.end(), brand) != kBrands.end();
}

/// Protocols 2 to 5 begin with their number and end with a full stop; an opcode that opens a pickle stands in between.
bool isPickle(std::string_view head) {
    if (head.size() < 4 || head[0] != '\x80' || head[1] < 2 || head[1] > 5)
        return false;
    return "}](\x8a\x95"
           "cX\x8c)K"sv.find(head[2]) != std::string_view::npos;
}

/// A JSON header behind its length in 8 bytes.
bool isSafetensors(std::string_view head) {
    return head.size() > 9 && head[8] == '{' && head.substr(5, 3) == "\0\0\0"sv;
}

/// Text without control characters; the beginning of a longer one, too.
bool isText(std::string_view head) {
    return std::none_of(head.begin(), head.end(), [](char letter) {
        const auto code = static_cast<unsigned char>(letter);
        return code < 32 && code != '\n' && code != '\r' && code != '\t';
    });
}

FileKind kindOfText(std::string_view head) {
    if (head.starts_with("\xEF\xBB\xBF"))
        head.remove_prefix(3);
    while (!head.empty() && std::isspace(static_cast<unsigned char>(head.front())))
        head.remove_prefix(1);
    std::string begin(head.substr(0, 512));
    std::transform(begin.begin(), begin.end(), begin.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    if (begin.starts_with("<!doctype html") || begin.starts_with("<html") || begin.starts_with("<head"))
        return FileKind::Html;
    if (begin.starts_with("<svg") || (begin.starts_with("<?xml") && begin.find("<svg") != std::string::npos))
        return FileKind::Svg;
    return begin.starts_with("{") || begin.starts_with("[") ? FileKind::JsonText : FileKind::Text;
}

/// What a kind is called, and what helps where an image or a network's weights were wanted.
struct Words {
    FileKind kind;
    const char* name;
    const char* forImage;
    const char* forWeights;
};

constexpr std::array kWords{
    Words{FileKind::Jpeg2000, "a JPEG 2000 image", "convert it to PNG", ""},
    Words{FileKind::JpegXl, "a JPEG XL image", "convert it to PNG", ""},
    Words{FileKind::Dicom, "a DICOM image", "convert it to PNG or TIFF with 16 bits", ""},
    Words{FileKind::OpenExr, "an OpenEXR image", "convert it to TIFF", ""},
    Words{FileKind::Photoshop, "a Photoshop file", "export it as PNG or TIFF", ""},
    Words{FileKind::Svg, "an SVG drawing", "export it as PNG", ""},
    Words{FileKind::GitLfsPointer, "a Git LFS pointer, not the file itself", "run git lfs pull", "run git lfs pull"},
    Words{FileKind::GitAnnexPointer, "a git-annex pointer, not the file itself", "run git annex get",
          "run git annex get"},
    Words{FileKind::Html, "an HTML page, not the file that was meant", "download it again", "download it again"},
    Words{FileKind::Pickle, "a Python pickle (.pth, .pt, .pkl)", "",
          "convert it in Python with safetensors.torch.save_file(torch.load(FILE), \"weights.safetensors\")"},
    Words{FileKind::TorchArchive, "a Python pickle (.pth, .pt) as torch.save writes it", "",
          "convert it in Python with safetensors.torch.save_file(torch.load(FILE), \"weights.safetensors\")"},
    Words{FileKind::Hdf5, "an HDF5 file (.h5)", "",
          "convert it in Python: read its arrays with h5py and write them with safetensors.numpy.save_file"},
    Words{FileKind::Numpy, "a NumPy array (.npy)", "save it as PNG or TIFF",
          "write its arrays with safetensors.numpy.save_file"},
    Words{FileKind::Zip, "a ZIP archive", "unpack it, or open the archive as the data set", "unpack it"},
    Words{FileKind::Gzip, "a gzip archive", "unpack it", "unpack it"},
    Words{FileKind::Pdf, "a PDF document", "export its pages as PNG", ""},
    Words{FileKind::Video, "a video", "export its frames as images", ""},
    Words{FileKind::Safetensors, "a .safetensors file", "", ""},
    Words{FileKind::JsonText, "a JSON file", "", ""},
    Words{FileKind::Text, "a text file", "", ""},
};

const Words* wordsOf(FileKind kind) {
    const auto found =
        std::find_if(kWords.begin(), kWords.end(), [&](const Words& words) { return words.kind == kind; });
    return found == kWords.end() ? nullptr : &*found;
}

std::string sentence(const std::string& name, const char* what, const char* wayOut) {
    return name + " is " + what + (*wayOut ? "; " : "") + wayOut + ".";
}

} // namespace

FileKind kindOf(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0)
        return FileKind::Empty;
    const std::string_view head(reinterpret_cast<const char*>(bytes), std::min(size, kLook));
    if (isSafetensors(head)) // first: the length of a header may be any two letters
        return FileKind::Safetensors;
    if (head.size() > 12 && head.starts_with("RIFF") && head.substr(8, 4) == "WEBP")
        return FileKind::WebP;
    if (head.size() > 12 && head.substr(4, 4) == "ftyp" && isHeifBrand(head.substr(8, 4)))
        return FileKind::Heif;
    for (const Magic& magic : kMagics)
        if (head.size() > magic.at && head.substr(magic.at).starts_with(magic.bytes)) {
            const bool torch = magic.kind == FileKind::Zip && head.find("data.pkl") != std::string_view::npos;
            return torch ? FileKind::TorchArchive : magic.kind;
        }
    if (head.size() > 2 && head[0] == 'P' && head[1] >= '1' && head[1] <= '6' &&
        (std::isspace(static_cast<unsigned char>(head[2])) || head[2] == '#'))
        return FileKind::Pnm;
    if (isPickle(head))
        return FileKind::Pickle;
    return isText(head) ? kindOfText(head) : FileKind::Unknown;
}

bool isReadableImage(FileKind kind) {
    return kind >= FileKind::Jpeg && kind <= FileKind::Heif;
}

std::string whyNoImage(const std::string& name, FileKind kind) {
    if (kind == FileKind::Empty)
        return name + " is empty (0 bytes).";
    const Words* words = wordsOf(kind);
    if (!words)
        return name + " is not an image, despite its name.";
    const std::string what = words->name;
    const bool saysSo = what.find(", not ") != std::string::npos || what.ends_with("image");
    return sentence(name, (what + (saysSo ? "" : ", not an image")).c_str(), words->forImage);
}

std::string whyNoWeights(const std::string& name, FileKind kind) {
    if (kind == FileKind::Empty)
        return name + " is empty (0 bytes).";
    if (isReadableImage(kind))
        return sentence(name, "an image, not a network's weights", "");
    const Words* words = wordsOf(kind);
    if (!words || kind == FileKind::Safetensors)
        return {};
    const bool saysSo = std::string_view(words->name).find(", not ") != std::string_view::npos;
    return sentence(name, (words->name + std::string(saysSo ? "" : ", not .safetensors")).c_str(), words->forWeights);
}

} // namespace sightline
