// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <optional>

#include "CliProcess.h"
#include "Test.h"

using namespace sightline;

/// Transfer learning on the command line: weights of one run become the frozen base of the next, its head is trained on
/// kept features, the whole is fine-tuned, evaluated, explained and exported.
class TransferCommandLineTest : public FolderTest {
    Q_OBJECT

    CliAnswer run(const QStringList& arguments) const { return runCli(path("home"), arguments); }
    void refuses(const QStringList& arguments, int code, const QByteArray& mention) const {
        verifyRefusal(run(arguments), code, mention);
    }

    QByteArray bytesOf(const QString& name) const {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    /// A run on the frozen base of the first, trained by whoever asks first.
    const CliAnswer& second() {
        if (!m_second) {
            run({"export", m_first, "--weights", path("base.safetensors")});
            m_second =
                run({"train", path("experiment.json"), "--set", "model.weights=" + path("base.safetensors"), "--set",
                     "model.freeze=base", "--set", "training.cache_features=true", "--set", "training.epochs=3",
                     "--set", "training.fine_tune={\"at_epoch\": 3, \"unfreeze\": \"conv2d_1\"}", "--events",
                     path("events.jsonl"), "--json"});
        }
        return *m_second;
    }
    QString secondRun() { return second().json()["run"].toString(); }

    QString m_first;
    std::optional<CliAnswer> m_second;

private Q_SLOTS:
    void initTestCase() {
        QCOMPARE(run({"dataset", "make", "toys", "--to", path("toys"), "--train", "8", "--val", "3", "--test", "3",
                      "--size", "48"})
                     .code,
                 0);
        QByteArray text = "{ 'version': 1, 'name': 'base', 'data': { 'path': '@', 'image_size': [32, 32] }, 'model': { "
                          "'name': 'toy_cnn', 'options': { 'batch_norm': true } },"
                          "'training': { 'epochs': 2, 'batch_size': 8, 'precision': 'fp32' } }";
        QFile file(path("experiment.json"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text.replace('\'', '"').replace("@", path("toys").toUtf8()));
        file.close();
        const CliAnswer answer = run({"train", path("experiment.json"), "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        m_first = answer.json()["run"].toString();
    }

    void weightsAreExportedAloneAndTakenUpByAFrozenRun() {
        const CliAnswer& answer = second();
        QVERIFY2(answer.code == 0, answer.err.constData());
        QVERIFY(bytesOf("base.safetensors").contains("\"labels\""));
        QVERIFY(!bytesOf("base.safetensors").left(4000).contains("opt.first"));
        const QByteArray events = bytesOf("events.jsonl");
        QVERIFY(events.contains("were computed and cached"));
        QVERIFY(events.contains("Fine-tuning from epoch 3"));
        QVERIFY(!QDir(path("home/cache/features")).isEmpty());
    }

    void theWholeNetworkIsEvaluatedAndExplained() {
        const CliAnswer evaluation = run({"evaluate", secondRun(), "--json"});
        QVERIFY2(evaluation.code == 0, evaluation.err.constData());
        QCOMPARE(evaluation.json()["images"].toInt(), 15);
        const CliAnswer explanation =
            run({"explain", secondRun(), path("toys/test/car/car_0001.png"), "--out", path("overlay.png"), "--json"});
        QVERIFY2(explanation.code == 0, explanation.err.constData());
        QVERIFY(explanation.json()["map_size"].toArray().size() == 2);
    }

    void exportsForOtherPrograms() {
        const CliAnswer answer = run({"export", secondRun(), "--onnx", path("net.onnx"), "--fold-batch-norm",
                                      "--torchscript", path("net.pt"), "--checkpoint", "last", "--json"});
        QVERIFY2(answer.code == 0, answer.err.constData());
        QCOMPARE(answer.json()["files"].toArray().size(), 2);
        QVERIFY(bytesOf("net.onnx").contains("logits") && bytesOf("net.onnx").contains("preprocessing"));
        QVERIFY(!bytesOf("net.onnx").contains("BatchNormalization"));
        QVERIFY(bytesOf("net.pt").startsWith("PK"));
    }

    void refusesExportsItCannotDo() {
        refuses({"export", "no-such-run", "--onnx", path("x.onnx")}, 2, "no-such-run");
        refuses({"export", m_first}, 2, "--onnx");
        refuses({"export", m_first, "--onnx", path("experiment.json/x.onnx")}, 1, "x.onnx");
        refuses({"export", m_first, "--torchscript", path("experiment.json/x.pt")}, 1, "x.pt");
        refuses({"export", m_first, "--weights", path("experiment.json/x.safetensors")}, 1, "x.safetensors");
        refuses({"export", m_first, "--onnx", path("x.onnx"), "--checkpoint", "77"}, 2, "77");
        refuses({"export", m_first, "--weights", path("x.safetensors"), "--fold-batch-norm"}, 2, "--fold-batch-norm");
        QVERIFY(!QFile::exists(path("x.onnx")) && !QFile::exists(path("x.safetensors")));
    }

    void impossibleTransfersNameTheirSetting() {
        const QStringList train{"train", path("experiment.json"), "--set"};
        refuses(train + QStringList{"training.cache_features=true"}, 2, "training.cache_features");
        refuses(train + QStringList{"model.freeze=nowhere"}, 2, "model.freeze");
        refuses(train + QStringList{"model.freeze=base", "--set", "training.fine_tune={\"unfreeze\": \"nowhere\"}"}, 2,
                "training.fine_tune.unfreeze");
        refuses(train + QStringList{"model.head={\"pooling\": \"most\"}"}, 2, "model.head.pooling");
    }

    void theMemoryOfTrainingIsSaidBeforehand() {
        const auto memory = [&](const char* batch) {
            return run({"model", "summary", "resnet18", "--input", "64x64x3", "--batch", batch, "--json"}).json();
        };
        const QJsonObject one = memory("1"), many = memory("128");
        QVERIFY(many["training_memory_bytes"].toDouble() > one["training_memory_bytes"].toDouble() + 100e6);
        QVERIFY(many["largest_batch"].toInt() >= 1);
        refuses({"model", "summary", "resnet18", "--batch", "0"}, 2, "--batch");
    }
};

QTEST_GUILESS_MAIN(TransferCommandLineTest)
#include "tst_TransferCommandLine.moc"
