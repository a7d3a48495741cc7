// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QCommandLineParser>
#include <QPalette>
#include <QTemporaryDir>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>

#include "bridge/Session.h"
#include "look/Theme.h"
#include "prompts/Dialogs.h"
#include "support/Files.h"
#include "support/Version.h"
#include "window/MainWindow.h"
#include "window/Tour.h"

using namespace sightline;
using namespace sightline::ui;

namespace {

bool asksFor(int argc, char** argv, std::initializer_list<const char*> words) {
    for (int i = 1; i < argc; ++i)
        for (const char* word : words)
            if (qstrcmp(argv[i], word) == 0)
                return true;
    return false;
}

bool hasDisplay() {
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        if (const char* value = std::getenv(name); value && *value)
            return true;
    return false;
}

/// An X display that does not answer would make Qt abort: it then falls back to no screen, which main() can tell.
bool mayFallBack() {
    const auto given = [](const char* name) {
        const char* value = std::getenv(name);
        return value && *value;
    };
    if (!given("DISPLAY") || given("WAYLAND_DISPLAY") || given("QT_QPA_PLATFORM"))
        return false;
    ::setenv("QT_QPA_PLATFORM", "xcb;offscreen", 1);
    return true;
}

void describe(QCommandLineParser& parser) {
    parser.setApplicationDescription(
        QCoreApplication::translate("main", "Sightline trains image classifiers and shows where they look."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOption({QStringLiteral("home"),
                      QCoreApplication::translate("main", "Data home: run store and cached downloads."),
                      QStringLiteral("folder")});
    parser.addOption({QStringLiteral("scheme"),
                      QCoreApplication::translate("main", "light or dark; follows the system by default."),
                      QStringLiteral("scheme")});
    parser.addOption(
        {QStringLiteral("tour"),
         QCoreApplication::translate("main", "Walk through every page with the toy set or the given images, in a data "
                                             "home of its own, and save screenshots to a folder."),
         QStringLiteral("folder")});
    parser.addOption({QStringLiteral("size"), QCoreApplication::translate("main", "Size of the tour's window."),
                      QStringLiteral("WxH"), QStringLiteral("1440x900")});
    parser.addPositionalArgument(
        QStringLiteral("path"),
        QCoreApplication::translate("main",
                                    "A folder, archive or table of images, a run, an image or an experiment file."),
        QStringLiteral("[path]"));
}

/// Exit code 2 with a sentence where the command line is wrong.
std::optional<Scheme> schemeOf(const QCommandLineParser& parser) {
    const QString word = parser.value(QStringLiteral("scheme"));
    if (word == QLatin1String("light"))
        return Scheme::Light;
    if (word == QLatin1String("dark"))
        return Scheme::Dark;
    if (parser.isSet(QStringLiteral("scheme")))
        return std::nullopt;
    return QGuiApplication::palette().color(QPalette::Window).lightness() < 128 ? Scheme::Dark : Scheme::Light;
}

/// In a data home of its own, which is gone afterwards: what a person has done stands in no picture, and no run of the
/// tour stands among theirs.
int takeTour(QApplication& application, const QCommandLineParser& parser, Scheme scheme) {
    const QStringList sides = parser.value(QStringLiteral("size")).split(QLatin1Char('x'));
    const QSize asked(sides.value(0).toInt(), sides.value(1).toInt());
    if (asked.width() < 640 || asked.height() < 480 || asked.width() > 7680 || asked.height() > 4320) {
        std::fprintf(stderr, "sightline: --size must look like 1440x900, from 640x480 to 7680x4320.\n");
        return 2;
    }
    const QTemporaryDir home;
    if (!home.isValid()) {
        std::fprintf(stderr, "sightline: %s\n", qPrintable(home.errorString()));
        return 1;
    }
    Session session(home.path().toStdString());
    Tour::Route route{parser.value(QStringLiteral("tour")), asked, parser.positionalArguments().value(0)};
    if (parser.isSet(QStringLiteral("scheme")))
        route.schemes = {scheme};
    Tour tour(session, route);
    int code = 0;
    QObject::connect(
        &tour, &Tour::finished, &application,
        [&](const QString& error) {
            if (error.isEmpty())
                std::printf("%d pictures in %s\nlongest stall of the event loop while training: %.1f ms\n",
                            tour.pictures(), qPrintable(route.folder), tour.longestStallMs());
            else
                std::fprintf(stderr, "sightline: %s\n", qPrintable(error));
            code = error.isEmpty() ? 0 : 1;
            application.quit();
        },
        Qt::QueuedConnection);
    QMetaObject::invokeMethod(&tour, &Tour::start, Qt::QueuedConnection);
    QApplication::exec();
    return code;
}

} // namespace

int main(int argc, char** argv) {
    std::cerr.rdbuf(nullptr); // libraries complain there of files of which the window says it better
    QCoreApplication::setApplicationName(QStringLiteral("sightline"));
    QCoreApplication::setApplicationVersion(QLatin1String(kVersion));
    if (asksFor(argc, argv, {"--version", "-v", "--help", "-h"})) {
        QCoreApplication application(argc, argv);
        QCommandLineParser parser;
        describe(parser);
        parser.process(application);
        return 0;
    }
    if (!hasDisplay()) {
        if (!asksFor(argc, argv, {"--tour"})) {
            std::fprintf(stderr,
                         "sightline: no display is available; sightline-cli does the same work without a window.\n");
            return 1;
        }
        ::setenv("QT_QPA_PLATFORM", "offscreen", 1);
    }
    const bool fellBack = mayFallBack();
    QApplication application(argc, argv);
    if (fellBack && QGuiApplication::platformName() != QLatin1String("xcb")) {
        std::fprintf(stderr,
                     "sightline: the display %s does not respond; sightline-cli does the same work without a window.\n",
                     std::getenv("DISPLAY"));
        return 1;
    }
    QApplication::setApplicationDisplayName(QStringLiteral("Sightline"));
    QApplication::setDesktopFileName(QStringLiteral("sightline"));
    QCommandLineParser parser;
    describe(parser);
    if (!parser.parse(QApplication::arguments())) {
        std::fprintf(stderr, "sightline: %s\n", qPrintable(parser.errorText()));
        return 2;
    }
    const auto scheme = schemeOf(parser);
    if (!scheme) {
        std::fprintf(stderr, "sightline: --scheme must be light or dark.\n");
        return 2;
    }
    if (parser.isSet(QStringLiteral("tour")))
        return takeTour(application, parser, *scheme);

    if (parser.isSet(QStringLiteral("home")))
        ::setenv("SIGHTLINE_HOME", parser.value(QStringLiteral("home")).toStdString().c_str(),
                 1); // what is cached below goes there, too
    Session session(parser.isSet(QStringLiteral("home"))
                        ? std::filesystem::path(parser.value(QStringLiteral("home")).toStdString())
                        : defaultHome());
    theme::apply(application, *scheme);
    prompts() = dialogs();
    MainWindow window(session);
    QObject::connect(&window, &MainWindow::firstFrameShown, &session.engine(), &EngineDesk::warmUp);
    window.show();
    const QStringList paths = parser.positionalArguments();
    if (!paths.isEmpty())
        window.openPath(paths.first());
    return QApplication::exec();
}
