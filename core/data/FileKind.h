// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace sightline {

/// What a file is by its first bytes, whatever its name says.
enum class FileKind {
    Unknown,
    Empty,
    // images that are read
    Jpeg,
    Png,
    Bmp,
    Pnm,
    Tiff, ///< BigTIFF, too
    WebP,
    Gif,
    Heif, ///< HEIC and AVIF
    // images that are not
    Jpeg2000,
    JpegXl,
    Dicom,
    OpenExr,
    Photoshop,
    Svg,
    // what lies about under an image's or a network's name
    GitLfsPointer,
    GitAnnexPointer,
    Html,
    Pickle,
    TorchArchive, ///< what torch.save writes: a ZIP around a pickle
    Hdf5,
    Numpy,
    Zip,
    Gzip,
    Pdf,
    Video,
    Safetensors,
    JsonText,
    Text
};

/// Looks at 4 KB at most.
FileKind kindOf(const std::uint8_t* bytes, std::size_t size);

bool isReadableImage(FileKind kind);

/// "photo.jpg is a Git LFS pointer, not the image itself; run git lfs pull." For a kind that is not read as an image.
std::string whyNoImage(const std::string& name, FileKind kind);
/// The same where weights were asked for: "net.pth is a Python pickle; ..." Empty where nothing better is known than
/// that it is no .safetensors file.
std::string whyNoWeights(const std::string& name, FileKind kind);

} // namespace sightline
