// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QString>

#include <functional>
#include <vector>

namespace sightline::ui {

class Activities;

/// One work on the list, for as long as this handle lives. Movable; belongs to the window's thread.
class Activity {
public:
    Activity() = default;
    Activity(Activity&& other) noexcept;
    Activity& operator=(Activity&& other) noexcept;
    ~Activity();

    void setText(const QString& text);
    void setProgress(qulonglong done, qulonglong total); ///< total 0: not known
    void end();
    bool isUnderWay() const { return m_list && m_id != 0; }

private:
    friend class Activities;
    Activity(Activities* list, int id);

    QPointer<Activities> m_list;
    int m_id = 0;
};

/// What is being done right now: opening images, a run, an evaluation. Each work ends by itself, so the list is empty
/// exactly when nothing is under way.
class Activities : public QObject {
    Q_OBJECT
public:
    struct Work {
        int id = 0;
        QString text;
        qulonglong done = 0, total = 0; ///< total 0: how much there is to do is not known
        bool measured = false;          ///< whether it has told how far it is
        std::function<void()> cancel;   ///< empty: it cannot be cancelled here
    };
    using QObject::QObject;

    [[nodiscard]] Activity begin(const QString& text, std::function<void()> cancel = {});
    const std::vector<Work>& works() const { return m_works; } ///< the newest last

Q_SIGNALS:
    void changed();

private:
    friend class Activity;
    Work* find(int id);
    void end(int id);

    std::vector<Work> m_works;
    int m_lastId = 0;
};

} // namespace sightline::ui
