// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QLabel>
#include <QListWidget>

#include <limits>

#include "PageTest.h"
#include "pages/ZooSizes.h"
#include "pages/train/TrainFields.h"
#include "widgets/PreviewGrid.h"
#include "widgets/SettingsForm.h"

using namespace sightline;
using namespace sightline::ui;

/// What depends on which settings, in the real window without torch.
class SettingsPagesTest : public PageTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }

    void aFormShowsWhatItIsGivenAndSaysWhatIsEdited() {
        SettingsForm form;
        form.seed(
            {QStringLiteral("seed"), QStringLiteral("Seed"), {}, {}}, [](const Experiment& e) { return e.seed; },
            [](Experiment& e, std::uint64_t v) { e.seed = v; });
        form.number(
            {QStringLiteral("training.optimizer.learning_rate"), QStringLiteral("Rate"), {}, {}},
            [](const Experiment& e) { return e.training.optimizer.learningRate; },
            [](Experiment& e, double v) { e.training.optimizer.learningRate = v; });
        Experiment experiment;
        experiment.seed = 18'000'000'000'000'000'000u; // more than an int holds
        form.showExperiment(experiment, {{"training.optimizer.learning_rate", "is too large"}, {"name", "is empty"}});
        auto* seed = form.findChild<QLineEdit*>(QStringLiteral("seed"));
        QCOMPARE(seed->text(), QStringLiteral("18000000000000000000"));
        const auto* note = form.findChild<QLabel*>(QStringLiteral("training.optimizer.learning_rate note"));
        QCOMPARE(note->text(), QStringLiteral("is too large"));
        QCOMPARE(form.otherProblems().size(), std::size_t{1});
        QSignalSpy edited(&form, &SettingsForm::edited);
        seed->setText(QStringLiteral("18446744073709551615"));
        Q_EMIT seed->editingFinished();
        QCOMPARE(edited.count(), 1);
        QCOMPARE(edited.first().first().value<Experiment>().seed, std::numeric_limits<std::uint64_t>::max());
        seed->setText(QStringLiteral("18446744073709551616")); // one too many
        Q_EMIT seed->editingFinished();
        QCOMPARE(edited.count(), 1);
        QCOMPARE(seed->text(), QStringLiteral("18000000000000000000"));
    }

    void theFormOfTrainingHasWhatAScheduleAndAPlateauHave() {
        SettingsForm form;
        addTrainFields(form);
        Experiment experiment;
        const auto isThere = [&](const char* path) {
            const auto* control = form.findChild<QWidget*>(QLatin1String(path));
            return control && !control->isHidden();
        };
        form.showExperiment(experiment, {});
        QVERIFY(isThere("training.schedule.warmup_epochs") && isThere("training.checkpoint.keep"));
        for (const char* path : {"training.schedule.min_lr", "training.schedule.gamma",
                                 "training.early_stopping.min_delta", "training.reduce_lr_on_plateau.cooldown"})
            QVERIFY2(!isThere(path), path);
        experiment.training.schedule.name = ScheduleSettings::Name::Step;
        experiment.training.earlyStopping.emplace().baseline = 0.5;
        form.showExperiment(experiment, {});
        QVERIFY(isThere("training.schedule.gamma") && isThere("training.early_stopping.baseline"));
        QSignalSpy edited(&form, &SettingsForm::edited);
        const auto chosen = [&](const char* path, int at) {
            form.findChild<QComboBox*>(QLatin1String(path))->setCurrentIndex(at);
            return edited.last().first().value<Experiment>().training;
        };
        QVERIFY(chosen("training.early_stopping.mode", 2).earlyStopping->mode == MonitorMode::Max);
        QVERIFY(chosen("training.checkpoint.monitor", 4).checkpoint->monitor.empty());
        QVERIFY(!chosen("training.checkpoint.monitor", 1).checkpoint); // as it is by itself
        const auto* monitor = form.findChild<QComboBox*>(QStringLiteral("training.early_stopping.monitor"));
        QCOMPARE(monitor->currentText(), QStringLiteral("Validation loss"));
        QCOMPARE(chosen("training.early_stopping.monitor", 1).earlyStopping->monitor, std::string("val_accuracy"));
    }

    void anUnrelatedFaultDoesNotFreezeThePreview() {
        WindowDriver driver(path(QStringLiteral("home-preview")));
        open(driver);
        driver.key(Qt::Key_2, Qt::ControlModifier);
        const auto* grid = driver.find<PreviewGrid>("augmentGrid");
        QTRY_COMPARE(grid->tiles().size(), std::size_t{12});
        Experiment next = driver.session->document().experiment();
        next.training.optimizer.learningRate = -1;
        driver.session->document().setExperiment(next);
        driver.type("augmentation.rotation_range", QStringLiteral("40"));
        QTRY_VERIFY(grid->tiles()[0].caption.contains(QStringLiteral("°")));
        driver.type("augmentation.rotation_range", QStringLiteral("-5")); // this one does, and says so
        QVERIFY(driver.find<QWidget>("augmentNote")->isVisible());
        QVERIFY2(driver.text("augmentNote").contains(QStringLiteral("augmentation.rotation_range")),
                 qPrintable(driver.text("augmentNote")));
    }

    void nothingIsPreviewedWhileNobodyLooks() {
        WindowDriver driver(path(QStringLiteral("home-hidden")));
        open(driver);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        const auto* grid = driver.find<PreviewGrid>("augmentGrid");
        Experiment next = driver.session->document().experiment();
        next.augmentation.rotationRange = 30;
        driver.session->document().setExperiment(next);
        const auto* survey = driver.find<QLabel>("problemsTitle"); // its worker reads all images meanwhile
        QTRY_VERIFY(!survey->text().startsWith(QStringLiteral("Reading")));
        QVERIFY(grid->tiles().empty());
        driver.key(Qt::Key_2, Qt::ControlModifier);
        QTRY_COMPARE(grid->tiles().size(), std::size_t{12});
        QVERIFY(grid->tiles()[0].caption.contains(QStringLiteral("°"))); // by the newest settings
    }

    void theZooIsBuiltAgainOnlyForOtherImagesOrClasses() {
        ZooSizes sizes;
        Experiment experiment;
        experiment.data.imageHeight = experiment.data.imageWidth = 64;
        const auto* first = sizes.of(experiment, 5).data();
        experiment.training.epochs = 3;
        experiment.model.name = "resnet18";
        QCOMPARE(sizes.of(experiment, 5).data(), first);
        const auto five = sizes.of(experiment, 5);
        QVERIFY(sizes.of(experiment, 6) != five);
        experiment.data.imageHeight = 16;
        const auto small = sizes.of(experiment, 6);
        QVERIFY(std::count(small.begin(), small.end(), std::nullopt) > 0); // too small for some
    }
};

QTEST_MAIN(SettingsPagesTest)
#include "tst_SettingsPages.moc"
