// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTemporaryDir>

#include <filesystem>
#include <memory>

namespace sightline {

/// The base of every test: a warning fails it, unless QTest::ignoreMessage expects that warning.
class Test : public QObject {
    Q_OBJECT
protected Q_SLOTS:
    /// Before each test function. An init() of a test's own calls this one first.
    void init();
};

/// Tests that share a folder, which is gone afterwards.
class FolderTest : public Test {
    Q_OBJECT
protected:
    QString path(const QString& name) const { return m_folder.filePath(name); }
    /// Writes a file, and the folders it lies in.
    void write(const QString& name, const QByteArray& bytes) const;

    QTemporaryDir m_folder;
};

/// Tests of which each function has a folder of its own, empty at first.
class FreshFolderTest : public Test {
    Q_OBJECT
protected:
    std::filesystem::path root() const { return m_folder->path().toStdString(); }

protected Q_SLOTS:
    void init();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

} // namespace sightline
