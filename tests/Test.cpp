// SPDX-License-Identifier: GPL-3.0-or-later
#include "Test.h"

#include <QDir>
#include <QFile>
#include <QTest>

namespace sightline {

void Test::init() {
    // The offscreen platform says of each thing that only a screen can do that it does not.
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support )")));
}

void FolderTest::write(const QString& name, const QByteArray& bytes) const {
    QVERIFY2(QDir().mkpath(QFileInfo(path(name)).path()), qPrintable(name));
    QFile file(path(name));
    QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(name));
    QCOMPARE(file.write(bytes), bytes.size());
}

void FreshFolderTest::init() {
    Test::init();
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

} // namespace sightline
