// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDirIterator>
#include <QFile>
#include <QMap>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include "Test.h"

namespace {

/// What CMake asks for by name, and Debian's packages that bring it.
const QMap<QString, QStringList> kPackages{
    {"Threads", {"g++"}},
    {"PkgConfig", {"pkg-config"}},
    {"ccache", {"ccache"}},
    {"OpenCV", {"libopencv-dev"}},
    {"nlohmann_json", {"nlohmann-json3-dev"}},
    {"SQLiteCpp", {"libsqlitecpp-dev", "libsqlite3-dev"}},
    {"CLI11", {"libcli11-dev"}},
    {"ZLIB", {"zlib1g-dev"}},
    {"LibArchive", {"libarchive-dev"}},
    {"CURL", {"libcurl4-openssl-dev"}},
    {"OpenSSL", {"libssl-dev"}},
    {"google/protobuf/service.h", {"libprotobuf-dev"}},
    {"Protobuf", {"libprotobuf-dev", "protobuf-compiler"}},
    {"ONNX", {"libonnx-dev"}},
    {"libjpeg", {"libjpeg-dev"}},
    {"libtiff-4", {"libtiff-dev"}},
    {"libwebp", {"libwebp-dev"}},
    {"libwebpdemux", {"libwebp-dev"}},
    {"libgif", {"libgif-dev"}},
    {"libheif", {"libheif-dev"}},
    {"libzip", {"libzip-dev"}},
    {"re2", {"libre2-dev"}},
    {"libxxhash", {"libxxhash-dev"}},
    {"icu-uc", {"libicu-dev"}},
    {"pugixml", {"libpugixml-dev"}},
    {"Torch", {"libtorch-dev", "libopenblas0-openmp"}},
    {"gloo/context.h", {"libgloo-dev"}},
    {"tcmalloc_minimal", {"libgoogle-perftools-dev"}},
    {"Qt6Core", {"qt6-base-dev"}},
    {"Qt6Gui", {"qt6-base-dev"}},
    {"Qt6Widgets", {"qt6-base-dev"}},
    {"Qt6PrintSupport", {"qt6-base-dev"}},
    {"Qt6Test", {"qt6-base-dev"}},
    {"Qt6OpenGL", {"libqt6opengl6-dev"}},
    {"Qt6Svg", {"qt6-svg-dev"}},
    {"QCustomPlotQt6", {"libqcustomplot-dev"}},
};

/// What no find command names: tools of the build, and what the window shows.
const QStringList kNamedNowhere{"g++", "cmake", "ninja-build", "git", "fonts-inter"};

QString textOf(const QString& file) {
    QFile opened(QStringLiteral(SIGHTLINE_SOURCE_DIR "/") + file);
    return opened.open(QIODevice::ReadOnly) ? QString::fromUtf8(opened.readAll()) : QString();
}

/// The packages of a list in `dev`: packages_build="...".
QSet<QString> listed(const QString& dev, const QString& list) {
    const QRegularExpression assignment("^packages_" + list + "=\"([^\"]*)\"", QRegularExpression::MultilineOption);
    const QStringList words = assignment.match(dev).captured(1).split(QRegularExpression("\\s+"), Qt::SkipEmptyParts);
    return QSet<QString>(words.begin(), words.end());
}

/// What one CMake file asks for; a component of Qt is a name of its own, since it has a package of its own.
QStringList askedIn(const QString& cmake) {
    static const QRegularExpression command("\\b(find_package|pkg_check_modules|find_library|find_path|find_program)"
                                            "\\s*\\(\\s*([^)]*)\\)");
    static const QSet<QString> options{"REQUIRED", "QUIET", "IMPORTED_TARGET", "CONFIG",
                                       "MODULE",   "EXACT", "GLOBAL",          "NAMES"};
    QStringList names;
    auto commands = command.globalMatch(cmake);
    while (commands.hasNext()) {
        const auto found = commands.next();
        QStringList words;
        for (const QString& word : found.captured(2).split(QRegularExpression("\\s+"), Qt::SkipEmptyParts))
            if (!options.contains(word) && !word.startsWith("NO_"))
                words += word;
        if (found.captured(1) == "find_package") {
            if (words.value(0) != "Qt6")
                names += words.value(0);
            else
                for (const QString& component : words.mid(words.indexOf("COMPONENTS") + 1))
                    names += "Qt6" + component;
        } else {
            names += words.mid(1); // the first is the variable's name
        }
    }
    return names;
}

QStringList askedEverywhere() {
    QStringList names;
    QDirIterator files(QStringLiteral(SIGHTLINE_SOURCE_DIR), {"CMakeLists.txt", "*.cmake"}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString file = QDir(QStringLiteral(SIGHTLINE_SOURCE_DIR)).relativeFilePath(files.next());
        if (!file.startsWith("build"))
            names += askedIn(textOf(file));
    }
    names.removeDuplicates();
    return names;
}

/// What a machine with only these packages lacks: names that CMake asks for, with the package that would bring them.
QStringList lacking(const QSet<QString>& packages) {
    QStringList lacks;
    for (const QString& name : askedEverywhere())
        for (const QString& package : kPackages.value(name, {"a package that kPackages does not know"}))
            if (!packages.contains(package))
                lacks += name + ": " + package;
    return lacks;
}

} // namespace

/// A machine that has by chance what `dev` forgets would hide it; here the lists themselves are compared.
class PackagesTest : public sightline::Test {
    Q_OBJECT

private Q_SLOTS:
    void devInstallsWhatCMakeAsksFor() {
        QVERIFY(askedEverywhere().contains("libxxhash"));
        const QStringList lacks = lacking(listed(textOf("dev"), "build"));
        QVERIFY2(lacks.isEmpty(), qPrintable(lacks.join("; ")));
    }

    void aForgottenPackageIsNamed() {
        QSet<QString> packages = listed(textOf("dev"), "build");
        QVERIFY(packages.remove("libxxhash-dev"));
        QCOMPARE(lacking(packages), QStringList{"libxxhash: libxxhash-dev"});
    }

    void aNameThatNobodyKnowsIsSaid() {
        QCOMPARE(askedIn("find_package(Qt6 REQUIRED COMPONENTS Core Nfc)\npkg_check_modules(A REQUIRED liba libb)\n"
                         "find_library(C_LIBRARY c REQUIRED)\nfind_package(D 1.2 REQUIRED)"),
                 QStringList({"Qt6Core", "Qt6Nfc", "liba", "libb", "c", "D"}));
        for (const QString& name : askedEverywhere())
            QVERIFY2(kPackages.contains(name), qPrintable(name));
    }

    void nothingIsInstalledThatNobodyAsksFor() {
        QSet<QString> asked(kNamedNowhere.begin(), kNamedNowhere.end());
        for (const QString& name : askedEverywhere())
            for (const QString& package : kPackages.value(name))
                asked.insert(package);
        const QSet<QString> spare = listed(textOf("dev"), "build") - asked;
        QVERIFY2(spare.isEmpty(), qPrintable(QStringList(spare.values()).join(", ")));
    }

    void packagingHasItsTools() {
        const QSet<QString> packages = listed(textOf("dev"), "package");
        QVERIFY(packages.contains("dpkg-dev")); // dpkg-shlibdeps
        QVERIFY(packages.contains("file"));     // which CPack asks what is a program
    }

    /// dpkg-shlibdeps finds libraries that ours are linked with, and nothing else.
    void thePackageDependsOnWhatIsLoadedAtRunTime() {
        const QRegularExpression line("CPACK_DEBIAN_PACKAGE_DEPENDS \"([^\"]*)\"");
        const QStringList depends =
            line.match(textOf("packaging/CMakeLists.txt")).captured(1).split(", ", Qt::SkipEmptyParts);
        QVERIFY(depends.contains("libopenblas0-openmp")); // of several that serve as libblas, the one for training
        QVERIFY(depends.contains("ca-certificates"));     // weights come over https
        QVERIFY(depends.contains("libqt6svg6"));          // Qt loads it to show .svg icons: no library of ours names it
    }
};

QTEST_APPLESS_MAIN(PackagesTest)
#include "tst_Packages.moc"
