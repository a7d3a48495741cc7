// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QImage>
#include <QProcess>

#include "Test.h"

using namespace sightline;

/// `sightline --tour`, as whoever makes pictures starts it.
class TourTest : public FolderTest {
    Q_OBJECT

private Q_SLOTS:
    void itPicturesEveryPageAndLeavesNothingElseBehind() {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        const QStringList places{QStringLiteral("SIGHTLINE_HOME"),  QStringLiteral("HOME"),
                                 QStringLiteral("XDG_DATA_HOME"),   QStringLiteral("XDG_CACHE_HOME"),
                                 QStringLiteral("XDG_CONFIG_HOME"), QStringLiteral("TMPDIR")};
        for (const QString& place : places) {
            QVERIFY(QDir().mkpath(path(place)));
            environment.insert(place, path(place));
        }
        // Without one Qt makes one in TMPDIR and leaves it there.
        QVERIFY(QDir().mkpath(path(QStringLiteral("runtime"))));
        QVERIFY(QFile::setPermissions(path(QStringLiteral("runtime")),
                                      QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), path(QStringLiteral("runtime")));
        QProcess tour;
        tour.setProcessEnvironment(environment);
        tour.start(QStringLiteral(SIGHTLINE_BINARY_DIR "/sightline"),
                   {QStringLiteral("--tour"), path(QStringLiteral("pictures")), QStringLiteral("--size"),
                    QStringLiteral("1280x720")});
        QVERIFY(tour.waitForFinished(1140000));
        QVERIFY2(tour.exitStatus() == QProcess::NormalExit && tour.exitCode() == 0,
                 tour.readAllStandardError().constData());
        for (const char* page : {"start",
                                 "data",
                                 "augment",
                                 "network",
                                 "train",
                                 "evaluate",
                                 "explain",
                                 "runs",
                                 "search",
                                 "explain-activations",
                                 "explain-filters",
                                 "explain-occlusion",
                                 "explain-robustness",
                                 "explain-compare",
                                 "evaluate-classes",
                                 "evaluate-pairs",
                                 "evaluate-calibration",
                                 "evaluate-robustness",
                                 "evaluate-shortcuts",
                                 "evaluate-suspects",
                                 "evaluate-map"})
            for (const char* scheme : {"light", "dark"})
                for (const int ratio : {1, 2}) {
                    const QString name = QStringLiteral("pictures/%1-%2-%3x.png")
                                             .arg(QLatin1String(page), QLatin1String(scheme))
                                             .arg(ratio);
                    QCOMPARE(QImage(path(name)).size(), QSize(1280, 720) * ratio);
                }
        for (const char* page :
             {"training", "train-fork", "searching", "empty-search"}) // as it trains: in the first scheme
            QCOMPARE(QImage(path(QStringLiteral("pictures/%1-light-1x.png").arg(QLatin1String(page)))).size(),
                     QSize(1280, 720));
        for (const char* dialog : {"train-rate", "train-check", "training-batch"})
            QVERIFY2(QImage(path(QStringLiteral("pictures/%1-light-2x.png").arg(QLatin1String(dialog)))).height() > 800,
                     dialog);
        for (const char* form : {"augment-settings", "network-settings2",
                                 "train-settings"}) // taller than the window: all of it is to be seen
            QVERIFY2(QImage(path(QStringLiteral("pictures/%1-light-1x.png").arg(QLatin1String(form)))).height() > 600,
                     form);
        for (const QString& place : places)
            QVERIFY2(QDir(path(place)).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
                     qPrintable(place + QStringLiteral(": ") +
                                QDir(path(place)).entryList(QDir::AllEntries | QDir::Hidden).join(QLatin1Char(' '))));
    }
};

QTEST_GUILESS_MAIN(TourTest)
#include "tst_Tour.moc"
