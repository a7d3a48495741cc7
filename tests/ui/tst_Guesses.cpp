// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSpinBox>
#include <QTableView>
#include <QTableWidget>
#include <QToolButton>

#include "FakeEngine.h"
#include "PageTest.h"
#include "Test.h"
#include "data/Fixtures.h"
#include "pages/GuessLines.h"
#include "widgets/GuessStrip.h"

using namespace sightline;
using namespace sightline::ui;

/// What was assumed about images, said above the Data page and put right there.
class GuessesTest : public PageTest {
    Q_OBJECT

    FakeEngine m_engine;

    std::filesystem::path place(const QString& name) const { return path(name).toStdString(); }

    /// A table with a heading for a label that is not what a person wants, in a folder of its own.
    void drawTable(const QString& folder, const char* heads = "picture,label,kind,set\n") const {
        std::string table = heads;
        for (int i = 0; i < 12; ++i) {
            const std::string name = "p" + std::to_string(i) + ".png";
            fixtures::write(place(folder) / name, fixtures::png(static_cast<std::uint8_t>(20 * i)));
            table += name + (i % 2 ? ",a" : ",b") + (i % 4 ? ",round" : ",square") + (i < 8 ? ",train\n" : ",test\n");
        }
        fixtures::write(place(folder) / "photos.csv", table);
    }
    static QDialog* dialog(const WindowDriver& driver, const char* name) {
        for (auto* found : driver.window->findChildren<QDialog*>(QLatin1String(name)))
            if (found->isVisible()) // one that was closed may not be gone yet
                return found;
        return nullptr;
    }
    template <typename Widget>
    static Widget* in(const QDialog& dialog, const char* name) {
        return dialog.findChild<Widget*>(QLatin1String(name));
    }
    /// Chooses in a combo box by its arrow keys.
    static void choose(const QDialog& dialog, const char* box, const QString& text) {
        auto* choice = in<QComboBox>(dialog, box);
        QTRY_VERIFY(choice->isEnabled());
        choice->setFocus();
        QTest::keyClick(choice, Qt::Key_Home);
        for (int i = 1; i < choice->count() && choice->currentText() != text; ++i)
            QTest::keyClick(choice, Qt::Key_Down);
        QCOMPARE(choice->currentText(), text);
    }
    static void undo(const WindowDriver& driver) {
        driver.window->activateWindow(); // the dialog was
        QVERIFY(QTest::qWaitForWindowActive(driver.window.get()));
        driver.key(Qt::Key_Z, Qt::ControlModifier);
    }
    static const DataSettings& settings(const WindowDriver& driver) {
        return driver.session->document().experiment().data;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 32)); }

    void theStripShowsTwoLinesAndTheRestOnDemand() {
        GuessStrip strip;
        strip.resize(900, 80);
        strip.setLines(
            {{QStringLiteral("a"), QStringLiteral("First."), QStringLiteral("why"), QStringLiteral("Change…")},
             {QStringLiteral("b"), QStringLiteral("Second."), {}, {}},
             {QStringLiteral("c"), QStringLiteral("Third."), {}, QStringLiteral("Merge")},
             {QStringLiteral("d"), QStringLiteral("Fourth."), {}, {}}});
        strip.show();
        QVERIFY(QTest::qWaitForWindowActive(&strip));
        const auto part = [&](const char* name) { return strip.findChild<QWidget*>(QLatin1String(name)); };
        auto* more = strip.findChild<QToolButton*>(QStringLiteral("moreGuesses"));
        QVERIFY(part("guess b")->isVisible() && !part("guess c")->isVisible());
        QCOMPARE(more->text(), QStringLiteral("2 more"));
        QVERIFY(strip.sizeHint().height() <= 80);
        QTest::mouseClick(more, Qt::LeftButton);
        QVERIFY(part("guess c")->isVisible() && part("guess d")->isVisible());
        QVERIFY(!part("guessAction b")); // nothing to be done about it
        QCOMPARE(part("guess a")->accessibleName(), QStringLiteral("First."));
        QVERIFY(part("guess a")->toolTip().contains(QStringLiteral("why")));
        QVERIFY(part("guessAction a")->accessibleName().contains(QStringLiteral("First.")));
        QSignalSpy asked(&strip, &GuessStrip::actionAsked), closed(&strip, &GuessStrip::closed);
        part("guessAction a")->setFocus();
        QTest::keyClick(part("guessAction a"), Qt::Key_Space);
        QCOMPARE(asked.takeFirst().first().toString(), QStringLiteral("a"));
        QTest::keyClick(part("guessAction a"), Qt::Key_Tab);
        QVERIFY(part("guessAction c")->hasFocus());
        QTest::mouseClick(part("closeGuesses"), Qt::LeftButton);
        QCOMPARE(closed.count(), 1);
        strip.setLines({{QStringLiteral("a"), QStringLiteral("First."), {}, {}}});
        QVERIFY(!more->isVisible());
    }

    void aLongSentenceIsElidedAndWholeInItsToolTip() {
        GuessStrip strip;
        const QString sentence = QStringLiteral("Column “%1” taken as the label.").arg(QString(300, QLatin1Char('x')));
        strip.setLines({{QStringLiteral("a"), sentence, {}, QStringLiteral("Change…")}});
        strip.resize(600, 60);
        strip.show();
        auto* action = strip.findChild<QWidget*>(QStringLiteral("guessAction a"));
        QVERIFY(strip.rect().contains(action->mapTo(&strip, action->rect().bottomRight())));
        QVERIFY(strip.findChild<QWidget*>(QStringLiteral("guess a"))->toolTip().contains(sentence));
    }

    void ordinaryFoldersHaveNoStrip() {
        WindowDriver driver(path(QStringLiteral("home")), m_engine.door());
        open(driver);
        QVERIFY(!driver.find<QWidget>("guessStrip")->isVisible());
        QVERIFY(!driver.find<QWidget>("hiddenGuesses")->isVisible());
    }

    void theStripIsClosedForTheseImagesUntilSomethingElseIsAssumed() {
        drawTable(QStringLiteral("closing"));
        {
            WindowDriver driver(path(QStringLiteral("home-closing")), m_engine.door());
            open(driver, QStringLiteral("closing"));
            QVERIFY(driver.text("guess table").startsWith(QStringLiteral("Column “label” taken as the label")));
            driver.click("closeGuesses");
            QVERIFY(!driver.find<QWidget>("guessStrip")->isVisible());
            QCOMPARE(driver.text("hiddenGuesses"), QStringLiteral("1 assumption"));
            open(driver);
            QCOMPARE(driver.text("hiddenGuesses"), QString());
        }
        WindowDriver driver(path(QStringLiteral("home-closing")), m_engine.door());
        open(driver, QStringLiteral("closing"));
        QVERIFY(!driver.find<QWidget>("guessStrip")->isVisible());
        driver.click("hiddenGuesses");
        QVERIFY(driver.find<QWidget>("guessStrip")->isVisible());
        driver.click("closeGuesses");
        drawTable(QStringLiteral("closing"), "picture,label,kind,other\n"); // the split's heading is gone
        open(driver, QStringLiteral("closing"));
        QVERIFY(driver.find<QWidget>("guessStrip")->isVisible());
    }

    void otherColumnsAreTakenAndTakenBack() {
        drawTable(QStringLiteral("table"));
        WindowDriver driver(path(QStringLiteral("home-table")), m_engine.door());
        open(driver, QStringLiteral("table"));
        const Experiment before = driver.session->document().experiment();
        QCOMPARE(driver.session->data().dataset()->classes, (std::vector<std::string>{"a", "b"}));
        driver.click("guessAction table");
        QDialog* asked = dialog(driver, "tableDialog");
        QVERIFY(asked);
        auto* ok = in<QPushButton>(*asked, "guessOk");
        auto* rows = in<QTableWidget>(*asked, "tableRows");
        QTRY_VERIFY(ok->isEnabled());
        QCOMPARE(rows->rowCount(), 10);
        QCOMPARE(rows->item(3, 2)->text(), QStringLiteral("round"));
        QCOMPARE(rows->horizontalHeaderItem(1)->text(), QStringLiteral("label · label"));

        choose(*asked, "labelColumn", QStringLiteral("set")); // the split's
        QVERIFY(!ok->isEnabled());
        QCOMPARE(in<QLabel>(*asked, "guessProblem")->text(),
                 QStringLiteral("Choose different columns for the file, the label and the split."));
        choose(*asked, "labelColumn", QStringLiteral("kind"));
        choose(*asked, "splitColumn", QStringLiteral("None"));
        QTRY_VERIFY(ok->isEnabled());
        QCOMPARE(in<QLabel>(*asked, "guessSummary")->text(),
                 QStringLiteral("This gives 2 classes and 12 images: 11 training, 1 validation, 0 test."));
        QCOMPARE(rows->horizontalHeaderItem(2)->text(), QStringLiteral("label · kind"));
        QCOMPARE(rows->horizontalHeaderItem(1)->text(), QStringLiteral("label"));
        QCOMPARE(driver.session->document().experiment(), before); // nothing before OK
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        QTest::mouseClick(ok, Qt::LeftButton);
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.session->data().dataset()->classes, (std::vector<std::string>{"round", "square"}));
        QCOMPARE(settings(driver).table.labelColumn, std::string("kind"));
        QCOMPARE(driver.text("guess table"),
                 QStringLiteral("You chose the columns: “kind” is the label, “picture” the file."));
        undo(driver);
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.session->document().experiment(), before);
        QCOMPARE(driver.session->data().dataset()->classes, (std::vector<std::string>{"a", "b"}));
    }

    void valuesOfTheSplitAreGivenAnotherMeaning() {
        drawTable(QStringLiteral("table"));
        WindowDriver driver(path(QStringLiteral("home-values")), m_engine.door());
        open(driver, QStringLiteral("table"));
        driver.click("guessAction table");
        QDialog* asked = dialog(driver, "tableDialog");
        auto* ok = in<QPushButton>(*asked, "guessOk");
        QTRY_VERIFY(ok->isEnabled());
        QCOMPARE(in<QComboBox>(*asked, "subset of test")->currentText(), QStringLiteral("Test"));
        choose(*asked, "subset of train", QStringLiteral("Not used"));
        QCOMPARE(in<QLabel>(*asked, "guessProblem")->text(), QStringLiteral("Choose what is for training."));
        choose(*asked, "subset of train", QStringLiteral("Validation"));
        choose(*asked, "subset of test", QStringLiteral("Training"));
        QTRY_VERIFY(ok->isEnabled());
        QCOMPARE(in<QLabel>(*asked, "guessSummary")->text(),
                 QStringLiteral("This gives 2 classes and 12 images: 4 training, 8 validation, 0 test."));
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        QTest::mouseClick(ok, Qt::LeftButton);
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.session->data().dataset()->count(Subset::Validation), std::size_t{8});
    }

    void aRunInProgressKeepsItsImages() {
        drawTable(QStringLiteral("table"));
        WindowDriver driver(path(QStringLiteral("home-running")), m_engine.door());
        open(driver, QStringLiteral("table"));
        driver.session->document().fixImages(settings(driver));
        driver.click("guessAction table");
        QDialog* asked = dialog(driver, "tableDialog");
        choose(*asked, "labelColumn", QStringLiteral("kind"));
        QTRY_VERIFY(in<QLabel>(*asked, "guessProblem")->text().startsWith(QStringLiteral("A run is in progress;")));
        QVERIFY(!in<QPushButton>(*asked, "guessOk")->isEnabled());
    }

    void whatWasReadByPlainNamesCanBeChangedFromTheMenu() {
        drawTable(QStringLiteral("plain"), "path,label,kind,split\n");
        WindowDriver driver(path(QStringLiteral("home-plain")), m_engine.door());
        open(driver, QStringLiteral("plain"));
        QVERIFY(!driver.find<QWidget>("guessStrip")->isVisible());
        auto* menu = driver.find<QPushButton>("openDataButton")->menu();
        const auto item = [&](const char* name) { return menu->findChild<QAction*>(QLatin1String(name)); };
        menu->popup(driver.window->mapToGlobal(QPoint(200, 200))); // the button waits until it is closed
        QVERIFY(item("changeColumns")->isVisible() && !item("changeSplits")->isVisible());
        QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(item("changeColumns")).center());
        QDialog* asked = dialog(driver, "tableDialog");
        QVERIFY(asked);
        choose(*asked, "labelColumn", QStringLiteral("kind"));
        auto* ok = in<QPushButton>(*asked, "guessOk");
        QTRY_VERIFY(ok->isEnabled());
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        QTest::mouseClick(ok, Qt::LeftButton);
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.session->data().dataset()->classes, (std::vector<std::string>{"round", "square"}));
    }

    void transparentDrawingsGetABackground() {
        for (int i = 0; i < 8; ++i) {
            QImage drawing(24, 24, QImage::Format_ARGB32);
            drawing.fill(Qt::transparent);
            for (int x = 4; x < 12 + i; ++x)
                drawing.setPixelColor(x, 4 + i, Qt::black);
            const QString folder = path(QStringLiteral("drawings/%1").arg(i % 2));
            QVERIFY(QDir().mkpath(folder));
            QVERIFY(drawing.save(QStringLiteral("%1/%2.png").arg(folder).arg(i)));
        }
        WindowDriver driver(path(QStringLiteral("home-drawings")), m_engine.door());
        open(driver, QStringLiteral("drawings"));
        driver.click("guessAction background");
        QDialog* asked = dialog(driver, "pixelsDialog");
        choose(*asked, "background", QStringLiteral("White"));
        auto* ok = in<QPushButton>(*asked, "guessOk");
        QTRY_VERIFY(ok->isEnabled());
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        QTest::mouseClick(ok, Qt::LeftButton);
        QVERIFY(opened.wait(20000));
        QCOMPARE(settings(driver).pixels.background, (BackgroundSettings{.drop = false, .colour = {255, 255, 255}}));
        QCOMPARE(driver.text("guess background"), QStringLiteral("You chose what lies under transparent pixels."));
    }

    void eachAssumptionIsASentence() {
        Dataset dataset;
        dataset.format = "csv";
        dataset.guesses = {{"root", "a/b", "nothing lies beside it"},
                           {"path_column", "image", "its cells name 9 of the 9 images next to the table"},
                           {"label_column", "cat, dog", "exactly one of these 2 columns is 1 in 9 of 9 rows"},
                           {"depth", "[0.1, 0.4]", "0.1 to 0.4"},
                           {"page", "0", "a.tif has 3 pages"}};
        dataset.depth = DepthSettings::range(0.1, 0.4);
        dataset.problems = {{"dropped_channels", "a.tif", "has 5 channels"}};
        const auto sentences = [&](const DataSettings& settings) {
            QStringList found;
            for (const GuessLine& line : guessLines(dataset, settings))
                found << line.text + QLatin1Char(' ') + line.action;
            return found;
        };
        QCOMPARE(sentences({}),
                 (QStringList{
                     QStringLiteral("Columns “cat, dog” taken as the label, “image” as the file (its cells name 9 of "
                                    "the 9 images next to the table). Change…"),
                     QStringLiteral("Pixel values 0.100 to 0.400 shown and trained as black to white. Change…"),
                     QStringLiteral("First page of each file is read. Change…"),
                     QStringLiteral("Images have more channels than are used. Change…"),
                     QStringLiteral("Classes found inside “a/b”. ")}));
        dataset = {};
        dataset.format = "folders";
        dataset.guesses = {{"split_folders", "01_train as train, dev as val", "their names say so"}};
        dataset.ignoredFolders = {"a", "b", "c", "d"};
        QCOMPARE(sentences({}), QStringList{QStringLiteral("Folders taken as splits: 01_train as train, dev as val; a, "
                                                           "b, c … not used. Change…")});
        dataset.guesses.clear();
        dataset.problems = {{"split_without_classes", {}, "test, train hold images"}};
        QCOMPARE(sentences({}), QStringList{QStringLiteral(
                                    "Folders for train and test hold no class folders: each is taken as a class. ")});
        dataset.problems = {{"train_is_a_class", "train", "counts as a class"}};
        QCOMPARE(sentences({}),
                 QStringList{QStringLiteral("Folder “train” taken as a class, not as a split. Change…")});
        dataset.format = "csv";
        dataset.problems = {{"not_classes", {}, "columns a, b hold fractions"}};
        QCOMPARE(sentences({}),
                 QStringList{QStringLiteral("The labels of this table do not look like classes. Change…")});
        dataset.format = "folders";
        DataSettings range;
        range.pixels.depth = DepthSettings::range(0, 4095);
        range.pixels.page = 2;
        dataset.problems.clear();
        QCOMPARE(sentences(range),
                 (QStringList{QStringLiteral("You chose to show and train pixel values 0 to 4,095. Change…"),
                              QStringLiteral("You chose page 3 of each file. Change…")}));
    }

    void aColumnThatNamesNoFilesIsRefused() {
        drawTable(QStringLiteral("table"));
        WindowDriver driver(path(QStringLiteral("home-refused")), m_engine.door());
        open(driver, QStringLiteral("table"));
        const Experiment before = driver.session->document().experiment();
        driver.click("guessAction table");
        QDialog* asked = dialog(driver, "tableDialog");
        choose(*asked, "pathColumn", QStringLiteral("kind"));
        QTRY_VERIFY(in<QLabel>(*asked, "guessProblem")->text().contains(QStringLiteral("none of them exists")));
        QVERIFY(!in<QPushButton>(*asked, "guessOk")->isEnabled());
        QTest::mouseClick(in<QPushButton>(*asked, "guessCancel"), Qt::LeftButton);
        QTRY_VERIFY(!dialog(driver, "tableDialog"));
        QCOMPARE(driver.session->document().experiment(), before);
    }

    void foldersGetOtherSplitsAndBecomeClasses() {
        for (const char* split : {"training_set", "valid", "Test_data", "extra"})
            for (int i = 0; i < 6; ++i)
                fixtures::write(place(QStringLiteral("splits")) / split / (i % 2 ? "a" : "b") /
                                    (std::to_string(i) + ".png"),
                                fixtures::png(static_cast<std::uint8_t>(40 * i)));
        fixtures::write(place(QStringLiteral("splits")) / "loose" / "1.png", fixtures::png(9));
        WindowDriver driver(path(QStringLiteral("home-splits")), m_engine.door());
        open(driver, QStringLiteral("splits"));
        const Experiment before = driver.session->document().experiment();
        driver.click("guessAction splits");
        QDialog* asked = dialog(driver, "splitDialog");
        auto* ok = in<QPushButton>(*asked, "guessOk");
        auto* problem = in<QLabel>(*asked, "guessProblem");
        auto* summary = in<QLabel>(*asked, "guessSummary");
        QTRY_VERIFY(ok->isEnabled());
        QCOMPARE(summary->text(),
                 QStringLiteral("This gives 2 classes and 18 images: 6 training, 6 validation, 6 test."));
        choose(*asked, "subset of training_set", QStringLiteral("Not used"));
        QVERIFY(!ok->isEnabled());
        QCOMPARE(problem->text(), QStringLiteral("Choose what is for training."));
        choose(*asked, "subset of extra", QStringLiteral("Training"));
        choose(*asked, "subset of loose", QStringLiteral("Test"));
        QTRY_COMPARE(problem->text(),
                     QStringLiteral("“loose” has no folders of classes inside, so it cannot be a split."));
        QVERIFY(!ok->isEnabled());
        choose(*asked, "subset of loose", QStringLiteral("Not used"));
        choose(*asked, "subset of valid", QStringLiteral("Not used")); // a share of training is for validation then
        QTRY_VERIFY(ok->isEnabled());
        QCOMPARE(summary->text(),
                 QStringLiteral("This gives 2 classes and 12 images: 6 training, 0 validation, 6 test."));
        QTest::mouseClick(in<QWidget>(*asked, "foldersAreClasses"), Qt::LeftButton, {}, QPoint(8, 8));
        QTRY_VERIFY(ok->isEnabled());
        QVERIFY(!in<QComboBox>(*asked, "subset of extra")->isEnabled());
        QVERIFY2(summary->text().startsWith(QStringLiteral("This gives 5 classes and 25 images")),
                 qPrintable(summary->text()));
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        QTest::mouseClick(ok, Qt::LeftButton);
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.find<QTableView>("classTable")->model()->rowCount(), 5);
        QVERIFY(driver.session->data().dataset()->count(Subset::Validation) > 0);

        driver.click("guessAction splits"); // what was chosen can be chosen again
        asked = dialog(driver, "splitDialog");
        QTRY_VERIFY(in<QWidget>(*asked, "foldersAreClasses")->isEnabled());
        QTest::keyClick(asked, Qt::Key_Escape);
        QTRY_VERIFY(!dialog(driver, "splitDialog"));
        undo(driver);
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.session->document().experiment(), before);
    }

    void pagesAndChannelsAreChosen() {
        for (const char* name : {"pages.tif", "five-planes.tif"})
            for (int i = 0; i < 8; ++i) {
                const QString folder = path(QStringLiteral("%1/%2").arg(QLatin1String(name).chopped(4)).arg(i % 2));
                QVERIFY(QDir().mkpath(folder));
                QVERIFY(QFile::copy(QStringLiteral(SIGHTLINE_SOURCE_DIR "/tests/data/images/") + QLatin1String(name),
                                    QStringLiteral("%1/%2.tif").arg(folder).arg(i)));
            }
        WindowDriver driver(path(QStringLiteral("home-pages")), m_engine.door());
        open(driver, QStringLiteral("pages"));
        QCOMPARE(driver.text("guess page"), QStringLiteral("First page of each file is read."));
        driver.click("guessAction page");
        QDialog* asked = dialog(driver, "pixelsDialog");
        auto* ok = in<QPushButton>(*asked, "guessOk");
        QTRY_VERIFY(ok->isEnabled());
        QVERIFY(!in<QWidget>(*asked, "depthKind")->isVisible() && !in<QWidget>(*asked, "channelList")->isVisible());
        auto* page = in<QSpinBox>(*asked, "imagePage");
        page->setFocus();
        for (int i = 0; i < 5; ++i) // it has five
            QTest::keyClick(page, Qt::Key_Up);
        QTRY_VERIFY(in<QLabel>(*asked, "guessProblem")->text().contains(QStringLiteral("has 5 pages")));
        QVERIFY(!ok->isEnabled());
        QTest::keyClick(page, Qt::Key_Down);
        QTRY_VERIFY(ok->isEnabled());
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        QTest::mouseClick(ok, Qt::LeftButton);
        QVERIFY(opened.wait(20000));
        QCOMPARE(settings(driver).pixels.page, 4);
        QCOMPARE(driver.text("guess page"), QStringLiteral("You chose page 5 of each file."));

        open(driver, QStringLiteral("five-planes"));
        driver.click("guessAction channels");
        QTRY_VERIFY(dialog(driver, "pixelsDialog"));
        asked = dialog(driver, "pixelsDialog");
        choose(*asked, "channelKind", QStringLiteral("These channels:"));
        auto* channels = in<QLineEdit>(*asked, "channelList");
        channels->setFocus();
        QTest::keyClicks(channels, QStringLiteral("0, x"));
        QVERIFY(in<QLabel>(*asked, "guessProblem")->text().startsWith(QStringLiteral("Write the channels as numbers")));
        channels->setText(QStringList(65, QStringLiteral("0")).join(QLatin1Char(',')));
        QCOMPARE(in<QLabel>(*asked, "guessProblem")->text(), QStringLiteral("At most 64 channels can be used."));
        channels->selectAll();
        QTest::keyClicks(channels, QStringLiteral("4, 1"));
        QTRY_VERIFY(in<QPushButton>(*asked, "guessOk")->isEnabled());
        QTest::mouseClick(in<QPushButton>(*asked, "guessOk"), Qt::LeftButton);
        QVERIFY(opened.wait(20000));
        QCOMPARE(settings(driver).pixels.channels, ChannelSettings::of({4, 1}));
    }

    void alikeLabelsAreMergedAndKeptApartAgain() {
        std::string table = "file,label\n";
        for (int i = 0; i < 12; ++i) {
            const std::string name = "p" + std::to_string(i) + ".png";
            fixtures::write(place(QStringLiteral("alike")) / name, fixtures::png(static_cast<std::uint8_t>(20 * i)));
            table += name + (i % 3 == 0 ? ",Cat" : i % 3 == 1 ? ",cat" : ",dog") + "\n";
        }
        fixtures::write(place(QStringLiteral("alike")) / "labels.csv", table);
        WindowDriver driver(path(QStringLiteral("home-alike")), m_engine.door());
        open(driver, QStringLiteral("alike"));
        QCOMPARE(driver.find<QTableView>("classTable")->model()->rowCount(), 3);
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.click("guessAction alike");
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.find<QTableView>("classTable")->model()->rowCount(), 2);
        QVERIFY(!driver.find<QWidget>("guessStrip")->isVisible());
        undo(driver);
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.find<QTableView>("classTable")->model()->rowCount(), 3);
    }
};

QTEST_MAIN(GuessesTest)
#include "tst_Guesses.moc"
