// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/Thumbnails.h"

#include <QBuffer>
#include <QImageReader>

#include <algorithm>

#include "lane/Caught.h"
#include "look/Picture.h"
#include "support/Priority.h"

namespace sightline::ui {

namespace {
constexpr int kSide = 192;
constexpr int kCacheKib = 256 * 1024;
constexpr std::size_t kWaiting = 400; ///< more than a screen of tiles; older questions are dropped
constexpr int kWorkers = 2;
constexpr std::size_t kLargeJpegBytes = 64 * 1024;

/// A large JPEG at reduced size: the decoder leaves out what a thumbnail would throw away.
/// Null where it is none, or small.
QImage reducedJpeg(const Dataset& dataset, const Sample& sample) {
    if (dataset.source->file(sample).empty())
        return {};
    const auto bytes = dataset.source->bytes(sample);
    if (!bytes || bytes->size() < kLargeJpegBytes || (*bytes)[0] != 0xff || (*bytes)[1] != 0xd8)
        return {};
    QByteArray view =
        QByteArray::fromRawData(reinterpret_cast<const char*>(bytes->data()), static_cast<qsizetype>(bytes->size()));
    QBuffer buffer(&view);
    QImageReader reader(&buffer, "jpeg");
    reader.setAutoTransform(true);
    const QSize size = reader.size();
    if (!size.isValid() || std::max(size.width(), size.height()) < 4 * kSide)
        return {};
    reader.setScaledSize(size.scaled(kSide, kSide, Qt::KeepAspectRatio));
    return reader.read();
}

QImage small(const Dataset& dataset, std::uint32_t index) {
    const Sample& sample = dataset.samples[index];
    if (const QImage reduced = reducedJpeg(dataset, sample); !reduced.isNull())
        return reduced;
    const auto image = shownImage(dataset, sample);
    if (!image)
        return {};
    const QImage whole = toQImage(*image);
    return std::max(whole.width(), whole.height()) <= kSide
               ? whole
               : whole.scaled(kSide, kSide, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}
} // namespace

Thumbnails::Thumbnails(QObject* parent) : QObject(parent), m_pictures(kCacheKib) {
    m_pool.setMaxThreadCount(kWorkers);
}

Thumbnails::~Thumbnails() {
    setDataset({});
    m_pool.waitForDone();
}

void Thumbnails::setDataset(std::shared_ptr<const Dataset> dataset) {
    const std::scoped_lock lock(m_queue->mutex);
    m_queue->waiting.clear();
    m_queue->dataset = std::move(dataset);
    ++m_queue->generation;
    m_pictures.clear();
    m_asked.clear();
    m_unreadable.clear();
}

QImage Thumbnails::picture(std::uint32_t sample) {
    if (const QImage* found = m_pictures.object(sample))
        return *found;
    if (m_unreadable.contains(sample) || m_asked.contains(sample))
        return {};
    const std::scoped_lock lock(m_queue->mutex);
    if (!m_queue->dataset || sample >= m_queue->dataset->samples.size())
        return {};
    m_asked.insert(sample);
    m_queue->waiting.push_back(sample);
    if (m_queue->waiting.size() > kWaiting) {
        m_asked.remove(m_queue->waiting.front());
        m_queue->waiting.pop_front();
    }
    if (m_queue->workers < kWorkers) {
        ++m_queue->workers;
        m_pool.start([this] { work(); });
    }
    return {};
}

void Thumbnails::work() {
    lowerPriority(Priority::Background);
    while (true) {
        std::shared_ptr<const Dataset> dataset;
        std::uint32_t sample = 0;
        std::uint64_t generation = 0;
        {
            const std::scoped_lock lock(m_queue->mutex);
            if (m_queue->waiting.empty()) {
                --m_queue->workers;
                return;
            }
            sample = m_queue->waiting.back();
            m_queue->waiting.pop_back();
            dataset = m_queue->dataset;
            generation = m_queue->generation;
        }
        const auto picture = caught([&] { return small(*dataset, sample); });
        m_mailbox.post(
            [this, generation, sample, made = picture ? *picture : QImage()] { accept(generation, sample, made); });
    }
}

void Thumbnails::accept(std::uint64_t generation, std::uint32_t sample, const QImage& picture) {
    {
        const std::scoped_lock lock(m_queue->mutex);
        if (generation != m_queue->generation)
            return;
    }
    m_asked.remove(sample);
    if (picture.isNull())
        m_unreadable.insert(sample);
    else
        m_pictures.insert(sample, new QImage(picture),
                          std::max<int>(1, static_cast<int>(picture.sizeInBytes() / 1024)));
    Q_EMIT thumbnailReady(sample);
}

} // namespace sightline::ui
