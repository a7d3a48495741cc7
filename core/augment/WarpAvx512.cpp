// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/WarpKernel.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace sightline {

#if defined(__AVX512F__)

namespace {

/// Sixteen pixels in AVX-512's registers.
struct Lanes {
    static constexpr int kLanes = 16;
    using F = __m512;
    using I = __m512i;
    using M = __mmask16;

    static F all(float x) { return _mm512_set1_ps(x); }
    static I all(int x) { return _mm512_set1_epi32(x); }
    static M none() { return 0; }
    static F load(const float* p) { return _mm512_loadu_ps(p); }
    static void store(float* p, F a) { _mm512_storeu_ps(p, a); }
    static F add(F a, F b) { return _mm512_add_ps(a, b); }
    static F sub(F a, F b) { return _mm512_sub_ps(a, b); }
    static F mul(F a, F b) { return _mm512_mul_ps(a, b); }
    static F div(F a, F b) { return _mm512_div_ps(a, b); }
    static F min(F a, F b) { return _mm512_min_ps(a, b); }
    static I add(I a, I b) { return _mm512_add_epi32(a, b); }
    static I sub(I a, I b) { return _mm512_sub_epi32(a, b); }
    static I mul(I a, I b) { return _mm512_mullo_epi32(a, b); }
    static I toInt(F a) { return _mm512_cvttps_epi32(a); }
    static F toFloat(I a) { return _mm512_cvtepi32_ps(a); }
    static F trunc(F a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC); }
    static F floor(F a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
    static M less(F a, F b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
    static M less(I a, I b) { return _mm512_cmplt_epi32_mask(a, b); }
    static M equal(I a, I b) { return _mm512_cmpeq_epi32_mask(a, b); }
    static M both(M a, M b) { return _mm512_kand(a, b); }
    static M either(M a, M b) { return _mm512_kor(a, b); }
    static M allZero(F a, F b, F c) {
        return _mm512_cmp_ps_mask(_mm512_or_ps(_mm512_or_ps(a, b), c), _mm512_setzero_ps(), _CMP_EQ_OQ);
    }
    static F select(M mask, F yes, F no) { return _mm512_mask_blend_ps(mask, no, yes); }
    static I select(M mask, I yes, I no) { return _mm512_mask_blend_epi32(mask, no, yes); }
    static unsigned bits(M mask) { return mask; }
    static F lookUp(const float* table, I index) { return _mm512_i32gather_ps(index, table, 4); }

    template <int Channels>
    static void corners(const std::uint8_t* source, int stride, I at, F* a, F* b, F* c, F* d) {
        alignas(64) std::int32_t offsets[kLanes];
        _mm512_store_si512(offsets, at);
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
            // First red and green (16 and more pick the second register), then blue where both have left room.
            const F r = values[0], g = values[1], b = values[2];
            const F one =
                _mm512_permutex2var_ps(r, _mm512_setr_epi32(0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5), g);
            const F two =
                _mm512_permutex2var_ps(r, _mm512_setr_epi32(21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26), g);
            const F three = _mm512_permutex2var_ps(
                r, _mm512_setr_epi32(0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0), g);
            store(out, _mm512_permutex2var_ps(
                           one, _mm512_setr_epi32(0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15), b));
            store(out + 16, _mm512_permutex2var_ps(
                                two, _mm512_setr_epi32(0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15), b));
            store(out + 32, _mm512_permutex2var_ps(
                                three, _mm512_setr_epi32(26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31), b));
        }
    }

private:
    static __m128i two(const std::uint8_t* p, const std::uint8_t* q) {
        const __m128i low = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
        return _mm_unpacklo_epi64(low, _mm_loadl_epi64(reinterpret_cast<const __m128i*>(q)));
    }
    static __m512 eight(const std::uint8_t* base, const std::int32_t* o) {
        const __m256i low = _mm256_set_m128i(two(base + o[4], base + o[5]), two(base + o[0], base + o[1]));
        const __m256i high = _mm256_set_m128i(two(base + o[12], base + o[13]), two(base + o[8], base + o[9]));
        return _mm512_castsi512_ps(_mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1));
    }
    /// Eight bytes at each offset: `first` holds bytes 0 to 3 of each, `second` 4 to 7.
    static void pairs(const std::uint8_t* base, const std::int32_t* o, I& first, I& second) {
        const F front = eight(base, o), back = eight(base, o + 2);
        first = _mm512_castps_si512(_mm512_shuffle_ps(front, back, _MM_SHUFFLE(2, 0, 2, 0)));
        second = _mm512_castps_si512(_mm512_shuffle_ps(front, back, _MM_SHUFFLE(3, 1, 3, 1)));
    }
    static int four(const std::uint8_t* p) {
        int value;
        std::memcpy(&value, p, 4);
        return value;
    }
    static I quads(const std::uint8_t* base, const std::int32_t* o) {
        return _mm512_setr_epi32(four(base + o[0]), four(base + o[1]), four(base + o[2]), four(base + o[3]),
                                 four(base + o[4]), four(base + o[5]), four(base + o[6]), four(base + o[7]),
                                 four(base + o[8]), four(base + o[9]), four(base + o[10]), four(base + o[11]),
                                 four(base + o[12]), four(base + o[13]), four(base + o[14]), four(base + o[15]));
    }
    template <int Index>
    static F byte(I x) {
        if constexpr (Index == 3)
            return toFloat(_mm512_srli_epi32(x, 24));
        const I mask = _mm512_set1_epi32(0xFF);
        return toFloat(_mm512_and_si512(_mm512_srli_epi32(x, 8 * Index), mask));
    }
};

} // namespace

void warpAvx512(const WarpJob& job) {
    warp<Lanes>(job);
}

#else

void warpAvx512(const WarpJob& job) {
    warpPortable(job);
}

#endif

} // namespace sightline
