// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QListView>
#include <QTableView>

#include <cmath>

#include "Test.h"
#include "WindowDriver.h"
#include "models/Tiles.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000;

/// A disk of one brightness on a darker ground, 12 of 16 bits used.
QImage twelveBits(int number, bool large) {
    constexpr int side = 40;
    QImage image(side, side, QImage::Format_Grayscale16);
    const double radius = large ? 15 : 8;
    for (int y = 0; y < side; ++y) {
        auto* line = reinterpret_cast<quint16*>(image.scanLine(y));
        for (int x = 0; x < side; ++x) {
            const bool inside = std::hypot(x - side / 2 - number % 3, y - side / 2) < radius;
            line[x] = static_cast<quint16>(inside ? 3900 - 20 * number : 300 + 5 * number);
        }
    }
    return image;
}

/// How bright what is to be seen is, 0 to 255.
double meanOf(const QImage& image) {
    double sum = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            sum += qGray(image.pixel(x, y));
    return sum / (image.width() * image.height());
}
} // namespace

/// What was assumed wrongly, put right in the real window, and trained on with the real engine.
class GuessesWindow : public FolderTest {
    Q_OBJECT

    void draw(const QString& file, const QImage& image) const {
        QVERIFY(QDir().mkpath(QFileInfo(path(file)).path()));
        QVERIFY(image.save(path(file)));
    }
    /// 24 images in one folder, and a table about them that a program must misread: the column named label holds the
    /// camera, the diagnosis is in another.
    void drawTable() const {
        QByteArray table = QByteArrayLiteral("photo,label,finding\n");
        for (int i = 0; i < 24; ++i) {
            const QString name = QStringLiteral("p%1.png").arg(i);
            draw(QStringLiteral("table/") + name, twelveBits(i, i % 2).convertToFormat(QImage::Format_RGB32));
            table += name.toUtf8() + (i < 12 ? ",camera one," : ",camera two,") + (i % 2 ? "large\n" : "small\n");
        }
        write(QStringLiteral("table/photos.csv"), table);
    }
    void drawFolders(const QString& top, const QStringList& splits) const {
        for (const QString& split : splits)
            for (int i = 0; i < 12; ++i)
                draw(QStringLiteral("%1/%2/%3/%4.png").arg(top, split, i % 2 ? "large" : "small").arg(i),
                     twelveBits(i, i % 2).convertToFormat(QImage::Format_RGB32));
    }
    void open(WindowDriver& driver, const QString& name) const {
        driver.drop(path(name));
        QTRY_COMPARE_WITH_TIMEOUT(driver.window->currentPage(), QStringLiteral("data"), kLong);
    }
    static QDialog* change(const WindowDriver& driver, const char* link, const char* dialog) {
        driver.click(link);
        auto* opened = driver.window->findChild<QDialog*>(QLatin1String(dialog));
        return opened && opened->isVisible() ? opened : nullptr;
    }
    static void choose(const QDialog& dialog, const QString& box, const QString& text) {
        auto* choice = dialog.findChild<QComboBox*>(box);
        QVERIFY2(choice, qPrintable(box));
        QTRY_VERIFY_WITH_TIMEOUT(choice->isEnabled(), kLong);
        choice->setFocus();
        QTest::keyClick(choice, Qt::Key_Home);
        for (int i = 1; i < choice->count() && choice->currentText() != text; ++i)
            QTest::keyClick(choice, Qt::Key_Down);
        QCOMPARE(choice->currentText(), text);
    }
    static void take(const WindowDriver& driver, const QDialog& dialog) {
        auto* ok = dialog.findChild<QPushButton*>(QStringLiteral("guessOk"));
        QTRY_VERIFY_WITH_TIMEOUT(ok->isEnabled(), kLong);
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        QTest::mouseClick(ok, Qt::LeftButton);
        QVERIFY(opened.wait(kLong));
        driver.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(driver.window.get()));
    }
    static QStringList classes(const WindowDriver& driver) {
        const auto* model = driver.find<QTableView>("classTable")->model();
        QStringList names;
        for (int i = 0; i < model->rowCount(); ++i)
            names << model->index(i, 0).data().toString();
        return names;
    }
    static const Experiment& trained(const WindowDriver& driver) { return driver.session->runs().run()->experiment; }

private Q_SLOTS:
    void aWronglyGuessedLabelColumnIsPutRight() {
        drawTable();
        WindowDriver driver(path(QStringLiteral("home-table")));
        open(driver, QStringLiteral("table"));
        QCOMPARE(classes(driver), (QStringList{"camera one", "camera two"}));
        QVERIFY(driver.text("guess table").startsWith(QStringLiteral("Column “label” taken as the label, “photo” as")));
        QDialog* dialog = change(driver, "guessAction table", "tableDialog");
        QVERIFY(dialog);
        choose(*dialog, QStringLiteral("labelColumn"), QStringLiteral("finding"));
        take(driver, *dialog);
        QCOMPARE(classes(driver), (QStringList{"large", "small"}));
        driver.trainAnEpoch();
        QCOMPARE(trained(driver).data.table.labelColumn, std::string("finding"));
        QCOMPARE(driver.session->runs().run()->classes, (std::vector<std::string>{"large", "small"}));
    }

    void splitFoldersArePutRight() {
        drawFolders(QStringLiteral("splits"), {QStringLiteral("training_set"), QStringLiteral("eval"),
                                               QStringLiteral("Test_data"), QStringLiteral("late")});
        WindowDriver driver(path(QStringLiteral("home-splits")));
        open(driver, QStringLiteral("splits"));
        QCOMPARE(driver.text("guess splits"),
                 QStringLiteral("Folders taken as splits: Test_data as test, eval as val, training_set as train; late "
                                "not used."));
        QDialog* dialog = change(driver, "guessAction splits", "splitDialog");
        QVERIFY(dialog);
        QTRY_VERIFY(dialog->findChild<QComboBox*>(QStringLiteral("subset of late")));
        choose(*dialog, QStringLiteral("subset of late"), QStringLiteral("Test"));
        choose(*dialog, QStringLiteral("subset of Test_data"), QStringLiteral("Training"));
        take(driver, *dialog);
        const auto dataset = driver.session->data().dataset();
        QCOMPARE(dataset->count(Subset::Train), std::size_t{24});
        QCOMPARE(dataset->count(Subset::Validation), std::size_t{12});
        QCOMPARE(dataset->count(Subset::Test), std::size_t{12});
        QVERIFY(driver.text("guess splits").startsWith(QStringLiteral("You chose the splits: ")));
        driver.trainAnEpoch();
        QCOMPARE(trained(driver).data.splitWords.test, std::vector<std::string>{"late"});
    }

    void twelveBitsAreSeenBrightAndCanBeSeenOtherwise() {
        for (int i = 0; i < 24; ++i)
            draw(QStringLiteral("deep/%1/%2.png").arg(i % 2 ? "large" : "small").arg(i), twelveBits(i, i % 2));
        WindowDriver driver(path(QStringLiteral("home-deep")));
        open(driver, QStringLiteral("deep"));
        QVERIFY(driver.text("guess depth").startsWith(QStringLiteral("Pixels use 12 of 16 bits: ")));
        auto* grid = driver.find<QListView>("sampleGrid");
        const auto tile = [&] { return grid->model()->index(0, 0).data(TileImage).value<QImage>(); };
        QTRY_VERIFY_WITH_TIMEOUT(!tile().isNull(), kLong);
        QVERIFY2(meanOf(tile()) > 80, qPrintable(QString::number(meanOf(tile()))));

        QDialog* dialog = change(driver, "guessAction depth", "pixelsDialog");
        QVERIFY(dialog);
        choose(*dialog, QStringLiteral("depthKind"), QStringLiteral("All that the files can hold"));
        take(driver, *dialog);
        QVERIFY(driver.text("guess depth").startsWith(QStringLiteral("You chose to show and train all values")));
        QTRY_VERIFY_WITH_TIMEOUT(!tile().isNull(), kLong);
        QVERIFY2(meanOf(tile()) < 12, qPrintable(QString::number(meanOf(tile())))); // as dark as its 12 of 16 bits
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("guess depth").startsWith(QStringLiteral("Pixels use 12")), kLong);
        QTRY_VERIFY_WITH_TIMEOUT(!tile().isNull() && meanOf(tile()) > 80, kLong);
        driver.trainAnEpoch();
    }
};

QTEST_MAIN(GuessesWindow)
#include "tst_GuessesWindow.moc"
