// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QFile>
#include <QScreen>
#include <QTemporaryDir>
#include <QTest>

#include "Test.h"
#include "WindowDriver.h"
#include "window/Geometry.h"

using namespace sightline::ui;

/// Where the window stands, on two screens: 1280 x 720, and beside it 1920 x 1080.
class GeometryTest : public sightline::Test {
    Q_OBJECT

    QTemporaryDir m_folder;

    QString home(const char* name) const { return m_folder.filePath(QLatin1String(name)); }
    static QScreen* large() { return QGuiApplication::screens().at(1); }

private Q_SLOTS:
    void initTestCase() {
        QCOMPARE(QGuiApplication::screens().size(), 2);
        QCOMPARE(QGuiApplication::primaryScreen()->size(), QSize(1280, 720));
    }

    void aWindowThatFitsIsCentred() {
        const QRect placed = centredIn(QRect(0, 30, 1920, 1050), {1440, 900});
        QCOMPARE(placed.size(), QSize(1440, 900));
        QVERIFY(std::abs(placed.center().x() - 960) <= 1);
    }

    void aWindowIsNeverLargerThanTheFreeArea() {
        const QRect free(64, 27, 1216, 693);
        QVERIFY(free.contains(centredIn(free, {1440, 900})));
    }

    void whatWasKeptIsBroughtBackIntoTheScreen_data() {
        QTest::addColumn<QRect>("kept");
        QTest::newRow("far to the right") << QRect(5000, 100, 900, 600);
        QTest::newRow("above and left") << QRect(-700, -400, 900, 600);
        QTest::newRow("larger than the screen") << QRect(-10, -10, 3840, 2160);
    }

    void whatWasKeptIsBroughtBackIntoTheScreen() {
        QFETCH(QRect, kept);
        const QRect free(0, 0, 1280, 720);
        const QRect placed = fittedInto(free, kept);
        QVERIFY(free.contains(placed));
        QCOMPARE(placed.size(), kept.size().boundedTo(placed.size()));
    }

    void theFirstWindowShowsItsPrimaryButtonOnASmallScreen() {
        sightline::ui::theme::apply(*qApp, Scheme::Light);
        Session session(home("first").toStdString());
        MainWindow window(session);
        window.show();
        const QRect screen = QGuiApplication::primaryScreen()->availableGeometry();
        QVERIFY(screen.contains(window.geometry()));
        const auto* primary = window.findChild<QPushButton*>(QStringLiteral("primaryButton"));
        QVERIFY(primary && primary->isVisible());
        QVERIFY(screen.contains(QRect(primary->mapToGlobal(QPoint()), primary->size())));
    }

    void eachScreenRemembersItsOwnPlace() {
        QSettings settings(m_folder.filePath(QStringLiteral("places.ini")), QSettings::IniFormat);
        QWidget window;
        window.setScreen(large());
        window.setGeometry(1400, 100, 1500, 800);
        window.show();
        QCOMPARE(window.screen(), large());
        keepGeometry(settings, window);
        QWidget again;
        placeWindow(settings, again, {1440, 900});
        QCOMPARE(again.geometry(), QRect(1400, 100, 1500, 800));

        window.setScreen(QGuiApplication::primaryScreen());
        window.setGeometry(100, 60, 700, 500);
        QTRY_COMPARE(window.screen(), QGuiApplication::primaryScreen());
        keepGeometry(settings, window);
        QWidget small;
        placeWindow(settings, small, {1440, 900});
        QCOMPARE(small.geometry(), QRect(100, 60, 700, 500));
    }

    void aScreenThatIsGoneLeavesTheWindowOnOneThatIsThere() {
        QSettings settings(m_folder.filePath(QStringLiteral("gone.ini")), QSettings::IniFormat);
        settings.setValue(QStringLiteral("screen"), QStringLiteral("HDMI-9 77 3840x2160"));
        settings.setValue(QStringLiteral("geometry/HDMI-9 77 3840x2160"), QRect(2000, 1000, 1500, 900));
        QWidget window;
        placeWindow(settings, window, {1440, 900});
        QVERIFY(QGuiApplication::primaryScreen()->availableGeometry().contains(window.geometry()));
    }
};

int main(int argc, char** argv) {
    const QTemporaryDir folder;
    QFile screens(folder.filePath(QStringLiteral("screens.json")));
    if (!screens.open(QIODevice::WriteOnly))
        return 1;
    screens.write(R"({"screens": [
        {"name": "wide", "x": 1280, "y": 0, "width": 1920, "height": 1080, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1},
        {"name": "small", "x": 0, "y": 0, "width": 1280, "height": 720, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}]})"); // the first by name is the primary
    screens.close();
    qputenv("QT_QPA_PLATFORM", "offscreen:configfile=" + screens.fileName().toUtf8());
    QApplication application(argc, argv);
    GeometryTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_Geometry.moc"
