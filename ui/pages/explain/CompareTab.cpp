// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/CompareTab.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QPainter>
#include <QStackedWidget>

#include <algorithm>

#include "bridge/Asking.h"
#include "engine/questions/TargetClasses.h"
#include "look/Picture.h"
#include "pages/explain/ComparedImages.h"
#include "pages/explain/MapControls.h"
#include "pages/explain/RunDifferences.h"
#include "pages/explain/RunSide.h"
#include "store/RunCheckpoint.h"
#include "widgets/HeatLayer.h"
#include "widgets/HeatMapView.h"
#include "widgets/ImageView.h"
#include "widgets/Segments.h"
#include "widgets/Surface.h"
#include "widgets/WipeView.h"

namespace sightline::ui {

namespace {
QImage overlaid(const Image& image, const HeatMap& map, const MapLook& look) {
    const HeatLayer heat(map, image.height, image.width, false, look.colors());
    return toQImage(heat.over(image, look.opacity(), look.threshold()));
}
} // namespace

CompareTab::CompareTab(Session& session, MapLook& look, Thumbnails& thumbnails)
    : ExplainTab(session, look, tr("Compare")), m_images(new ComparedImages(thumbnails)),
      m_asker(session.engine().door(), session.activities()) {
    setObjectName(QStringLiteral("compareTab"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto* surface = new Surface;
    auto* names = new QHBoxLayout;
    names->setSpacing(2 * theme::kGrid);
    m_mine = new RunSide(session, QStringLiteral("compareMine"));
    m_theirs = new RunSide(session, QStringLiteral("compareOther"));
    names->addWidget(m_mine, 1);
    names->addWidget(m_theirs, 1);
    m_note = named(mutedLabel({}), "compareNote");
    m_note->setFont(theme::font(theme::Size::Base));
    surface->body()->addLayout(names);
    surface->body()->addWidget(makePictures(), 1);
    surface->body()->addWidget(m_note);
    surface->body()->addWidget(m_images);
    column->addWidget(surface);
    setControls(makeControls());
    connect(m_images, &ComparedImages::chosen, this, [this](quint32 sample) {
        this->session().questions().explain({sample, {}});
    });
    connect(m_images, &ComparedImages::galleryAsked, this, [this](const GalleryFilter& filter, qint64 current) {
        this->session().questions().chooseImages(filter, current);
        Q_EMIT pageRequested(QStringLiteral("evaluate"));
    });
    connect(m_differences, &RunDifferences::compared, this,
            [this](const std::shared_ptr<const ComparedRuns>& compared) {
                m_images->setCompared(compared, this->session().data().dataset());
            });
    connect(&session.runs().list(), &RunList::listed, this, &CompareTab::list);
    const auto dropPair = [this] { m_pair = {}; }; // its first run is not opened: what was wanted then is over
    connect(&session.runs(), &RunDesk::openFailed, this, dropPair);
    connect(&session.data(), &DataDesk::openingBegan, this, dropPair);
    connect(&look, &MapLook::changed, this, &CompareTab::draw);
    forget();
}

QWidget* CompareTab::makePictures() {
    m_left = named(new ImageView, "compareLeft", tr("Heat map of the run in view"));
    m_right = named(new ImageView, "compareRight", tr("Heat map of the second run"));
    auto* pair = new QWidget;
    auto* row = new QHBoxLayout(pair);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * theme::kGrid);
    row->addWidget(m_left, 1);
    row->addWidget(m_right, 1);
    m_wipe = named(new WipeView, "compareWipe", tr("Both heat maps under a wipe: Left and Right move the line"));
    m_pictures = new QStackedWidget;
    m_pictures->addWidget(pair);
    m_pictures->addWidget(m_wipe);
    return m_pictures;
}

QWidget* CompareTab::makeControls() {
    auto* surface = new Surface(tr("Second run"));
    m_runs = named(new QComboBox, "compareRun", tr("Run to compare with"));
    m_runs->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_runs->setMinimumContentsLength(10);
    connect(m_runs, &QComboBox::activated, this, &CompareTab::choose);
    m_classes = named(mutedLabel({}), "compareClasses");
    auto* kinds = new QHBoxLayout;
    m_kind = addSegments(*kinds, this, {{tr("Side by side"), "compareBeside"}, {tr("Wipe"), "compareWiped"}});
    kinds->addStretch(1);
    connect(m_kind, &QButtonGroup::idClicked, m_pictures, &QStackedWidget::setCurrentIndex);
    m_save = button(tr("Save picture…"), QStringLiteral("document-save"), "saveComparison",
                    tr("Save both heat maps beside each other"));
    connect(m_save, &QPushButton::clicked, this, &CompareTab::save);
    surface->body()->addWidget(m_runs);
    surface->body()->addWidget(m_classes);
    surface->body()->addLayout(kinds);
    m_differences = new RunDifferences(session());
    surface->body()->addWidget(m_differences, 1);
    surface->body()->addWidget(makeQuestionLine("compareQuestion"));
    surface->body()->addWidget(m_save);
    return surface;
}

void CompareTab::showEvent(QShowEvent* event) {
    ExplainTab::showEvent(event);
    session().runs().list().refresh();
}

void CompareTab::forget() {
    m_asker.cancel();
    m_reading.cancel();
    m_other.reset();
    m_map.reset();
    m_mine->trust().setSubject(nullptr);
    m_theirs->trust().setSubject(nullptr);
    const bool isOfPair = run() && QString::fromStdString(run()->folder.string()) == m_pair.first;
    m_wanted = isOfPair ? m_pair.second : QString();
    m_pair = {};
    m_runs->clear();
    m_differences->setOther(nullptr);
    if (isVisible())
        session().runs().list().refresh();
    draw();
}

/// All runs that have a network to ask, but for the one in view.
void CompareTab::list(const std::vector<RunSummary>& runs) {
    const QString chosen = m_runs->currentData().toString();
    m_runs->clear();
    m_runs->addItem(tr("Choose a run…"), QString());
    for (const RunSummary& summary : runs)
        if ((summary.epochs > 0 || chooseCheckpoint(summary.folder, "best")) &&
            (!run() || summary.folder != run()->folder)) {
            m_runs->addItem(QString::fromStdString(summary.name), QString::fromStdString(summary.folder.string()));
            m_runs->setItemData(m_runs->count() - 1, QString::fromStdString(summary.id), Qt::ToolTipRole);
        }
    const int wanted = m_wanted.isEmpty() ? -1 : m_runs->findData(m_wanted);
    m_runs->setCurrentIndex(wanted > 0 ? wanted : std::max(0, m_runs->findData(chosen)));
    m_runs->setEnabled(m_runs->count() > 1);
    m_runs->setToolTip(m_runs->count() > 1 ? QString() : tr("There is no other run yet: train one."));
    if (wanted > 0)
        choose();
}

void CompareTab::choosePair(const QString& first, const QString& second) {
    m_pair = {first, second};
}

void CompareTab::choose() {
    m_wanted.clear();
    m_other.reset();
    m_map.reset();
    m_asker.cancel();
    m_theirs->trust().setSubject(nullptr);
    m_differences->setOther(nullptr);
    const std::string folder = m_runs->currentData().toString().toStdString();
    draw();
    if (folder.empty())
        return m_reading.cancel();
    m_reading.submit(
        this, [home = session().home(), folder](const std::stop_token&) { return readRun(home, folder); },
        [this](Result<ReadRun> read) {
            if (!read)
                return note(QString::fromStdString(read.error().message));
            m_other = read->run;
            m_differences->setOther(m_other);
            ask();
        });
}

/// The same question as far as the other run knows what it is about: its own layer where it has none of that name, its
/// own prediction where it does not know the class.
HeatMapQuestion CompareTab::questionToOther() const {
    HeatMapQuestion question = answer()->questionAbout({});
    question.truth = m_other->classIndex(answer()->className.toStdString());
    question.target = targetForOther(question);
    if (!m_other->graph.find(question.layer))
        question.layer.clear();
    return question;
}

std::string CompareTab::targetForOther(const HeatMapQuestion& question) const {
    if (question.target == "true")
        return question.truth < 0 ? "predicted" : "true";
    const HeatMap& mine = answer()->explanation;
    const auto asked = targetClasses(question.target, mine.classes, mine.predicted, answer()->truth);
    const auto theirs = [&](int index) {
        return index < 0 ? -1 : m_other->classIndex(mine.classes[static_cast<std::size_t>(index)]);
    };
    if (!asked || theirs(asked->positive) < 0 || (asked->negative >= 0 && theirs(asked->negative) < 0))
        return "predicted";
    return targetText(m_other->classes, theirs(asked->positive), theirs(asked->negative));
}

void CompareTab::ask() {
    m_map.reset();
    m_mine->trust().setAnswer(answer());
    m_theirs->trust().setSubject(nullptr);
    draw();
    if (!answer() || !m_other)
        return;
    const bool slow = takesLong(answer()->settings.method);
    const auto image = std::make_shared<Image>(); // as the second run reads it
    m_asker.ask(
        ofRun(m_other->folder), slow ? tr("Drawing the second heat map") : QString(),
        [of = answer(), other = m_other, question = questionToOther(),
         image](const std::stop_token&) -> Result<HeatMapQuestion> {
            auto read = decodedFor(*other, of->subject, of->dataset.get());
            if (!read)
                return read.error();
            *image = std::move(*read);
            HeatMapQuestion asked = question;
            asked.image = *image;
            return asked;
        },
        [this, question = questionToOther(), source = ofRun(m_other->folder), image](Result<HeatMap> map) mutable {
            if (!map)
                return note(QString::fromStdString(map.error().message));
            m_theirSeen = seenPart(*image, *m_other);
            question.image = std::move(*image);
            m_theirs->trust().setSubject(
                std::make_shared<const TrustLine::Subject>(TrustLine::Subject{source, question, map->saturated}));
            m_map = std::make_shared<const HeatMap>(std::move(*map));
            draw();
        });
}

void CompareTab::follow() {
    ask();
}

QString CompareTab::aboutClasses() const {
    if (!m_other || !run() || m_other->classes == run()->classes)
        return {};
    const auto common = std::count_if(m_other->classes.begin(), m_other->classes.end(),
                                      [&](const std::string& name) { return run()->classIndex(name) >= 0; });
    return common == static_cast<std::ptrdiff_t>(run()->classes.size()) &&
                   m_other->classes.size() == run()->classes.size()
               ? QString()
               : tr("This run has other classes: both know %1 of %2. What both know is compared.")
                     .arg(common)
                     .arg(run()->classes.size());
}

void CompareTab::draw() {
    showQuestionLine();
    describe();
    m_classes->setText(aboutClasses());
    m_classes->setVisible(!m_classes->text().isEmpty());
    m_save->setEnabled(answer() && m_map);
    m_save->setToolTip(m_save->isEnabled() ? tr("Save both heat maps beside each other")
                                           : tr("Choose a second run first."));
    if (!answer()) {
        for (RunSide* side : {m_mine, m_theirs}) {
            side->setName({});
            side->setMap(nullptr, -1);
        }
        note({});
        m_left->setImage({}, run() ? tr("Open an image, or drop one here, to compare two runs by it.")
                                   : tr("No network yet: train one, or open a run."));
        m_right->setImage({});
        return m_wipe->setImages({}, {});
    }
    const Image& image = answer()->shown;
    const QImage mine = overlaid(image, answer()->explanation, look());
    const QImage theirs = m_map ? overlaid(m_theirSeen, *m_map, look()) : QImage();
    m_left->setImage(mine);
    m_right->setImage(theirs, m_other ? tr("Asking the second run…") : tr("Choose a second run at the right."));
    const bool sameParts = !m_map || seeSameParts();
    m_wipe->setImages(m_map && sameParts ? mine : QImage(), sameParts ? theirs : QImage(),
                      sameParts ? tr("Choose a second run at the right.")
                                : tr("The two networks see different parts of this image: compare them side by side."));
    m_mine->setName(QString::fromStdString(run()->experiment.name));
    m_mine->setMap(&answer()->explanation, answer()->truth);
    m_theirs->setName(m_other ? QString::fromStdString(m_other->experiment.name) : QString());
    m_theirs->setMap(m_map.get(), m_other ? m_other->classIndex(answer()->className.toStdString()) : -1);
    if (m_map)
        note(m_map->target == answer()->explanation.target
                 ? QString()
                 : tr("The two maps are about different classes: the second run does not know %1.")
                       .arg(QString::fromStdString(answer()->explanation.target)));
    else
        note({});
}

/// Whether both networks see the same part of an image, so that their maps can lie over each other.
bool CompareTab::seeSameParts() const {
    const DataSettings &mine = run()->experiment.data, &theirs = m_other->experiment.data;
    return mine.fit == theirs.fit &&
           (mine.fit == Fit::Stretch || mine.imageWidth * theirs.imageHeight == theirs.imageWidth * mine.imageHeight);
}

void CompareTab::describe() {
    const QString mine = answer() ? mapDescription(answer()->explanation) : QString();
    const QString theirs = answer() && m_map ? mapDescription(*m_map) : QString();
    m_left->setAccessibleDescription(mine);
    m_right->setAccessibleDescription(theirs);
    m_wipe->setAccessibleDescription(
        theirs.isEmpty() ? QString() : tr("Left, the run in view: %1 Right, the second run: %2").arg(mine, theirs));
}

void CompareTab::note(const QString& words) {
    m_note->setText(words);
    m_note->setVisible(!words.isEmpty());
}

QImage CompareTab::both() const {
    const QImage left = m_left->image(), right = m_right->image();
    QImage joined(left.width() + theme::kGrid + right.width(), std::max(left.height(), right.height()),
                  QImage::Format_RGB32);
    joined.fill(Qt::white);
    QPainter painter(&joined);
    painter.drawImage(0, 0, left);
    painter.drawImage(left.width() + theme::kGrid, 0, right);
    return joined;
}

void CompareTab::save() {
    savePicture(both(), QStringLiteral("compared"),
                {{QStringLiteral("Title"), tr("%1: %2 and %3").arg(answer()->title, m_mine->name(), m_theirs->name())},
                 {QStringLiteral("Method"), titleOf(answer()->settings.method)},
                 {QStringLiteral("Layer"), QString::fromStdString(answer()->explanation.layer)},
                 {QStringLiteral("Target"), QString::fromStdString(answer()->explanation.target)},
                 {QStringLiteral("Appearance"), look().words(answer()->explanation)},
                 {QStringLiteral("ComparedWith"), QString::fromStdString(m_other->folder.filename().string())},
                 {QStringLiteral("ComparedCheckpoint"), QString::fromStdString(ofRun(m_other->folder).checkpoint)},
                 {QStringLiteral("ComparedLayer"), QString::fromStdString(m_map->layer)},
                 {QStringLiteral("ComparedTarget"), QString::fromStdString(m_map->target)}});
}

} // namespace sightline::ui
