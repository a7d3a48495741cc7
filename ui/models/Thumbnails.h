// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCache>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QThreadPool>

#include <deque>
#include <memory>
#include <mutex>

#include "data/Dataset.h"
#include "lane/Mailbox.h"

namespace sightline::ui {

/// Small pictures of a data set's samples, decoded on threads of their own, the newest asked first. What has scrolled
/// away before its turn is dropped. Lives on the window's thread.
class Thumbnails : public QObject {
    Q_OBJECT
public:
    explicit Thumbnails(QObject* parent = nullptr);
    ~Thumbnails() override;

    void setDataset(std::shared_ptr<const Dataset> dataset);
    /// The picture (longest side 192 pixels), or null and a thumbnailReady later; a null one of an unreadable file
    /// stays null.
    QImage picture(std::uint32_t sample);
    bool isUnreadable(std::uint32_t sample) const { return m_unreadable.contains(sample); }

Q_SIGNALS:
    void thumbnailReady(quint32 sample);

private:
    void work();
    void accept(std::uint64_t generation, std::uint32_t sample, const QImage& picture);

    struct Queue {
        std::mutex mutex;
        std::deque<std::uint32_t> waiting;
        std::shared_ptr<const Dataset> dataset;
        std::uint64_t generation = 0;
        int workers = 0;
    };
    std::shared_ptr<Queue> m_queue = std::make_shared<Queue>();
    QCache<std::uint32_t, QImage> m_pictures;
    QSet<std::uint32_t> m_asked, m_unreadable;
    Mailbox m_mailbox;
    QThreadPool m_pool; ///< last: joined before the mailbox goes
};

} // namespace sightline::ui
