// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include "bridge/Asker.h"
#include "pages/explain/ExplainTab.h"

class QButtonGroup;
class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace sightline::ui {

class ComparedImages;
class ImageView;
class RunDifferences;
class RunSide;
class Thumbnails;
class WipeView;

/// The same image and the same question to a second run; and which images only one of them gets right.
class CompareTab : public ExplainTab {
    Q_OBJECT
public:
    CompareTab(Session& session, MapLook& look, Thumbnails& thumbnails);
    void forget() override;
    /// `second` as the second run, once `first`, which is being opened, is in view. Forgotten where that comes to
    /// nothing.
    void choosePair(const QString& first, const QString& second);

protected:
    void follow() override;
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makePictures();
    QWidget* makeControls();
    void list(const std::vector<RunSummary>& runs);
    void choose(); ///< another second run
    void ask();
    HeatMapQuestion questionToOther() const;
    std::string targetForOther(const HeatMapQuestion& question) const;
    void draw();
    bool seeSameParts() const;
    void note(const QString& words);
    void describe();              ///< the maps, for those who cannot see them
    QString aboutClasses() const; ///< what both runs know, where they differ
    QImage both() const;          ///< side by side, for a file
    void save();

    std::pair<QString, QString> m_pair; ///< waits for the first to be opened
    QString m_wanted;                   ///< a second run that is not listed yet
    std::shared_ptr<const OpenedRun> m_other;
    std::shared_ptr<const HeatMap> m_map; ///< of the other run
    Image m_theirSeen;                    ///< the part of the image that it is about
    ImageView *m_left, *m_right;
    WipeView* m_wipe;
    QStackedWidget* m_pictures;
    RunSide *m_mine, *m_theirs;
    ComparedImages* m_images;
    RunDifferences* m_differences;
    QLabel *m_note, *m_classes;
    QComboBox* m_runs;
    QButtonGroup* m_kind;
    QPushButton* m_save;
    Asker m_asker;
    Lane m_reading; ///< last: joined first
};

} // namespace sightline::ui
