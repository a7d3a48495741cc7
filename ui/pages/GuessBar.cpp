// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/GuessBar.h"

#include <QCryptographicHash>
#include <QVBoxLayout>

#include "bridge/WindowSettings.h"
#include "pages/GuessLines.h"
#include "pages/PixelsDialog.h"
#include "pages/SplitDialog.h"
#include "pages/TableDialog.h"

namespace sightline::ui {

namespace {
const QString kHidden = QStringLiteral("hiddenGuesses");
constexpr qsizetype kMostRemembered = 100; ///< data sets
} // namespace

GuessBar::GuessBar(Session& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_strip(new GuessStrip(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_strip);
    connect(m_strip, &GuessStrip::actionAsked, this, &GuessBar::change);
    connect(m_strip, &GuessStrip::closed, this, [this] { setHiddenByHand(true); });
    connect(&session.data(), &DataDesk::opened, this, &GuessBar::showGuesses);
    showGuesses();
}

int GuessBar::hiddenCount() const {
    return m_hidden ? static_cast<int>(m_strip->lines().size()) : 0;
}

void GuessBar::showAgain() {
    setHiddenByHand(false);
}

void GuessBar::showGuesses() {
    const auto opened = m_session.data().dataset();
    m_strip->setLines(opened ? guessLines(*opened, m_session.document().experiment().data) : std::vector<GuessLine>());
    const bool some = !m_strip->lines().empty();
    m_hidden = some && windowSettings(m_session).value(kHidden).toStringList().contains(digest());
    setVisible(some && !m_hidden);
    Q_EMIT hiddenChanged();
}

/// What is remembered of a data set: where it is, and all that was assumed.
QString GuessBar::digest() const {
    QCryptographicHash hash(QCryptographicHash::Sha1);
    const auto add = [&](const QString& text) { hash.addData(text.toUtf8() + '\0'); };
    add(QString::fromStdString(m_session.data().dataset()->root.string()));
    for (const GuessLine& line : m_strip->lines())
        for (const QString& text : {line.id, line.text, line.why})
            add(text);
    return QString::fromLatin1(hash.result().toHex());
}

void GuessBar::setHiddenByHand(bool hidden) {
    QSettings settings = windowSettings(m_session);
    QStringList known = settings.value(kHidden).toStringList();
    known.removeAll(digest());
    if (hidden)
        known.prepend(digest());
    settings.setValue(kHidden, QVariant(known.mid(0, kMostRemembered)));
    m_hidden = hidden;
    setVisible(!hidden);
    Q_EMIT hiddenChanged();
}

void GuessBar::change(const QString& id) {
    if (id == guess::kAlike) {
        Experiment merged = m_session.document().experiment();
        merged.data.table.mergeAlikeLabels = true;
        m_session.document().setExperiment(merged);
        return;
    }
    QDialog* dialog = nullptr;
    if (id == guess::kTable || id == guess::kNotClasses)
        dialog = new TableDialog(m_session, window());
    else if (id == guess::kSplits)
        dialog = new SplitDialog(m_session, window());
    else
        dialog = new PixelsDialog(m_session, window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

} // namespace sightline::ui
