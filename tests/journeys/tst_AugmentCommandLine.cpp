// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "CliProcess.h"
#include "Test.h"
#include "data/ImageNames.h"
#include "data/Toys.h"

using namespace sightline;

/// `augment` on several threads, and which files commands take for images.
class AugmentCommandLineTest : public Test {
    Q_OBJECT

    QString path(const QString& name) const { return m_folder.path() + QLatin1Char('/') + name; }
    CliAnswer run(const QStringList& arguments) const { return runCli(path(QStringLiteral("home")), arguments); }

    static QByteArray bytesOf(const QString& file) {
        QFile opened(file);
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }

    QTemporaryDir m_folder;

private Q_SLOTS:
    void initTestCase() {
        ToySettings toys;
        toys.train = 1;
        toys.validation = toys.test = 0;
        toys.size = 48;
        QVERIFY(makeToys(path(QStringLiteral("toys")).toStdString(), toys).ok());
    }
    void theNumberOfThreadsChangesNoPixelAndNoParameter() {
        const QString config = path(QStringLiteral("aug.json"));
        QFile file(config);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({ "rotation_range": 30, "brightness_range": [0.5, 1.5], "mixup": 0.4 })");
        file.close();
        const QString car = path(QStringLiteral("toys/train/car/car_0001.png")),
                      duck = path(QStringLiteral("toys/train/duck/duck_0001.png"));
        const auto augmented = [&](const QString& threads) {
            const CliAnswer answer = run({QStringLiteral("augment"), car, duck, QStringLiteral("--config"), config,
                                          QStringLiteral("--count"), QStringLiteral("5"), QStringLiteral("--threads"),
                                          threads, QStringLiteral("--out"), path(QStringLiteral("out") + threads),
                                          QStringLiteral("--params"), path(threads + QStringLiteral(".json"))});
            QVERIFY2(answer.code == 0, answer.err.constData());
        };
        augmented(QStringLiteral("1"));
        augmented(QStringLiteral("4"));
        const QByteArray parameters = bytesOf(path(QStringLiteral("1.json")));
        QCOMPARE(QJsonDocument::fromJson(parameters).array().size(), 10);
        QCOMPARE(bytesOf(path(QStringLiteral("4.json"))), parameters);
        const QStringList names = QDir(path(QStringLiteral("out1"))).entryList(QDir::Files);
        QCOMPARE(names.size(), 10);
        for (const QString& name : names)
            QCOMPARE(bytesOf(path(QStringLiteral("out4/") + name)), bytesOf(path(QStringLiteral("out1/") + name)));
    }

    void everyEndingThatIsNamedIsTaken() {
        const QStringList endings = QString::fromStdString(imageEndings())
                                        .replace(QStringLiteral(" and "), QStringLiteral(", "))
                                        .split(QStringLiteral(", "));
        QVERIFY(endings.size() >= 9);
        for (const QString& ending : endings) {
            QVERIFY(namesImage("photo." + ending.toStdString()));
            QVERIFY(namesImage("photo." + ending.toUpper().toStdString()));
        }
        for (const char* other : {"photo", "photo.", ".png", "photo.png.txt", "png"})
            QVERIFY2(!namesImage(other), other);
    }
};

QTEST_GUILESS_MAIN(AugmentCommandLineTest)
#include "tst_AugmentCommandLine.moc"
