// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QTableView>

#include "Test.h"
#include "WindowDriver.h"
#include "pages/Page.h"
#include "support/Files.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000;
}

/// A trained run leaves the real window for other programs and for readers.
class ExportWindowJourneys : public FolderTest {
    Q_OBJECT
    std::unique_ptr<WindowDriver> m_driver;

    /// What the menu of the run's button says when one of its entries was chosen.
    QString saved(const char* entry) const {
        m_driver->click("exportRunButton");
        auto* menu = m_driver->find<QMenu>("exportRunMenu");
        if (!menu->isVisible())
            return QStringLiteral("no menu");
        auto* action = menu->findChild<QAction*>(QLatin1String(entry));
        menu->close();
        QSignalSpy said(m_driver->find<Page>("runsPage"), &Page::said);
        action->trigger();
        return said.count() > 0 || said.wait(kLong) ? m_driver->text("messageText") : QStringLiteral("nothing is said");
    }
    QByteArray contents(const QString& name) const {
        const auto bytes = readFile(path(name).toStdString());
        return bytes ? QByteArray::fromStdString(*bytes) : QByteArray();
    }
    void into(const QString& name) const {
        prompts().saveFile = [file = path(name)](auto&&...) { return file; };
        prompts().openFolder = [folder = path(name)](auto&&...) { return folder; };
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 3, 32));
        m_driver = std::make_unique<WindowDriver>(path(QStringLiteral("home")));
        m_driver->window->resize(1280, 720);
        QSignalSpy opened(&m_driver->session->data(), &DataDesk::opened);
        m_driver->window->openPath(path(QStringLiteral("toys")));
        QVERIFY(opened.wait(kLong));
        m_driver->key(Qt::Key_3, Qt::ControlModifier);
        m_driver->type("data.image_size[1]", QStringLiteral("32"));
        m_driver->type("data.image_size", QStringLiteral("32"));
        m_driver->key(Qt::Key_4, Qt::ControlModifier);
        m_driver->type("training.epochs", QStringLiteral("2"));
        QSignalSpy ended(&m_driver->session->runs(), &RunDesk::ended);
        m_driver->click("primaryButton");
        QVERIFY(ended.wait(kLong));
        m_driver->key(Qt::Key_7, Qt::ControlModifier);
        auto* table = m_driver->find<QTableView>("runTable");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, kLong);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualRect(table->model()->index(0, 0)).center());
        QTRY_VERIFY(m_driver->find<QWidget>("exportRunButton")->isVisible());
        prompts().line = [](auto&&...) { return QStringLiteral("Größe: 1?"); };
        m_driver->click("renameRunButton");
        QTRY_COMPARE_WITH_TIMEOUT(m_driver->text("runTitle"), QStringLiteral("Größe: 1?"), kLong);
    }
    void cleanup() { prompts() = {}; }
    void cleanupTestCase() { m_driver.reset(); }

    void aNetworkIsSavedForOtherPrograms_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("holds");
        QTest::newRow("exportOnnx") << "net" << QByteArray("labels");
        QTest::newRow("exportTorchScript") << "net.pt" << QByteArray("PK");
        QTest::newRow("exportWeights") << "net.safetensors" << QByteArray("robot");
    }
    void aNetworkIsSavedForOtherPrograms() {
        QFETCH(QString, file);
        QFETCH(QByteArray, holds);
        into(file);
        const QString said = saved(QTest::currentDataTag());
        if (!file.contains(QLatin1Char('.')))
            file += QStringLiteral(".onnx"); // as its format's files end
        QVERIFY2(said.startsWith(QStringLiteral("Saved %1.").arg(path(file))), qPrintable(said));
        QVERIFY(contents(file).contains(holds));
    }

    void curvesAreSaved() {
        into(QStringLiteral("curves.csv"));
        saved("exportCurves");
        const QByteArray table = contents(QStringLiteral("curves.csv"));
        QVERIFY(table.startsWith("epoch,accuracy,") && table.count('\n') == 3);
        into(QStringLiteral("boards"));
        const QString said = saved("exportTensorBoard");
        QVERIFY2(said.startsWith(QStringLiteral("Saved %1/").arg(path(QStringLiteral("boards")))), qPrintable(said));
    }

    void aReportIsOneWebPage() {
        into(QStringLiteral("report.html"));
        QCOMPARE(saved("exportReport"), QStringLiteral("Saved %1.").arg(path(QStringLiteral("report.html"))));
        const QByteArray page = contents(QStringLiteral("report.html"));
        QVERIFY(page.contains("Größe: 1?") && page.contains("<svg") && page.contains("</html>"));
    }

    /// Its suggested name leaves out what no file system takes, and nothing is asked twice.
    void namesAreSuggested() {
        QString suggested;
        prompts().saveFile = [&](QWidget*, const QString&, const QString& name, const QString&) {
            suggested = name;
            return QString();
        };
        m_driver->click("exportRunButton");
        auto* menu = m_driver->find<QMenu>("exportRunMenu");
        menu->findChild<QAction*>(QStringLiteral("exportOnnx"))->trigger();
        menu->close();
        QCOMPARE(suggested, QStringLiteral("Größe- 1-.onnx"));
        QVERIFY(m_driver->find<QWidget>("exportRunButton")->isEnabled());
    }

    void whatCannotBeWrittenIsSaid() {
        into(QStringLiteral("nowhere/report.html"));
        const QString said = saved("exportReport");
        QVERIFY2(said.contains(QStringLiteral("nowhere")) && !said.startsWith(QStringLiteral("Saved")),
                 qPrintable(said));
        into(QStringLiteral("hub"));
        const QString lacking = saved("exportHub"); // timm has no toy_cnn
        QVERIFY2(lacking.contains(QStringLiteral("timm")), qPrintable(lacking));
    }
};

QTEST_MAIN(ExportWindowJourneys)
#include "tst_ExportWindow.moc"
