// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QDirIterator>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QRegularExpression>
#include <QTest>

#include <clocale>

#include "Test.h"
#include "look/CorruptionWords.h"
#include "look/Icons.h"
#include "look/Words.h"
#include "widgets/HeatMapView.h"
#include "widgets/NumberField.h"

using namespace sightline::ui;

/// Icons, number words and plural forms: the ground that every page stands on.
class LookTest : public sightline::Test {
    Q_OBJECT

    static QImage painted(const QIcon& icon, int side, double ratio) {
        const int pixels = qRound(side * ratio);
        QImage image(pixels, pixels, QImage::Format_ARGB32_Premultiplied);
        image.setDevicePixelRatio(ratio);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        icon.paint(&painter, QRect(0, 0, side, side));
        return image;
    }
    /// The colour of what is fully painted; invalid where several are.
    static QColor inkOf(const QImage& image) {
        QColor ink;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x) {
                const QColor here = image.pixelColor(x, y);
                if (here.alpha() < 255)
                    continue;
                if (ink.isValid() && here != ink)
                    return {};
                ink = here;
            }
        return ink;
    }

private Q_SLOTS:
    void init() {
        sightline::Test::init();
        theme::apply(*qApp, Scheme::Light);
    }

    void everySymbolOfTheResourceIsDrawnInItsRolesColor() {
        int symbols = 0;
        for (QDirIterator files(QStringLiteral(":/symbols")); files.hasNext(); ++symbols) {
            const QString name = QFileInfo(files.next()).completeBaseName();
            for (const double ratio : {1.0, 2.0})
                QCOMPARE(inkOf(painted(theme::icon(name, Role::Accent), 44, ratio)), theme::color(Role::Accent));
        }
        QVERIFY(symbols > 20);
    }

    void anIconFollowsTheSchemeWithoutBeingMadeAnew() {
        const QIcon icon = theme::icon(QStringLiteral("media-playback-start"), Role::Bad);
        const QColor light = inkOf(painted(icon, 22, 1));
        theme::apply(*qApp, Scheme::Dark);
        QCOMPARE(inkOf(painted(icon, 22, 1)), theme::color(Role::Bad));
        QVERIFY(theme::color(Role::Bad) != light);
    }

    void aDisabledIconIsMuted() {
        const QPixmap picture =
            theme::icon(QStringLiteral("media-playback-stop")).pixmap(QSize(22, 22), QIcon::Disabled);
        QCOMPARE(inkOf(picture.toImage()), theme::color(Role::Muted));
    }

    void anIconIsAsSharpAsTheScreen() {
        const QIcon icon = theme::icon(QStringLiteral("tag"));
        QCOMPARE(icon.pixmap(QSize(16, 16), 2.0).size(), QSize(32, 32));
        QCOMPARE(icon.pixmap(QSize(16, 16), 1.5).size(), QSize(24, 24));
    }

    void aPictureIsDrawnOnceForEachColorAndSize() {
        const auto key = [](Role role, int side) {
            return theme::icon(QStringLiteral("tag"), role).pixmap(side).cacheKey();
        };
        QCOMPARE(key(Role::Text, 16), key(Role::Text, 16));
        QVERIFY(key(Role::Text, 16) != key(Role::Accent, 16));
        QVERIFY(key(Role::Text, 16) != key(Role::Text, 22));
    }

    void anUnknownIconIsSaid() {
        QTest::ignoreMessage(QtWarningMsg, "there is no icon unheard-of");
        QVERIFY(theme::icon(QStringLiteral("unheard-of")).isNull());
    }

    /// "97,3 %" stood beside "0.882" on a German system.
    void numbersAreWrittenOneWayOnEverySystem() {
        QLocale::setDefault(QLocale(QLocale::German));
        theme::apply(*qApp, Scheme::Light);
        QCOMPARE(percent(0.973), QStringLiteral("97.3 %"));
        QCOMPARE(significant(0.8824), QStringLiteral("0.882"));
        QCOMPARE(grouped(23512130), QStringLiteral("23,512,130"));
        QCOMPARE(compact(23512130), QStringLiteral("23.5 M"));
        QCOMPARE(bytesText(97800000), QStringLiteral("97.8 MB"));
        QCOMPARE(rateText(0.001), QStringLiteral("0.001"));
        QCOMPARE(rateText(2.71e-6), QStringLiteral("2.7e-6"));
        QCOMPARE(rateText(1e-12), QStringLiteral("1e-12"));
        QCOMPARE(strengthText(sightline::Corruption::Rotation, -45), QStringLiteral("−45°")); // no hyphen
        QDoubleSpinBox plain;
        plain.setValue(0.25);
        QCOMPARE(plain.text(), QStringLiteral("0.25"));
        NumberField field;
        field.setValue(0.25);
        QCOMPARE(field.text(), QStringLiteral("0.25"));
        QCOMPARE(std::localeconv()->decimal_point, ".");
    }

    void whoTypesACommaIsUnderstood() {
        NumberField field;
        field.selectAll();
        QTest::keyClicks(&field, QStringLiteral("0,125"));
        QTest::keyClick(&field, Qt::Key_Return);
        QCOMPARE(field.value(), 0.125);
    }

    void bytesAreSaidInTheLargestUnitThatFits_data() {
        QTest::addColumn<qint64>("bytes");
        QTest::addColumn<QString>("words");
        QTest::newRow("bytes") << qint64{980} << QStringLiteral("980 bytes");
        QTest::newRow("kilobytes") << qint64{12400} << QStringLiteral("12.4 kB");
        QTest::newRow("rounded up") << qint64{999800} << QStringLiteral("1.00 MB");
        QTest::newRow("gigabytes") << qint64{8000000000} << QStringLiteral("8.00 GB");
        QTest::newRow("terabytes") << qint64{1500000000000} << QStringLiteral("1.50 TB");
    }

    void bytesAreSaidInTheLargestUnitThatFits() {
        QFETCH(qint64, bytes);
        QTEST(bytesText(bytes), "words");
    }

    /// Beside a map there is a narrow column for words, and a name without spaces has no place where a line can break.
    void aNameWithoutSpacesStaysInItsColumn() {
        const std::string name = "Lepidoptera_Nymphalidae_a_species_of_number_199";
        auto said = std::make_shared<Explained>();
        said->explanation.classes = {name, "b"};
        said->explanation.probabilities = {0.9f, 0.1f};
        said->explanation.confidence = 0.9;
        said->explanation.target = name;
        said->explanation.map = {{1, 1}, {1.0f}};
        said->image = said->shown = sightline::Image(8, 8, 3);
        HeatMapView view(HeatMapView::Layout::SideBySide);
        view.setExplained(said);
        for (const char* part : {"explainedVerdict", "explainedDetail"}) {
            const auto* label = view.findChild<QLabel*>(QLatin1String(part));
            QVERIFY2(label->minimumSizeHint().width() <= label->parentWidget()->minimumWidth(), part);
            QVERIFY2(label->toolTip().contains(QString::fromStdString(name)), part);
        }
    }

    void oneIsSingularAndAllElsePlural() {
        const auto epochs = [](qlonglong count) {
            return counted(count, QStringLiteral("%1 epoch"), QStringLiteral("%1 epochs"));
        };
        QCOMPARE(epochs(0), QStringLiteral("0 epochs"));
        QCOMPARE(epochs(1), QStringLiteral("1 epoch"));
        QCOMPARE(epochs(12000), QStringLiteral("12,000 epochs"));
    }
};

QTEST_MAIN(LookTest)
#include "tst_Look.moc"
