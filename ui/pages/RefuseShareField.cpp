// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/RefuseShareField.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>

#include <algorithm>

#include "bridge/WindowSettings.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
const QString kKey = QStringLiteral("unknown/refuseShare");
constexpr double kLeast = 0.1, kMost = 50; ///< %

void choose(Session& session, double percent) {
    session.unknown().setRefuseShare(percent / 100);
    session.classifying().setRefuseShare(percent / 100);
}
} // namespace

void RefuseShareField::restore(Session& session) {
    const double kept = windowSettings(session).value(kKey, 100 * kRefuseShare).toDouble();
    choose(session, std::clamp(kept, kLeast, kMost));
}

RefuseShareField::RefuseShareField(Session& session, const QString& words, const char* name, QWidget* parent)
    : QWidget(parent), m_session(session) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    auto* label = new QLabel(words);
    m_share = named(new QDoubleSpinBox, name, tr("Share of known images that may be called unknown"));
    m_share->setRange(kLeast, kMost);
    m_share->setDecimals(1);
    m_share->setSuffix(tr(" %"));
    m_share->setKeyboardTracking(false);
    m_share->setToolTip(tr("At most so many images of known classes are called none of these. The lower, the fewer "
                           "unknown images are found."));
    m_share->setValue(100 * session.unknown().refuseShare());
    label->setBuddy(m_share);
    setFocusProxy(m_share);
    row->addWidget(label);
    row->addWidget(m_share);
    row->addStretch(1);
    connect(m_share, &QDoubleSpinBox::valueChanged, this, [this](double percent) {
        windowSettings(m_session).setValue(kKey, percent);
        choose(m_session, percent);
    });
    connect(&session.unknown(), &UnknownDesk::changed, this, [this] { // chosen at another place
        const QSignalBlocker quiet(m_share);
        m_share->setValue(100 * m_session.unknown().refuseShare());
    });
}

} // namespace sightline::ui
