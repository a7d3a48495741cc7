// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>
#include <utility>
#include <vector>

#include "experiment/Experiment.h"
#include "support/Json.h"
#include "support/Result.h"

class QGridLayout;
class QLabel;
class QToolButton;
class QVBoxLayout;

namespace sightline::ui {

/// A form over an Experiment: label, control, unit, and a line of help or the problem beneath. It shows what it is
/// given and says what a person changes; a problem shows at the field whose JSON path it names.
class SettingsForm : public QWidget {
    Q_OBJECT
public:
    struct Field {
        QString path; ///< "training.optimizer.learning_rate"; also the control's objectName
        QString label, unit, help;
        std::function<bool(const Experiment&)> shown = {}; ///< absent: always
    };
    template <typename Value>
    using Get = std::function<Value(const Experiment&)>;
    template <typename Value>
    using Set = std::function<void(Experiment&, Value)>;

    explicit SettingsForm(QWidget* parent = nullptr);

    void section(const QString& title, bool folded = false);
    void unfold(const QString& title); ///< of a section
    /// Unfolds the section of the field at `path`, or of the first of its block, and gives its control; null: not here.
    QWidget* unfoldTo(const QString& path);
    void number(const Field& field, Get<double> get, Set<double> set);
    void whole(const Field& field, Get<int> get, Set<int> set);
    void slider(const Field& field, double low, double high, double step, Get<double> get, Set<double> set);
    void range(const Field& field, double low, double high, double step, Get<Range> get, Set<Range> set);
    void choice(const Field& field, const QStringList& choices, Get<int> get, Set<int> set);
    /// A choice whose items depend on the experiment: what is shown and the value behind it. A value that is not among
    /// them is added.
    using Items = std::vector<std::pair<QString, QString>>;
    void pick(const Field& field, std::function<Items(const Experiment&)> items, Get<QString> get, Set<QString> set);
    void toggle(const Field& field, Get<bool> get, Set<bool> set);
    void text(const Field& field, Get<QString> get, Set<QString> set);
    /// A whole number of 64 bits, from 0: a seed.
    void seed(const Field& field, Get<std::uint64_t> get, Set<std::uint64_t> set);

    /// Shows these values, and the problems at their fields.
    void showExperiment(const Experiment& experiment, const std::vector<Problem>& problems);
    void showAgain(); ///< what was shown last

    /// Problems of the experiment that no field of this form shows.
    std::vector<Problem> otherProblems() const { return m_others; }
    /// Which fields a person may change, by their path; what the others say when asked.
    void setEditable(const std::function<bool(const QString& path)>& editable, const QString& why);
    /// Offers by this name, in the menu of each field, what searchAsked() says.
    void setSearchable(const QString& words) { m_searchWords = words; }

Q_SIGNALS:
    /// The experiment as the person wants it. `edit` is the same for successive changes of one field.
    void edited(const sightline::Experiment& experiment, const QString& edit);
    void problemsShown(); ///< otherProblems() may be others now
    /// The setting is to be searched; `choices` are the values it can have, where they are few.
    void searchAsked(const QString& path, const std::vector<sightline::Json>& choices);

private:
    struct Row {
        Field field;
        QLabel* label;
        QWidget* control;
        QLabel* note;
        QLabel* unit;      ///< or null
        QToolButton* head; ///< of its section; or null
        std::function<void(const Experiment&)> show;
        Set<int> choose; ///< of a choice of so many; absent: it is none
        int choices = 0;
    };
    void add(const Field& field, QWidget* control, std::function<void(const Experiment&)> show,
             QWidget* named = nullptr);
    void edit(const QString& path, const std::function<void(Experiment&)>& change);
    bool eventFilter(QObject* watched, QEvent* event) override;
    bool openMenu(const QObject* watched, const QPoint& place);
    std::vector<Json> choicesOf(const Row& row) const;

    Experiment m_experiment; ///< as shown
    std::vector<Problem> m_problems;
    QVBoxLayout* m_sections;
    QGridLayout* m_grid = nullptr; ///< of the section being filled
    QToolButton* m_head = nullptr; ///< its title; null: it has none
    std::vector<Row> m_rows;
    std::vector<Problem> m_others;
    QString m_searchWords; ///< empty: fields have no menu of ours
    bool m_refreshing = false;
};

} // namespace sightline::ui
