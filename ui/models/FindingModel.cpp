// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/FindingModel.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

#include "look/Theme.h"

namespace sightline::ui {

namespace {
constexpr std::size_t kUnfolded = 8; ///< findings of one kind that are shown at once

struct Words {
    const char* kind;
    const char* title;
    Role tone;
};
constexpr std::array kWords{
    Words{"unreadable", QT_TRANSLATE_NOOP("Finding", "Unreadable files"), Role::Bad},
    Words{"zero_byte", QT_TRANSLATE_NOOP("Finding", "Empty files"), Role::Bad},
    Words{"leak", QT_TRANSLATE_NOOP("Finding", "In more than one split"), Role::Bad},
    Words{"label_conflict", QT_TRANSLATE_NOOP("Finding", "Conflicting labels"), Role::Bad},
    Words{"duplicate", QT_TRANSLATE_NOOP("Finding", "Exact duplicates"), Role::Warning},
    Words{"near_duplicate", QT_TRANSLATE_NOOP("Finding", "Near duplicates"), Role::Warning},
    Words{"constant", QT_TRANSLATE_NOOP("Finding", "Single-color images"), Role::Warning},
    Words{"nearly_black", QT_TRANSLATE_NOOP("Finding", "Nearly black images"), Role::Warning},
    Words{"odd_size", QT_TRANSLATE_NOOP("Finding", "Unusual sizes"), Role::Warning},
    Words{"empty_class", QT_TRANSLATE_NOOP("Finding", "Classes without images"), Role::Warning},
    Words{"tiny_class", QT_TRANSLATE_NOOP("Finding", "Tiny classes"), Role::Warning},
    Words{"one_class", QT_TRANSLATE_NOOP("Finding", "One class only"), Role::Bad},
    Words{"split_without_classes", QT_TRANSLATE_NOOP("Finding", "Splits without class folders"), Role::Bad},
    Words{"split_in_class", QT_TRANSLATE_NOOP("Finding", "Splits inside classes"), Role::Warning},
    Words{"unknown_word", QT_TRANSLATE_NOOP("Finding", "Split words that name nothing"), Role::Bad},
    Words{"not_classes", QT_TRANSLATE_NOOP("Finding", "Labels that are not classes"), Role::Bad},
    Words{"unused_table", QT_TRANSLATE_NOOP("Finding", "Tables that cannot be used"), Role::Bad},
    Words{"unclosed_quote", QT_TRANSLATE_NOOP("Finding", "Quotes that are never closed"), Role::Warning},
    Words{"not_an_image", QT_TRANSLATE_NOOP("Finding", "Files that are not images"), Role::Muted},
    Words{"outside_class", QT_TRANSLATE_NOOP("Finding", "Images outside a class"), Role::Warning},
    Words{"unknown_class", QT_TRANSLATE_NOOP("Finding", "Classes missing from train"), Role::Warning},
    Words{"overlay_class", QT_TRANSLATE_NOOP("Finding", "Relabeled to a missing class"), Role::Warning},
    Words{"overlay_unreadable", QT_TRANSLATE_NOOP("Finding", "Label edits that cannot be read"), Role::Bad},
    Words{"since_run", QT_TRANSLATE_NOOP("Finding", "Changed since the run began"), Role::Warning},
    Words{"suggested_groups", QT_TRANSLATE_NOOP("Finding", "Possible groups"), Role::Accent},
};

const Words* wordsOf(const std::string& kind) {
    const auto found =
        std::find_if(kWords.begin(), kWords.end(), [&](const Words& words) { return kind == words.kind; });
    return found == kWords.end() ? nullptr : &*found;
}
} // namespace

QString titleOfKind(const std::string& kind) {
    if (const Words* words = wordsOf(kind))
        return QCoreApplication::translate("Finding", words->title);
    QString title = QString::fromStdString(kind).replace(QLatin1Char('_'), QLatin1Char(' '));
    if (!title.isEmpty())
        title[0] = title[0].toUpper();
    return title;
}

FindingModel::FindingModel(QObject* parent) : QAbstractListModel(parent) {}

void FindingModel::setFindings(std::vector<Finding> findings) {
    beginResetModel();
    m_findings = std::move(findings);
    m_kinds.clear();
    std::size_t begin = 0;
    for (const auto& [kind, count] : countsOf(m_findings)) {
        const auto fold = std::find_if(m_folds.begin(), m_folds.end(),
                                       [&kind = kind](const auto& known) { return known.first == kind; });
        m_kinds.push_back({begin, begin + count, fold == m_folds.end() ? count > kUnfolded : fold->second});
        begin += count;
    }
    rebuild();
    endResetModel();
}

void FindingModel::toggle(int at) {
    const Row& chosen = m_rows[static_cast<std::size_t>(at)];
    Kind& kind = m_kinds[chosen.kind];
    beginResetModel();
    kind.folded = !kind.folded;
    const std::string& name = m_findings[kind.begin].kind;
    std::erase_if(m_folds, [&](const auto& known) { return known.first == name; });
    m_folds.emplace_back(name, kind.folded);
    rebuild();
    endResetModel();
}

void FindingModel::rebuild() {
    m_rows.clear();
    for (std::size_t k = 0; k < m_kinds.size(); ++k) {
        m_rows.push_back({k, m_kinds[k].begin, true});
        for (std::size_t i = m_kinds[k].begin; i < m_kinds[k].end && !m_kinds[k].folded; ++i)
            m_rows.push_back({k, i, false});
    }
}

std::vector<const Finding*> FindingModel::at(int at) const {
    const Row& chosen = m_rows[static_cast<std::size_t>(at)];
    const Kind& kind = m_kinds[chosen.kind];
    std::vector<const Finding*> found;
    for (std::size_t i = chosen.heading ? kind.begin : chosen.finding;
         i < (chosen.heading ? kind.end : chosen.finding + 1); ++i)
        found.push_back(&m_findings[i]);
    return found;
}

QString FindingModel::titleAt(int at) const {
    return titleOfKind(m_findings[m_rows[static_cast<std::size_t>(at)].finding].kind);
}

int FindingModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant FindingModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& shown = row(index);
    const Finding& finding = m_findings[shown.finding];
    const Kind& kind = m_kinds[shown.kind];
    const QString path = QString::fromStdString(finding.path), message = QString::fromStdString(finding.message);
    const QString sentence = message.contains(path) ? message : path + QLatin1Char(' ') + message;
    switch (role) {
    case Heading:
        return shown.heading;
    case Folded:
        return kind.folded;
    case Count:
        return static_cast<qulonglong>(shown.heading ? kind.end - kind.begin : finding.samples.size());
    case Tone: {
        const Words* words = wordsOf(finding.kind);
        return static_cast<int>(words ? words->tone : Role::Warning);
    }
    case Qt::DisplayRole:
        return shown.heading ? titleOfKind(finding.kind) : path;
    case Detail:
        return message;
    case Qt::ToolTipRole:
        return shown.heading ? QVariant() : QVariant(sentence);
    case Qt::AccessibleTextRole:
        return shown.heading ? titleOfKind(finding.kind) + QLatin1Char(' ') + QString::number(kind.end - kind.begin)
                             : sentence;
    default:
        return {};
    }
}

} // namespace sightline::ui
