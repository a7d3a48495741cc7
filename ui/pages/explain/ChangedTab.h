// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/Asker.h"
#include "pages/explain/ExplainTab.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace sightline::ui {

class HeatMapView;
class ImageView;
class TrustLine;

/// What the tabs share on which a person changes the image and watches what the network makes of it. While an answer is
/// being found nothing else is asked; then the newest change is.
class ChangedTab : public ExplainTab {
    Q_OBJECT
public:
    void toggleOverlay() override;

protected:
    /// `plain`: shows the changed image; null: an ordinary view.
    ChangedTab(Session& session, MapLook& look, const QString& title, const char* prefix, ImageView* plain = nullptr);

    virtual void ask() = 0; ///< what the network makes of the image as it is changed now
    void changed();         ///< asks now, or when the answer under way has come
    /// What came of `question`, whose image is seen as `shown`.
    void showChanged(HeatMap map, Image shown, HeatMapQuestion question);
    void showUnchanged(); ///< the image as it is, without asking
    void sayFailed(const QString& message);
    void forgetChange();
    Asker& asker() { return m_asker; }
    QVBoxLayout* body() const;                                          ///< of the tab
    QPushButton* makeSave(const char* name);                            ///< saves what is shown
    virtual std::vector<std::pair<QString, QString>> notes() const = 0; ///< how the image was changed
    virtual QString suffix() const = 0;                                 ///< of the file's name
    /// The question about the image in view, for the class that it is about as it is.
    HeatMapQuestion questionAbout(Image image) const;

private:
    void save();

    HeatMapView* m_view;
    QVBoxLayout* m_body;
    QLabel* m_words;
    TrustLine* m_trust;
    QPushButton* m_save = nullptr;
    bool m_again = false;
    Asker m_asker;
};

} // namespace sightline::ui
