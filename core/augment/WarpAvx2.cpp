// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/WarpKernel.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace sightline {

#if defined(__AVX2__)

namespace {

/// Eight pixels in AVX2's registers.
struct Lanes {
    static constexpr int kLanes = 8;
    using F = __m256;
    using I = __m256i;
    using M = __m256;

    static F all(float x) { return _mm256_set1_ps(x); }
    static I all(int x) { return _mm256_set1_epi32(x); }
    static M none() { return _mm256_setzero_ps(); }
    static F load(const float* p) { return _mm256_loadu_ps(p); }
    static void store(float* p, F a) { _mm256_storeu_ps(p, a); }
    static F add(F a, F b) { return _mm256_add_ps(a, b); }
    static F sub(F a, F b) { return _mm256_sub_ps(a, b); }
    static F mul(F a, F b) { return _mm256_mul_ps(a, b); }
    static F div(F a, F b) { return _mm256_div_ps(a, b); }
    static F min(F a, F b) { return _mm256_min_ps(a, b); }
    static I add(I a, I b) { return _mm256_add_epi32(a, b); }
    static I sub(I a, I b) { return _mm256_sub_epi32(a, b); }
    static I mul(I a, I b) { return _mm256_mullo_epi32(a, b); }
    static I toInt(F a) { return _mm256_cvttps_epi32(a); }
    static F toFloat(I a) { return _mm256_cvtepi32_ps(a); }
    static F trunc(F a) { return _mm256_round_ps(a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC); }
    static F floor(F a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
    static M less(F a, F b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
    static M less(I a, I b) { return _mm256_castsi256_ps(_mm256_cmpgt_epi32(b, a)); }
    static M equal(I a, I b) { return _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b)); }
    static M both(M a, M b) { return _mm256_and_ps(a, b); }
    static M either(M a, M b) { return _mm256_or_ps(a, b); }
    static M allZero(F a, F b, F c) {
        return _mm256_cmp_ps(_mm256_or_ps(_mm256_or_ps(a, b), c), _mm256_setzero_ps(), _CMP_EQ_OQ);
    }
    static F select(M mask, F yes, F no) { return _mm256_blendv_ps(no, yes, mask); }
    static I select(M mask, I yes, I no) {
        return _mm256_castps_si256(_mm256_blendv_ps(_mm256_castsi256_ps(no), _mm256_castsi256_ps(yes), mask));
    }
    static unsigned bits(M mask) { return static_cast<unsigned>(_mm256_movemask_ps(mask)); }
    static F lookUp(const float* table, I index) { return _mm256_i32gather_ps(table, index, 4); }

    template <int Channels>
    static void corners(const std::uint8_t* source, int stride, I at, F* a, F* b, F* c, F* d) {
        alignas(32) std::int32_t offsets[kLanes];
        _mm256_store_si256(reinterpret_cast<__m256i*>(offsets), at);
        // The row below is read two bytes early: so neither read leaves the image.
        const std::uint8_t* below = source + stride - 2;
        if constexpr (Channels == 3) {
            I first, second;
            pairs(source, offsets, first, second); // R G B R, G B . .
            a[0] = byte<0>(first), a[1] = byte<1>(first), a[2] = byte<2>(first);
            b[0] = byte<3>(first), b[1] = byte<0>(second), b[2] = byte<1>(second);
            pairs(below, offsets, first, second); // . . R G, B R G B
            c[0] = byte<2>(first), c[1] = byte<3>(first), c[2] = byte<0>(second);
            d[0] = byte<1>(second), d[1] = byte<2>(second), d[2] = byte<3>(second);
        } else {
            const I row = quads(source, offsets), next = quads(below, offsets);
            a[0] = byte<0>(row), b[0] = byte<1>(row), c[0] = byte<2>(next), d[0] = byte<3>(next);
        }
    }

    template <int Channels>
    static void storeInterleaved(float* out, const F* values) {
        if constexpr (Channels == 1) {
            store(out, values[0]);
        } else {
            const F r = values[0], g = values[1], b = values[2];
            const F rg = _mm256_shuffle_ps(r, g, _MM_SHUFFLE(2, 0, 2, 0)),
                    gb = _mm256_shuffle_ps(g, b, _MM_SHUFFLE(3, 1, 3, 1));
            const F br = _mm256_shuffle_ps(b, r, _MM_SHUFFLE(3, 1, 2, 0));
            const F x = _mm256_shuffle_ps(rg, br, _MM_SHUFFLE(2, 0, 2, 0)); // r0 g0 b0 r1, then lane 4's
            const F y = _mm256_shuffle_ps(gb, rg, _MM_SHUFFLE(3, 1, 2, 0)); // g1 b1 r2 g2
            const F z = _mm256_shuffle_ps(br, gb, _MM_SHUFFLE(3, 1, 3, 1)); // b2 r3 g3 b3
            store(out, _mm256_permute2f128_ps(x, y, 0x20));
            store(out + 8, _mm256_permute2f128_ps(z, x, 0x30));
            store(out + 16, _mm256_permute2f128_ps(y, z, 0x31));
        }
    }

private:
    static __m128i two(const std::uint8_t* p, const std::uint8_t* q) {
        const __m128i low = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
        return _mm_unpacklo_epi64(low, _mm_loadl_epi64(reinterpret_cast<const __m128i*>(q)));
    }
    /// Eight bytes at each offset: `first` holds bytes 0 to 3 of each, `second` 4 to 7.
    static void pairs(const std::uint8_t* base, const std::int32_t* o, I& first, I& second) {
        const F front =
            _mm256_castsi256_ps(_mm256_set_m128i(two(base + o[4], base + o[5]), two(base + o[0], base + o[1])));
        const F back =
            _mm256_castsi256_ps(_mm256_set_m128i(two(base + o[6], base + o[7]), two(base + o[2], base + o[3])));
        first = _mm256_castps_si256(_mm256_shuffle_ps(front, back, _MM_SHUFFLE(2, 0, 2, 0)));
        second = _mm256_castps_si256(_mm256_shuffle_ps(front, back, _MM_SHUFFLE(3, 1, 3, 1)));
    }
    static int four(const std::uint8_t* p) {
        int value;
        std::memcpy(&value, p, 4);
        return value;
    }
    static I quads(const std::uint8_t* base, const std::int32_t* o) {
        return _mm256_setr_epi32(four(base + o[0]), four(base + o[1]), four(base + o[2]), four(base + o[3]),
                                 four(base + o[4]), four(base + o[5]), four(base + o[6]), four(base + o[7]));
    }
    template <int Index>
    static F byte(I x) {
        if constexpr (Index == 3)
            return toFloat(_mm256_srli_epi32(x, 24));
        const I mask = _mm256_set1_epi32(0xFF);
        return toFloat(_mm256_and_si256(_mm256_srli_epi32(x, 8 * Index), mask));
    }
};

} // namespace

void warpAvx2(const WarpJob& job) {
    warp<Lanes>(job);
}

#else

void warpAvx2(const WarpJob& job) {
    warpPortable(job);
}

#endif

} // namespace sightline
