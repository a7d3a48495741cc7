// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/ChangedTab.h"

#include "engine/questions/TargetClasses.h"
#include "look/Picture.h"
#include "look/Words.h"
#include "pages/explain/MapControls.h"
#include "pages/explain/TrustLine.h"
#include "widgets/HeatMapView.h"
#include "widgets/ImageView.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
/// The class that is asked about; of A-B: A.
std::size_t askedAbout(const HeatMapQuestion& question, const HeatMap& map) {
    const auto target = targetClasses(question.target, map.classes, map.predicted, question.truth);
    return static_cast<std::size_t>(target ? target->positive : map.predicted);
}
} // namespace

ChangedTab::ChangedTab(Session& session, MapLook& look, const QString& title, const char* prefix, ImageView* plain)
    : ExplainTab(session, look, title), m_asker(session.engine().door(), session.activities()) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto* surface = new Surface;
    m_body = surface->body();
    m_view = named(new HeatMapView(HeatMapView::Layout::SideBySide, plain), QByteArray(prefix) + "View");
    m_words = named(new QLabel, QByteArray(prefix) + "Words");
    m_words->setWordWrap(true);
    m_body->addWidget(m_view, 1);
    m_body->addWidget(m_words);
    const QString trust = QLatin1String(prefix) + QStringLiteral("Trust");
    m_trust = new TrustLine(session.engine().door(), session.activities(), trust);
    m_trust->setObjectName(trust + QStringLiteral("Line"));
    m_body->addWidget(m_trust);
    column->addWidget(surface);
    const auto showLook = [this] { m_view->setLook(this->look().values()); };
    connect(&look, &MapLook::changed, this, showLook);
    showLook();
}

QVBoxLayout* ChangedTab::body() const {
    return m_body;
}

QPushButton* ChangedTab::makeSave(const char* name) {
    m_save = button(tr("Save picture…"), QStringLiteral("document-save"), name,
                    tr("Save the changed image with its heat map as PNG"));
    connect(m_save, &QPushButton::clicked, this, &ChangedTab::save);
    return m_save;
}

void ChangedTab::toggleOverlay() {
    m_view->setOverlayShown(!m_view->isOverlayShown());
}

void ChangedTab::changed() {
    if (!answer())
        return;
    if (m_asker.isBusy())
        m_again = true;
    else
        ask();
}

HeatMapQuestion ChangedTab::questionAbout(Image image) const {
    HeatMapQuestion question = answer()->questionAbout(std::move(image));
    if (question.target == "predicted")
        question.target = targetText(answer()->explanation.classes, answer()->explanation.predicted);
    return question;
}

void ChangedTab::showChanged(HeatMap map, Image shown, HeatMapQuestion question) {
    auto changed = std::make_shared<Explained>(*answer());
    const HeatMap& unchanged = answer()->explanation;
    const std::size_t about = askedAbout(question, unchanged);
    m_words->setText(tr("%1: %2 as the image is, %3 as it is changed.")
                         .arg(QString::fromStdString(unchanged.classes[about]),
                              percent(static_cast<double>(unchanged.probabilities[about])),
                              percent(static_cast<double>(map.probabilities[about]))));
    setLook(*m_words, "bad", false);
    m_trust->setSubject(std::make_shared<const TrustLine::Subject>(
        TrustLine::Subject{answer()->source, std::move(question), map.saturated}));
    changed->explanation = std::move(map);
    changed->image = changed->shown = std::move(shown);
    m_view->setExplained(changed);
    if (std::exchange(m_again, false))
        ask();
}

void ChangedTab::showUnchanged() {
    m_words->clear();
    m_view->setPlaceholder(run() ? tr("Open an image, or drop one here.")
                                 : tr("No network yet: train one, or open a run."));
    m_view->setExplained(answer());
    m_trust->setAnswer(answer());
    if (m_save)
        m_save->setEnabled(answer() != nullptr);
}

void ChangedTab::sayFailed(const QString& message) {
    m_again = false;
    m_words->setText(message);
    setLook(*m_words, "bad", true);
    m_trust->setSubject(nullptr); // the map that is still there is of an earlier change
}

void ChangedTab::forgetChange() {
    m_asker.cancel();
    m_again = false;
}

void ChangedTab::save() {
    if (!answer())
        return;
    std::vector<std::pair<QString, QString>> said{
        {QStringLiteral("Title"), tr("%1: %2").arg(answer()->title, m_view->caption())},
        {QStringLiteral("Method"), titleOf(answer()->settings.method)},
        {QStringLiteral("Layer"), QString::fromStdString(answer()->explanation.layer)},
        {QStringLiteral("Target"), QString::fromStdString(answer()->explanation.target)},
        {QStringLiteral("Appearance"), look().words(answer()->explanation)}};
    for (auto& note : notes())
        said.push_back(note);
    savePicture(toQImage(m_view->overlaid()), suffix(), std::move(said));
}

} // namespace sightline::ui
