// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <QTimer>

#include <vector>

#include "bridge/Session.h"
#include "lane/Lane.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace sightline::ui {

class BottomBar;
class CheckpointBar;
class ClassifyWindow;
class MessageStrip;
class Page;
class Rail;
class RailButton;
class RunsPage;
class StartPage;
class Thumbnails;

/// The one window: rail, top bar, pages, bottom bar; drops and keys that work anywhere.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(Session& session, QWidget* parent = nullptr);
    ~MainWindow() override; ///< what is being typed ends while there is still somebody to take it

    /// "data", "augment", "network", "train", "evaluate", "explain", "runs", "search"; "start" is the first screen.
    void showPage(const QString& name);
    QString currentPage() const;
    /// A folder of images or of a run, an image, or an experiment file.
    void openPath(const QString& path);
    void openPreset(const QString& name);
    /// Asks for images and trains all experiments of a table of presets on them.
    void openPresetTable(const QString& name);

Q_SIGNALS:
    void firstFrameShown();

protected:
    void paintEvent(QPaintEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void addPage(Page* page, const QString& name, const QString& icon, const QString& title);
    QWidget* makeTopBar();
    void wire();
    void addKeys();
    void primary();
    void showPrimary();
    void showExperiment();
    void openFolder();
    void openFile();
    void askForImages(const QString& why);
    void sayGroups();
    void saySeries(const QString& group, const QString& words, bool good);
    void saySearch(const QString& id, const QString& words, bool good);
    void classifyWith(const QString& runFolder, const QString& name);
    void openExperiment(const QString& file);
    void saveExperiment();
    void showKeys();
    void remember(const QString& folder);
    void keepPlaceSoon();
    void keepPlaceNow();
    void offerInterrupted(const std::vector<RunSummary>& runs);
    enum class Left { Nothing, HalfFork, Checkpoint, Trained }; ///< of a run that was cut off
    static Left leftOf(const RunSummary& run);                  ///< reads files
    void offer(const RunSummary& run, Left left);
    void offerSearch(const RunGroup& search);
    void startAgain(const std::filesystem::path& run);
    void restore();

    Session& m_session;
    Thumbnails* m_thumbnails;
    Rail* m_rail;
    QStackedWidget* m_stack;
    StartPage* m_start;
    MessageStrip* m_strip;
    RunsPage* m_runsPage;
    CheckpointBar* m_checkpoints;
    ClassifyWindow* m_classify = nullptr; ///< once it was asked for
    QLineEdit* m_name;
    QToolButton *m_undo, *m_redo;
    QPushButton* m_primary;
    struct Room {
        QString name;
        Page* page;
        RailButton* button;
    };
    std::vector<Room> m_rooms;
    QString m_wantedTable; ///< of presets, to be trained once data is open
    QString m_wanted;      ///< the page to show once data is open
    QString m_note;        ///< what to say once the data are open
    QTimer m_placeTimer;   ///< until the place is kept
    bool m_painted = false, m_offers = true, m_restoring = false;
    std::vector<std::filesystem::path> m_offered; ///< interrupted runs; one after the other
    Lane m_offerLane;                             ///< whether there is something to go on from
};

} // namespace sightline::ui
