// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/Picture.h"

#include <QBuffer>
#include <QImageWriter>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "data/Dataset.h"
#include "support/Files.h"

namespace sightline::ui {

QImage toQImage(const Image& image) {
    if (image.empty())
        return {};
    if (image.channels != 1 && image.channels != 3)
        return toQImage(withChannels(image, 3)); // the first three of many
    QImage result(image.width, image.height, image.channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
    for (int y = 0; y < image.height; ++y)
        std::memcpy(result.scanLine(y), image.row(y), image.rowBytes());
    return result;
}

QImage toQImage(const FloatImage& image) {
    Image bytes(image.height, image.width, image.channels);
    std::transform(image.pixels.begin(), image.pixels.end(), bytes.pixels.begin(),
                   [](float value) { return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L)); });
    return toQImage(bytes);
}

Result<void> saveNotedPng(const QString& file, const QImage& picture,
                          const std::vector<std::pair<QString, QString>>& notes) {
    QBuffer encoded;
    encoded.open(QIODevice::WriteOnly);
    QImageWriter writer(&encoded, "png");
    for (const auto& [keyword, text] : notes)
        writer.setText(keyword, text);
    if (!writer.write(picture))
        return Error{file.toStdString() + " cannot be encoded as PNG."};
    const QByteArray& bytes = encoded.data();
    return writeFileAtomically(file.toStdString(), {bytes.constData(), static_cast<std::size_t>(bytes.size())});
}

} // namespace sightline::ui
