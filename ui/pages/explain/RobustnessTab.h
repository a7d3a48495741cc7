// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "augment/Corruption.h"
#include "pages/explain/ChangedTab.h"

class QSlider;

namespace sightline::ui {

class StrengthProbe;

/// What becomes of the prediction and the map when the image gets worse.
class RobustnessTab : public ChangedTab {
    Q_OBJECT
public:
    RobustnessTab(Session& session, MapLook& look);
    void forget() override;

protected:
    void follow() override;
    void ask() override;
    std::vector<std::pair<QString, QString>> notes() const override;
    QString suffix() const override { return QStringLiteral("spoiled"); }

private:
    struct Row {
        Corruption kind;
        QSlider* slider;
        QLabel* value;
        double step; ///< strength of one position of the slider
        double strength() const;
    };
    QWidget* makeControls();
    void addRow(QWidget& grid, Corruption kind, int at);
    void reset();
    void showProbe(); ///< the curve of the kind that was moved last
    void followSliders();
    bool isUnchanged() const;

    std::vector<Row> m_rows;
    std::size_t m_current = 0; ///< of the rows: the one moved last
    StrengthProbe* m_probe;
    QPushButton* m_reset;
};

} // namespace sightline::ui
