// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <map>

#include "bridge/CheckpointAsker.h"
#include "bridge/Session.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace sightline::ui {

class ExampleGrid;
class ProgressBar;

/// The images of a split that excite a channel most, with the place marked. A layer is asked about when a person wants
/// it: every image of the split has to be seen.
class ExamplesPanel : public QWidget {
    Q_OBJECT
public:
    explicit ExamplesPanel(Session& session, QWidget* parent = nullptr);
    void forget();                                      ///< another run is in view
    void setChannel(const QString& layer, int channel); ///< channel -1: none
    std::shared_ptr<const Examples> examples() const;   ///< of the layer in view; null: not asked for yet

    void ensure(); ///< asks where nobody has asked yet

Q_SIGNALS:
    void found(); ///< examples() is another one

private:
    struct Known {
        std::shared_ptr<const Examples> examples;
        AskedWeights by;
    };
    const Known* known() const; ///< of the layer and the split in view; null: not asked for yet
    QString replaced() const;   ///< that these are of weights that have been replaced since; empty: they are not

    void leave();
    void find();
    void showState();
    void draw();

    Session& m_session;
    QString m_layer;
    int m_channel = -1;
    std::map<std::pair<QString, QString>, Known> m_known; ///< by layer and split
    std::vector<Example> m_shown;
    QComboBox* m_split;
    QPushButton* m_find;
    ProgressBar* m_progress;
    ExampleGrid* m_grid;
    QLabel* m_note;
    CheckpointAsker m_asker;
    Lane m_pictures; ///< last: joined first
};

} // namespace sightline::ui
