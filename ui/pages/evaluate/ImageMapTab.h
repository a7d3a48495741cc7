// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "bridge/ImageMapper.h"
#include "bridge/Session.h"
#include "pages/evaluate/EvaluateTab.h"

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace sightline::ui {

class ScatterMap;

/// The images of the evaluation as points, neighbours by what the network knows of them; a lasso shows those inside.
class ImageMapTab : public EvaluateTab {
    Q_OBJECT
public:
    explicit ImageMapTab(Session& session, QWidget* parent = nullptr);
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation) override;
    void clearChoice() override;

protected:
    void changeEvent(QEvent* event) override;

private:
    enum class Coloring { TrueClass, PredictedClass, Loss };

    QWidget* makeMap();
    void draw();
    void showMap(const MappedImages& images);
    QString nameOf(std::size_t point) const;
    QString twoEpochs() const;
    void color();
    void showState();
    void choose(const std::vector<std::uint32_t>& points);

    Session& m_session;
    ImageMapper m_mapper;
    std::shared_ptr<const Evaluation> m_evaluation;
    AskedWeights m_placedBy;             ///< the weights that were looked at when the map was asked for
    std::vector<std::uint32_t> m_images; ///< of each point: index into Evaluation::predictions
    ScatterMap* m_map;
    QComboBox* m_coloring;
    QLabel *m_legend, *m_note;
    QPushButton* m_draw;
    QStackedWidget* m_place;
};

} // namespace sightline::ui
