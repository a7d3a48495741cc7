// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/OcclusionTab.h"

#include <QComboBox>
#include <QFormLayout>
#include <QSlider>

#include <cstring>

#include "engine/questions/Occlusion.h"
#include "look/Picture.h"
#include "widgets/ArrowKeys.h"
#include "widgets/PaintView.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
Image asImage(const QImage& mask) {
    Image image(mask.height(), mask.width(), 1);
    for (int y = 0; y < mask.height(); ++y)
        std::memcpy(image.row(y), mask.constScanLine(y), image.rowBytes());
    return image;
}
} // namespace

OcclusionTab::OcclusionTab(Session& session, MapLook& look)
    : OcclusionTab(session, look, named(new PaintView, "paintView", tr("The image, to paint over"))) {}

OcclusionTab::OcclusionTab(Session& session, MapLook& look, PaintView* paint)
    : ChangedTab(session, look, tr("Occlusion"), "occlusion", paint), m_paint(paint) {
    setObjectName(QStringLiteral("occlusionTab"));
    setControls(makeControls());
    connect(m_paint, &PaintView::maskChanged, this, &OcclusionTab::followMask);
    forget();
}

QWidget* OcclusionTab::makeControls() {
    auto* surface = new Surface(tr("Paint over the image"));
    surface->body()->addWidget(
        mutedLabel(tr("Hide what you believe the network looks at. If the probability stays, it looked elsewhere.")));
    auto* form = new QFormLayout;
    form->setSpacing(theme::kGrid);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_kind = named(new QComboBox, "paintKind", tr("What is painted"));
    m_kind->addItems({tr("Gray"), tr("Blurred image"), tr("Noise"), tr("Mean color")});
    connect(m_kind, &QComboBox::activated, this, [this] {
        if (!m_paint->isBlank())
            changed();
    });
    m_size = named(new QSlider(Qt::Horizontal), "brushSize", tr("Size of the brush"));
    m_size->setRange(2, 60);
    m_size->setValue(15);
    keepArrowKeys(m_size);
    connect(m_size, &QSlider::valueChanged, this, [this](int value) { m_paint->setBrush(value / 100.0); });
    form->addRow(tr("Paint"), m_kind);
    form->addRow(tr("Brush"), m_size);
    auto* steps = new QHBoxLayout;
    steps->setSpacing(theme::kGrid);
    m_undo = button(tr("Undo"), QStringLiteral("edit-undo"), "undoPaint",
                    tr("Take the last stroke back (Ctrl+Z on the image)"));
    m_clear = button(tr("Clear"), QStringLiteral("edit-delete"), "clearPaint", tr("Show the image as it is"));
    connect(m_undo, &QPushButton::clicked, m_paint, &PaintView::undo);
    connect(m_clear, &QPushButton::clicked, m_paint, &PaintView::clearMask);
    steps->addWidget(m_undo, 1);
    steps->addWidget(m_clear, 1);
    surface->body()->addLayout(form);
    surface->body()->addLayout(steps);
    surface->body()->addStretch(1);
    surface->body()->addWidget(mutedLabel(tr("By keys, on the image: arrows move the brush, Space paints.")));
    surface->body()->addWidget(makeQuestionLine("occlusionQuestion"));
    surface->body()->addWidget(makeSave("savePainted"));
    return surface;
}

void OcclusionTab::forget() {
    forgetChange();
    m_paint->startOver({});
    showUnchanged();
    showQuestionLine();
    showSteps();
}

/// Another image begins unpainted; the same one asked another question keeps what is painted.
void OcclusionTab::follow() {
    forgetChange();
    showQuestionLine();
    const bool same = answer() && m_of && m_of->dataset == answer()->dataset && m_of->subject == answer()->subject &&
                      !m_paint->mask().isNull();
    m_of = answer();
    if (!same)
        m_paint->startOver(answer() ? QSize(answer()->shown.width, answer()->shown.height) : QSize());
    showUnchanged();
    showSteps();
    if (same && !m_paint->isBlank())
        changed();
}

void OcclusionTab::showSteps() {
    m_undo->setEnabled(m_paint->canUndo());
    m_clear->setEnabled(!m_paint->isBlank());
}

void OcclusionTab::followMask() {
    showSteps();
    if (m_paint->isBlank()) {
        forgetChange();
        return showUnchanged();
    }
    changed();
}

void OcclusionTab::ask() {
    const auto mask = std::make_shared<const Image>(asImage(m_paint->mask()));
    const auto seen = std::make_shared<Image>();
    const auto paint = static_cast<Paint>(m_kind->currentIndex());
    asker().ask(
        answer()->source, {},
        [of = answer(), question = questionAbout({}), mask, paint, seen](const std::stop_token&) {
            OcclusionQuestion asked{question, *mask, paint};
            asked.of.image = *of->decoded;
            *seen = painted(of->shown, *mask, paint);
            return asked;
        },
        [this, seen, question = questionAbout({})](Result<OccludedHeatMap> said) mutable {
            if (!said)
                return sayFailed(QString::fromStdString(said.error().message));
            question.image = std::move(said->painted);
            showChanged(std::move(said->after), std::move(*seen), std::move(question));
        });
}

std::vector<std::pair<QString, QString>> OcclusionTab::notes() const {
    return {{QStringLiteral("Paint"), m_kind->currentText()}};
}

} // namespace sightline::ui
