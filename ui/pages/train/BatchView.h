// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>
#include <string>
#include <vector>

#include "engine/GivenBatch.h"

class QLabel;

namespace sightline::ui {

class PictureTiles;

/// A batch as the network was given it: its pictures with label, loss and prediction, the highest loss first.
class BatchView : public QWidget {
    Q_OBJECT
public:
    /// `prefix` begins the names of its parts: two dialogs that have one can be open.
    explicit BatchView(const QByteArray& prefix, QWidget* parent = nullptr);

    void setBatch(GivenBatch batch, const std::vector<std::string>& classes);
    void clear();

private:
    QLabel* m_words;
    PictureTiles* m_tiles;
};

} // namespace sightline::ui
