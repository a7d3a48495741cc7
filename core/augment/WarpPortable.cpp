// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/WarpKernel.h"

namespace sightline {

namespace {

/// Four pixels in the compiler's own vectors: what every processor does.
struct Lanes {
    static constexpr int kLanes = 4;
    using F = float __attribute__((vector_size(16)));
    using I = std::int32_t __attribute__((vector_size(16)));
    using M = I; ///< all bits of a lane, or none

    static F all(float x) { return F{x, x, x, x}; }
    static I all(int x) { return I{x, x, x, x}; }
    static M none() { return M{}; }
    static F load(const float* p) {
        F a;
        std::memcpy(&a, p, sizeof a);
        return a;
    }
    static void store(float* p, F a) { std::memcpy(p, &a, sizeof a); }
    static F add(F a, F b) { return a + b; }
    static F sub(F a, F b) { return a - b; }
    static F mul(F a, F b) { return a * b; }
    static F div(F a, F b) { return a / b; }
    static F min(F a, F b) { return select(a < b, a, b); }
    static I add(I a, I b) { return a + b; }
    static I sub(I a, I b) { return a - b; }
    static I mul(I a, I b) { return a * b; }
    static I toInt(F a) { return __builtin_convertvector(a, I); }
    static F toFloat(I a) { return __builtin_convertvector(a, F); }
    static F trunc(F a) { return toFloat(toInt(a)); }
    static F floor(F a) {
        const F whole = trunc(a);
        return whole - asFloats((a < whole) & asInts(all(1.0f)));
    }
    static M less(F a, F b) { return a < b; }
    static M less(I a, I b) { return a < b; }
    static M equal(I a, I b) { return a == b; }
    static M both(M a, M b) { return a & b; }
    static M either(M a, M b) { return a | b; }
    static M allZero(F a, F b, F c) { return (a == 0.0f) & (b == 0.0f) & (c == 0.0f); }
    static F select(M mask, F yes, F no) { return asFloats(select(mask, asInts(yes), asInts(no))); }
    static I select(M mask, I yes, I no) { return (mask & yes) | (~mask & no); }
    static unsigned bits(M mask) {
        return static_cast<unsigned>((mask[0] & 1) | (mask[1] & 2) | (mask[2] & 4) | (mask[3] & 8));
    }
    static F lookUp(const float* table, I index) {
        return F{table[index[0]], table[index[1]], table[index[2]], table[index[3]]};
    }

    template <int Channels>
    static void corners(const std::uint8_t* source, int stride, I at, F* a, F* b, F* c, F* d) {
        for (int channel = 0; channel < Channels; ++channel) {
            a[channel] = bytes(source + channel, at);
            b[channel] = bytes(source + channel + Channels, at);
            c[channel] = bytes(source + channel + stride, at);
            d[channel] = bytes(source + channel + stride + Channels, at);
        }
    }
    template <int Channels>
    static void storeInterleaved(float* out, const F* values) {
        for (int i = 0; i < kLanes; ++i) {
            for (int channel = 0; channel < Channels; ++channel)
                out[i * Channels + channel] = values[channel][i];
        }
    }

private:
    static I asInts(F a) {
        I b;
        std::memcpy(&b, &a, sizeof b);
        return b;
    }
    static F asFloats(I a) {
        F b;
        std::memcpy(&b, &a, sizeof b);
        return b;
    }
    static F bytes(const std::uint8_t* base, I at) {
        return toFloat(I{base[at[0]], base[at[1]], base[at[2]], base[at[3]]});
    }
};

} // namespace

void warpPortable(const WarpJob& job) {
    warp<Lanes>(job);
}

} // namespace sightline
