// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QProcess>
#include <QTest>

namespace sightline {

/// What sightline-cli answered.
struct CliAnswer {
    int code = -1; ///< -1: it crashed or did not end
    QByteArray out, err;

    const QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
    const QJsonArray list() const { return QJsonDocument::fromJson(out).array(); }
};

/// The program beside the test, as a person starts it, with its data in `home`.
inline CliAnswer runCli(const QString& home, const QStringList& arguments,
                        const QMap<QString, QString>& variables = {}) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("SIGHTLINE_HOME"), home);
    for (auto variable = variables.begin(); variable != variables.end(); ++variable)
        environment.insert(variable.key(), variable.value());
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(SIGHTLINE_BINARY_DIR "/sightline-cli"), arguments);
    CliAnswer answer;
    if (process.waitForFinished(240000) && process.exitStatus() == QProcess::NormalExit)
        answer.code = process.exitCode();
    answer.out = process.readAllStandardOutput();
    answer.err = process.readAllStandardError();
    return answer;
}

/// A failure says one line and leaves with the code asked for.
inline void verifyRefusal(const CliAnswer& answer, int code, const QByteArray& mention) {
    QVERIFY2(answer.code == code,
             qPrintable(QStringLiteral("exit %1: %2").arg(answer.code).arg(QString::fromUtf8(answer.err))));
    QVERIFY2(answer.err.contains(mention), answer.err.constData());
    QCOMPARE(answer.err.count('\n'), 1);
}

} // namespace sightline
