// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>
#include <utility>
#include <vector>

#include "bridge/Session.h"

class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace sightline::ui {

/// A form over the session's Experiment: label, control, unit, and a line of help or the problem beneath. Controls
/// write through the session (undoable) and follow it; a problem shows at the field whose JSON path it names.
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

    explicit SettingsForm(Session& session, QWidget* parent = nullptr);

    void section(const QString& title, bool folded = false);
    void unfold(const QString& title); ///< of a section
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
    void finish(); ///< after the last field: shows the session's values

    /// Problems of the experiment that no field of this form shows.
    std::vector<Problem> otherProblems() const { return m_others; }
    int problemCount() const { return m_shownProblems; }
    void setEditable(bool editable, const QString& why = {});
    void refresh(); ///< shows the session's values again

Q_SIGNALS:
    void problemsChanged();

private:
    struct Row {
        Field field;
        QLabel* label;
        QWidget* control;
        QLabel* note;
        QLabel* unit; ///< or null
        std::function<void(const Experiment&)> show;
    };
    void add(const Field& field, QWidget* control, std::function<void(const Experiment&)> show,
             QWidget* named = nullptr);
    void edit(const QString& path, const std::function<void(Experiment&)>& change);
    bool eventFilter(QObject* watched, QEvent* event) override;

    Session& m_session;
    QVBoxLayout* m_sections;
    QGridLayout* m_grid = nullptr;
    std::vector<Row> m_rows;
    std::vector<Problem> m_others;
    int m_shownProblems = 0;
    bool m_refreshing = false;
    bool m_finished = false;
};

} // namespace sightline::ui
