// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/GuessLines.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>

#include "look/Words.h"

namespace sightline::ui {

namespace {
constexpr qsizetype kLongestName = 28;

QString words(const char* text) {
    return QCoreApplication::translate("GuessLines", text);
}
QString plain(const std::string& text) {
    return QString::fromStdString(text);
}

/// “a name”.
QString quoted(const std::string& name) {
    return QStringLiteral("“%1”").arg(shortened(plain(name)));
}

const Guess* find(const Dataset& dataset, const char* what) {
    const auto found = std::find_if(dataset.guesses.begin(), dataset.guesses.end(),
                                    [&](const Guess& guess) { return guess.what == what; });
    return found == dataset.guesses.end() ? nullptr : &*found;
}

const DataProblem* findProblem(const Dataset& dataset, const char* kind) {
    const auto found = std::find_if(dataset.problems.begin(), dataset.problems.end(),
                                    [&](const DataProblem& problem) { return problem.kind == kind; });
    return found == dataset.problems.end() ? nullptr : &*found;
}

QString firstCapital(QString text) {
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

class Lines {
public:
    Lines(const Dataset& dataset, const DataSettings& settings) : m_dataset(dataset), m_settings(settings) {}

    std::vector<GuessLine> all() {
        addTable();
        addNotClasses();
        addSplits();
        addDepth();
        addAlike();
        addPage();
        addChannels();
        addBackground();
        addRoot(); // nothing to be done about it
        return std::move(m_lines);
    }

private:
    void add(const QString& id, const QString& text, const QString& why, const QString& action) {
        m_lines.push_back({id, text, why, action});
    }
    static QString change() { return words("Change…"); }

    void addRoot() {
        if (const Guess* root = find(m_dataset, "root"))
            add(guess::kRoot, words("Classes found inside %1.").arg(quoted(root->value)),
                firstCapital(plain(root->why)) + QLatin1Char('.'), {});
    }

    void addTable() {
        const TableSettings& chosen = m_settings.table;
        const Guess *label = find(m_dataset, "label_column"), *file = find(m_dataset, "path_column"),
                    *split = find(m_dataset, "split_column");
        QStringList parts, why;
        if (label)
            parts << words("%1 taken as the label").arg(quoted(label->value));
        if (file)
            parts << words("%1 as the file (%2)").arg(quoted(file->value), plain(file->why));
        if (split)
            parts << words("%1 as the split").arg(quoted(split->value));
        for (const Guess* guess : {label, file, split})
            if (guess)
                why << QStringLiteral("%1: %2.").arg(quoted(guess->value), plain(guess->why));
        if (!parts.isEmpty())
            return add(guess::kTable,
                       words(label && label->value.find(", ") != std::string::npos ? "Columns %1." : "Column %1.")
                           .arg(parts.join(QStringLiteral(", "))),
                       why.join(QLatin1Char(' ')), change());
        if (m_dataset.format != "csv" || !chosen.namesColumns())
            return;
        if (!chosen.labelColumn.empty())
            parts << words("%1 is the label").arg(quoted(chosen.labelColumn));
        if (!chosen.pathColumn.empty())
            parts << words("%1 the file").arg(quoted(chosen.pathColumn));
        add(guess::kTable, words("You chose the columns: %1.").arg(parts.join(QStringLiteral(", "))), {}, change());
    }

    void addNotClasses() {
        if (const DataProblem* problem = findProblem(m_dataset, "not_classes"))
            add(guess::kNotClasses, words("The labels of this table do not look like classes."),
                firstCapital(plain(problem->message)) + QLatin1Char('.'), change());
    }

    void addSplits() {
        const bool isChosen = !m_settings.splitWords.empty();
        if (const Guess* splits = find(m_dataset, "split_folders")) {
            QString text =
                words(isChosen ? "You chose the splits: %1" : "Folders taken as splits: %1").arg(plain(splits->value));
            if (!m_dataset.ignoredFolders.empty())
                text += words("; %1 not used").arg(plain(listedFolders()));
            return add(guess::kSplits, text + QLatin1Char('.'), firstCapital(plain(splits->why)) + QLatin1Char('.'),
                       change());
        }
        if (m_dataset.format != "folders")
            return;
        if (isChosen)
            return add(guess::kSplits, words("You chose how folders are split."), {}, change());
        if (const DataProblem* problem = findProblem(m_dataset, "split_without_classes"))
            return add(guess::kSplits,
                       words("Folders for train and test hold no class folders: each is taken as a class."),
                       firstCapital(plain(problem->message)) + QLatin1Char('.'), {});
        for (const char* kind : {"train_is_a_class", "no_train_folder"})
            if (const DataProblem* problem = findProblem(m_dataset, kind))
                return add(
                    guess::kSplits, words("Folder %1 taken as a class, not as a split.").arg(quoted(problem->path)),
                    quoted(problem->path) + QLatin1Char(' ') + plain(problem->message) + QLatin1Char('.'), change());
    }

    std::string listedFolders() const {
        std::string list;
        const auto& folders = m_dataset.ignoredFolders;
        for (std::size_t i = 0; i < std::min<std::size_t>(folders.size(), 3); ++i)
            list += (i > 0 ? ", " : "") + folders[i];
        return folders.size() > 3 ? list + " …" : list;
    }

    void addAlike() {
        QStringList why;
        qlonglong count = 0;
        const DataProblem* first = nullptr;
        for (const DataProblem& problem : m_dataset.problems) {
            if (problem.kind != "alike_classes")
                continue;
            first = first ? first : &problem;
            if (++count <= 8)
                why << quoted(problem.path) + QLatin1Char(' ') +
                           plain(problem.message.substr(0, problem.message.find(';'))) + QLatin1Char('.');
        }
        if (first)
            add(guess::kAlike,
                counted(count, words("%1 class differs from others only in how its name is written: %2."),
                        words("%1 classes differ from others only in how their names are written, such as %2."))
                    .arg(quoted(first->path)),
                why.join(QLatin1Char(' ')), words("Merge"));
    }

    void addDepth() {
        const DepthSettings& asked = m_settings.pixels.depth;
        const Guess* guess = find(m_dataset, "depth");
        const bool isRange = asked.kind == DepthSettings::Kind::Range;
        if (asked.kind == DepthSettings::Kind::Full && m_dataset.depth.kind == DepthSettings::Kind::Range)
            return add(guess::kDepth, words("You chose to show and train all values that the files can hold."), {},
                       change());
        if (!guess && !isRange)
            return;
        const DepthSettings& range = isRange ? asked : m_dataset.depth;
        const QString low = pixelValue(range.low), high = pixelValue(range.high);
        if (isRange)
            return add(guess::kDepth, words("You chose to show and train pixel values %1 to %2.").arg(low, high), {},
                       change());
        const double bits = std::ceil(std::log2(range.high + 1));
        add(guess::kDepth,
            range.low >= 0 && range.high >= 256 && bits < 16
                ? words("Pixels use %1 of 16 bits: %2 to %3 shown and trained as black to white.")
                      .arg(bits)
                      .arg(low, high)
                : words("Pixel values %1 to %2 shown and trained as black to white.").arg(low, high),
            firstCapital(plain(guess->why)) + QLatin1Char('.'), change());
    }

    void addPage() {
        if (const Guess* guess = find(m_dataset, "page"))
            add(guess::kPage, words("First page of each file is read."), plain(guess->why) + QLatin1Char('.'),
                change());
        else if (m_settings.pixels.page > 0)
            add(guess::kPage, words("You chose page %1 of each file.").arg(m_settings.pixels.page + 1), {}, change());
    }

    void addChannels() {
        if (const DataProblem* dropped = findProblem(m_dataset, "dropped_channels"))
            add(guess::kChannels, words("Images have more channels than are used."),
                plain(dropped->path + " " + dropped->message) + QLatin1Char('.'), change());
    }

    void addBackground() {
        if (const DataProblem* lost = findProblem(m_dataset, "transparent"))
            add(guess::kBackground, words("Transparency is ignored, which leaves images of one color."),
                plain(lost->path + " " + lost->message) + QLatin1Char('.'), change());
        else if (!m_settings.pixels.background.drop)
            add(guess::kBackground, words("You chose what lies under transparent pixels."), {}, change());
    }

    const Dataset& m_dataset;
    const DataSettings& m_settings;
    std::vector<GuessLine> m_lines;
};
} // namespace

QString shortened(const QString& name) {
    return name.size() <= kLongestName
               ? name
               : name.left(kLongestName / 2 - 1) + QStringLiteral("…") + name.right(kLongestName / 2);
}

QString pixelValue(double value) {
    return value == std::floor(value) ? grouped(static_cast<qlonglong>(value)) : significant(value);
}

std::vector<GuessLine> guessLines(const Dataset& dataset, const DataSettings& settings) {
    return Lines(dataset, settings).all();
}

} // namespace sightline::ui
