// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Ranks.h"

#ifdef SIGHTLINE_C10D

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <torch/types.h>

#include "engine/train/GlooMeeting.h"
#include "engine/train/RankPulse.h"

namespace sightline::engine {

namespace {

using Gloo = c10::intrusive_ptr<c10d::ProcessGroupGloo>;

constexpr std::chrono::milliseconds kLook(500); ///< how often whoever waits looks whether the others live

/// The store that c10d's processes find each other by, as the pulse needs it.
class TcpMarks : public RankMarks {
public:
    explicit TcpMarks(c10::intrusive_ptr<c10d::TCPStore> store) : m_store(std::move(store)) {}

    std::int64_t add(const std::string& name, std::int64_t amount) override { return m_store->add(name, amount); }
    void set(const std::string& name, const std::string& text) override {
        m_store->set(name, std::vector<std::uint8_t>(text.begin(), text.end()));
    }
    std::optional<std::string> find(const std::string& name) override {
        if (!m_store->check({name}))
            return {};
        const std::vector<std::uint8_t> bytes = m_store->get(name);
        return std::string(bytes.begin(), bytes.end());
    }

private:
    c10::intrusive_ptr<c10d::TCPStore> m_store;
};

template <typename T>
torch::Tensor viewOf(std::span<T> values, torch::Dtype type) {
    return torch::from_blob(values.data(), {static_cast<std::int64_t>(values.size())}, type);
}

class GlooRanks : public Ranks {
public:
    GlooRanks(const RankPlace& place, const c10::intrusive_ptr<c10d::TCPStore>& store, Gloo words, Gloo sums)
        : m_place(place), m_words(std::move(words)), m_sums(std::move(sums)),
          m_pulse(std::make_unique<TcpMarks>(store), place.rank, place.size) {}

    /// What is under way with somebody who has gone is never done: its threads and connections go with the process.
    ~GlooRanks() override {
        if (m_isClosed)
            return;
        m_words.release();
        m_sums.release();
    }

    int rank() const override { return m_place.rank; }
    int size() const override { return m_place.size; }

    std::unique_ptr<Pending> beginSum(std::span<float> values) override {
        std::vector<torch::Tensor> tensors{viewOf(values, torch::kFloat)};
        return std::make_unique<Sum>(*this, guarded([&] { return m_sums->allreduce(tensors); }));
    }
    void sum(std::span<double> values) override {
        std::vector<torch::Tensor> tensors{viewOf(values, torch::kDouble)};
        await(*guarded([&] { return m_words->allreduce(tensors); }));
    }

    std::vector<double> gather(std::span<const double> mine) override {
        std::vector<double> all(mine.size() * static_cast<std::size_t>(size()));
        gatherInto(viewOf(std::span(const_cast<double*>(mine.data()), mine.size()), torch::kDouble),
                   viewOf(std::span(all), torch::kDouble));
        return all;
    }
    std::vector<std::string> gather(const std::string& mine) override {
        const double length = static_cast<double>(mine.size());
        const std::vector<double> lengths = gather(std::span(&length, 1));
        const auto longest = static_cast<std::size_t>(*std::max_element(lengths.begin(), lengths.end()));
        std::vector<std::string> texts;
        std::string padded = mine, all(longest * lengths.size(), '\0');
        padded.resize(longest);
        if (longest > 0)
            gatherInto(viewOf(std::span(padded), torch::kByte), viewOf(std::span(all), torch::kByte));
        for (std::size_t i = 0; i < lengths.size(); ++i)
            texts.push_back(all.substr(i * longest, static_cast<std::size_t>(lengths[i])));
        return texts;
    }

    void share(std::span<float> values, int from) override { shareTensor(viewOf(values, torch::kFloat), from); }
    std::string fromFirst(const std::string& said) override {
        double length = static_cast<double>(said.size());
        shareTensor(viewOf(std::span(&length, 1), torch::kDouble), 0);
        std::string text = isFirst() ? said : std::string(static_cast<std::size_t>(length), '\0');
        if (!text.empty())
            shareTensor(viewOf(std::span(text), torch::kByte), 0);
        return text;
    }

    void throwIfLost() override {
        if (const std::string gone = m_pulse.gone(); !gone.empty())
            throw RankLost(gone);
    }

    void close() override {
        await(*guarded([&] { return m_words->barrier(); }));
        m_pulse.close();
        m_isClosed = true;
    }
    void leave(const std::string& reason) override { m_pulse.leave(reason); }

private:
    class Sum : public Pending {
    public:
        Sum(GlooRanks& ranks, c10::intrusive_ptr<c10d::Work> work) : m_ranks(ranks), m_work(std::move(work)) {}
        void wait() override { m_ranks.await(*m_work); }

    private:
        GlooRanks& m_ranks;
        c10::intrusive_ptr<c10d::Work> m_work;
    };

    template <typename Begin>
    auto guarded(Begin begin) -> decltype(begin()) {
        try {
            return begin();
        } catch (const std::exception& error) {
            throw RankLost(m_pulse.whyGone(spokenLine(error.what())));
        }
    }

    void await(c10d::Work& work) {
        for (;;) {
            try {
                work.wait(kLook);
                return;
            } catch (const std::exception& error) {
                if (work.isCompleted() && !work.isSuccess()) // else it was only not done yet when this was thrown
                    throw RankLost(m_pulse.whyGone(spokenLine(error.what())));
            }
            throwIfLost();
        }
    }

    void gatherInto(const torch::Tensor& mine, const torch::Tensor& all) {
        std::vector<torch::Tensor> given{mine};
        std::vector<std::vector<torch::Tensor>> places{all.chunk(size())};
        await(*guarded([&] { return m_words->allgather(places, given); }));
    }
    void shareTensor(const torch::Tensor& values, int from) {
        std::vector<torch::Tensor> tensors{values};
        c10d::BroadcastOptions options;
        options.rootRank = from;
        await(*guarded([&] { return m_words->broadcast(tensors, options); }));
    }

    RankPlace m_place;
    Gloo m_words, m_sums;
    RankPulse m_pulse;
    bool m_isClosed = false;
};

} // namespace

Result<std::unique_ptr<Ranks>> joinRanks(const RankPlace& place) {
    Result<GlooMeeting> met = meetRanks(place);
    if (!met)
        return met.error();
    return std::unique_ptr<Ranks>(new GlooRanks(place, met->store, std::move(met->words), std::move(met->sums)));
}

} // namespace sightline::engine

#else

namespace sightline::engine {

Result<std::unique_ptr<Ranks>> joinRanks(const RankPlace&) {
    return Error{"This program's LibTorch cannot train with several processes (it has no c10d); unset RANK and "
                 "WORLD_SIZE, or build against a LibTorch with Gloo (docs/many-machines.md)."};
}

} // namespace sightline::engine

#endif

namespace sightline::engine {

Result<void> agreed(Ranks& ranks, const Result<void>& mine) {
    const std::vector<std::string> all = ranks.gather(mine ? std::string() : mine.error().message);
    double kind = mine ? 0 : static_cast<double>(mine.error().kind);
    const std::vector<double> kinds = ranks.gather(std::span<const double>(&kind, 1));
    for (std::size_t i = 0; i < all.size(); ++i)
        if (!all[i].empty())
            return Error{(static_cast<int>(i) == ranks.rank() || i == 0 ? "" : "Rank " + std::to_string(i) + ": ") +
                             all[i],
                         static_cast<ErrorKind>(static_cast<int>(kinds[i]))};
    return {};
}

} // namespace sightline::engine
