// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/Activities.h"

#include <algorithm>
#include <utility>

namespace sightline::ui {

Activity::Activity(Activities* list, int id) : m_list(list), m_id(id) {}

Activity::Activity(Activity&& other) noexcept : m_list(other.m_list), m_id(std::exchange(other.m_id, 0)) {}

Activity& Activity::operator=(Activity&& other) noexcept {
    if (this != &other) {
        end();
        m_list = other.m_list;
        m_id = std::exchange(other.m_id, 0);
    }
    return *this;
}

Activity::~Activity() {
    end();
}

void Activity::end() {
    if (const int id = std::exchange(m_id, 0); m_list && id != 0)
        m_list->end(id);
}

void Activity::setText(const QString& text) {
    Activities::Work* work = m_list ? m_list->find(m_id) : nullptr;
    if (!work || work->text == text)
        return;
    work->text = text;
    Q_EMIT m_list->changed();
}

void Activity::setProgress(qulonglong done, qulonglong total) {
    Activities::Work* work = m_list ? m_list->find(m_id) : nullptr;
    if (!work)
        return;
    work->done = done;
    work->total = total;
    work->measured = true;
    Q_EMIT m_list->changed();
}

Activity Activities::begin(const QString& text, std::function<void()> cancel) {
    m_works.push_back({++m_lastId, text, 0, 0, false, std::move(cancel)});
    Q_EMIT changed();
    return {this, m_lastId};
}

Activities::Work* Activities::find(int id) {
    const auto found = std::find_if(m_works.begin(), m_works.end(), [id](const Work& work) { return work.id == id; });
    return found == m_works.end() ? nullptr : &*found;
}

void Activities::end(int id) {
    if (std::erase_if(m_works, [id](const Work& work) { return work.id == id; }) > 0)
        Q_EMIT changed();
}

} // namespace sightline::ui
