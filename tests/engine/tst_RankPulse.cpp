// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>

#include "Test.h"
#include "engine/train/RankPulse.h"

using namespace sightline;
using namespace sightline::engine;

/// How the processes of a training hear that one of them has gone.
class RankPulseTest : public Test {
    Q_OBJECT

    /// What rank 0 keeps, for pulses in one process.
    struct Kept {
        std::mutex mutex;
        std::map<std::string, std::int64_t> counts;
        std::map<std::string, std::string> texts;
        bool isGone = false;
    };
    class Marks : public RankMarks {
    public:
        explicit Marks(std::shared_ptr<Kept> kept) : m_kept(std::move(kept)) {}
        std::int64_t add(const std::string& name, std::int64_t amount) override {
            const std::lock_guard lock(m_kept->mutex);
            if (m_kept->isGone)
                throw std::runtime_error("connection reset");
            return m_kept->counts[name] += amount;
        }
        void set(const std::string& name, const std::string& text) override {
            const std::lock_guard lock(m_kept->mutex);
            m_kept->texts[name] = text;
        }
        std::optional<std::string> find(const std::string& name) override {
            const std::lock_guard lock(m_kept->mutex);
            const auto found = m_kept->texts.find(name);
            return found == m_kept->texts.end() ? std::nullopt : std::optional(found->second);
        }

    private:
        std::shared_ptr<Kept> m_kept;
    };

    static std::unique_ptr<RankMarks> marksOf(const std::shared_ptr<Kept>& kept) {
        return std::make_unique<Marks>(kept);
    }

private Q_SLOTS:
    void aReasonReachesTheOthers() {
        const auto kept = std::make_shared<Kept>();
        RankPulse first(marksOf(kept), 0, 3), second(marksOf(kept), 1, 3), third(marksOf(kept), 2, 3);
        QVERIFY(first.gone().empty());
        second.leave("Rank 1 ended: no memory.");
        third.leave("Rank 2 ended: a connection broke."); // too late: the first reason counts
        for (const RankPulse* pulse : {&first, &third})
            QCOMPARE(pulse->whyGone("Connection closed by peer"), std::string("Rank 1 ended: no memory."));
    }

    void rankZeroIsMissedWithItsMarks() {
        const auto kept = std::make_shared<Kept>();
        RankPulse other(marksOf(kept), 1, 3);
        {
            const std::lock_guard lock(kept->mutex);
            kept->isGone = true;
        }
        QVERIFY(QByteArray::fromStdString(other.whyGone("Broken pipe")).startsWith("Rank 0 has gone"));
    }

    void withoutAReasonTheConnectionSpeaks() {
        const auto kept = std::make_shared<Kept>();
        RankPulse first(marksOf(kept), 0, 2);
        const QByteArray two = QByteArray::fromStdString(first.whyGone("Connection closed by peer"));
        QVERIFY2(two.startsWith("Rank 1 has gone (Connection closed by peer)"), two.constData());
        QVERIFY(two.contains("train --resume"));
    }

    void whoeverIsDoneIsNotMissed() {
        const auto kept = std::make_shared<Kept>();
        RankPulse first(marksOf(kept), 0, 2);
        {
            RankPulse second(marksOf(kept), 1, 2);
            second.close();
        }
        first.close(); // the others are here
        QVERIFY(first.gone().empty());
    }
};

QTEST_APPLESS_MAIN(RankPulseTest)
#include "tst_RankPulse.moc"
