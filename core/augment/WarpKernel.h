// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Included by the kernels' sources only, each compiled for its own processor. Nothing here may be an inline function
// that the linker could take for the rest of the program: everything is in the unnamed namespace, and no standard
// container is used.

#include <cstring>

#include "augment/WarpJob.h"

namespace sightline {

namespace {

/// A coordinate of a chunk's first pixel, split so that lanes need only floats.
struct Split {
    int whole;
    float part; ///< [0, 1)

    explicit Split(double coordinate) : whole(static_cast<int>(coordinate)) {
        whole -= coordinate < whole;
        part = static_cast<float>(coordinate - whole);
    }
};

/// A chunk's part in one register: V::kLanes pixels.
template <class V>
class Part {
    using F = typename V::F;
    using I = typename V::I;
    using M = typename V::M;

public:
    Part(const WarpJob& job, const Split& x, const Split& y, int lane, bool inside) : m_job(job) {
        locate(x, job.offsetsX + lane, m_left, m_fx);
        locate(y, job.offsetsY + lane, m_top, m_fy);
        if (!inside) {
            fold(m_left, m_fx, job.width);
            fold(m_top, m_fy, job.height);
        }
    }

    /// Bilinear between four pixels, then the fill value outside.
    template <int Channels>
    void sample(F* values) {
        const int stride = m_job.width * Channels;
        const I at = V::add(V::mul(m_top, V::all(stride)), V::mul(m_left, V::all(Channels)));
        F a[Channels], b[Channels], c[Channels], d[Channels];
        V::template corners<Channels>(m_job.source, stride, at, a, b, c, d);
        for (int channel = 0; channel < Channels; ++channel) {
            const F right = V::sub(b[channel], a[channel]), rightBelow = V::sub(d[channel], c[channel]);
            const F above = V::add(a[channel], V::mul(m_fx, right));
            const F below = V::add(c[channel], V::mul(m_fx, rightBelow));
            const F down = V::sub(below, above);
            const F value = V::add(above, V::mul(m_fy, down));
            if (m_job.guard > 0) {
                const F shifted = V::add(value, V::all(m_job.shift));
                const F distance = V::sub(shifted, V::trunc(V::add(shifted, V::all(0.5f))));
                const M near = V::both(V::less(distance, V::all(m_job.guard)), V::less(V::all(-m_job.guard), distance));
                if (V::bits(near)) // flat places are whole numbers in any arithmetic
                    m_doubtful |= V::bits(near) & ~V::bits(V::allZero(right, rightBelow, down));
            }
            values[channel] = V::select(m_outside, V::all(m_job.cval), value);
        }
        m_doubtful = (m_doubtful & ~V::bits(m_outside)) | m_seam;
    }

    /// Lanes that need double arithmetic, a bit each.
    unsigned doubtful() const { return m_doubtful; }

private:
    static void locate(const Split& first, const float* offsets, I& whole, F& part) {
        const F coordinate = V::add(V::all(first.part), V::load(offsets));
        const F floor = V::floor(coordinate);
        part = V::sub(coordinate, floor);
        whole = V::add(V::toInt(floor), V::all(first.whole));
    }

    /// Brings coordinates outside the image to where its fill mode reads (SPEC 1.5): 0 <= whole <= extent - 2, 0 <=
    /// part <= 1.
    void fold(I& whole, F& part, int extent) {
        const int last = extent - 1;
        if (m_job.fill == FillMode::Reflect) {
            whole = modulo(whole, 2 * extent);
            const M turned = V::less(V::all(last), whole);
            whole = V::select(turned, V::sub(V::all(2 * extent - 2), whole), whole);
            part = V::select(turned, V::sub(V::all(1.0f), part), part);
        } else if (m_job.fill == FillMode::Wrap) {
            whole = modulo(whole, last);
            markSeam(whole, part, 0, last - 1);
        } else if (m_job.fill == FillMode::Constant) {
            m_outside = V::either(m_outside, V::either(V::less(whole, V::all(0)), V::less(V::all(last - 1), whole)));
            markSeam(whole, part, 0, last - 1);
            markSeam(whole, part, last, -1);
        }
        const M before = V::less(whole, V::all(0)), behind = V::less(V::all(last - 1), whole);
        whole = V::select(before, V::all(0), V::select(behind, V::all(last - 1), whole));
        part = V::select(before, V::all(0.0f), V::select(behind, V::all(1.0f), part));
    }

    /// Where a coordinate is a hair from a jump of the fill mode, only double arithmetic knows the side.
    void markSeam(I whole, F part, int from, int to) {
        const M begins = V::both(V::equal(whole, V::all(from)), V::less(part, V::all(m_job.coordinateError)));
        const M ends = V::both(V::equal(whole, V::all(to)), V::less(V::all(1 - m_job.coordinateError), part));
        m_seam |= V::bits(V::either(begins, ends));
    }

    static I modulo(I value, int period) {
        const I turns =
            V::toInt(V::floor(V::div(V::toFloat(value), V::all(static_cast<float>(period))))); // exact below 2^24
        return V::sub(value, V::mul(turns, V::all(period)));
    }

    const WarpJob& m_job;
    I m_left, m_top;
    F m_fx, m_fy;
    M m_outside = V::none();
    unsigned m_seam = 0, m_doubtful = 0;
};

/// Values of the 0...255 scale as they leave: the table, or brightness, scale and offset.
template <class V>
typename V::F toned(const WarpJob& job, typename V::F value, int channel) {
    if (job.table)
        return V::lookUp(job.table + 256 * channel, V::toInt(value));
    if (job.brightens)
        value = V::min(V::trunc(V::mul(V::all(job.factor), V::trunc(value))), V::all(255.0f));
    return V::add(V::mul(value, V::all(job.scale[channel])), V::all(job.offset[channel]));
}

/// Doubtful lanes anew, in double.
template <class V, int Channels>
__attribute__((noinline)) void repair(const WarpJob& job, unsigned lanes, int x, int y, typename V::F* values) {
    float buffer[Channels][V::kLanes];
    for (int c = 0; c < Channels; ++c)
        V::store(buffer[c], values[c]);
    for (; lanes != 0; lanes &= lanes - 1) {
        const int lane = __builtin_ctz(lanes);
        float exact[Channels];
        sampleExactly(job, x + lane, y, exact);
        for (int c = 0; c < Channels; ++c)
            buffer[c][lane] = exact[c];
    }
    for (int c = 0; c < Channels; ++c)
        values[c] = V::load(buffer[c]);
}

/// True where a chunk's source pixels all lie inside, along one axis, with room for rounding.
inline bool isInside(double first, double step, int extent) {
    const double last = first + step * (kChunk - 1);
    const double low = first < last ? first : last, high = first < last ? last : first;
    return low >= 0.001 && high <= extent - 1.001;
}

template <class V, int Channels>
void warpRow(const WarpJob& job, int y, float* out) {
    const double startX = job.xy * y + job.x0, startY = job.yy * y + job.y0;
    for (int x = 0; x < job.outWidth; x += kChunk) {
        const double firstX = job.xx * x + startX, firstY = job.yx * x + startY;
        const bool inside = isInside(firstX, job.xx, job.width) && isInside(firstY, job.yx, job.height);
        const Split splitX(firstX), splitY(firstY);
        for (int lane = 0; lane < kChunk && x + lane < job.outWidth; lane += V::kLanes) {
            Part<V> part(job, splitX, splitY, lane, inside);
            typename V::F values[Channels];
            part.template sample<Channels>(values);
            const int count = job.outWidth - x - lane;
            unsigned doubtful = part.doubtful();
            if (doubtful) {
                if (count < V::kLanes)
                    doubtful &= (1u << count) - 1;
                repair<V, Channels>(job, doubtful, x + lane, y, values);
            }
            for (int c = 0; c < Channels; ++c)
                values[c] = toned<V>(job, values[c], c);
            float* target = out + static_cast<std::size_t>(x + lane) * Channels;
            if (count >= V::kLanes)
                V::template storeInterleaved<Channels>(target, values);
            else {
                float rest[V::kLanes * Channels];
                V::template storeInterleaved<Channels>(rest, values);
                std::memcpy(target, rest, static_cast<std::size_t>(count) * Channels * sizeof(float));
            }
        }
    }
}

template <class V>
void warp(const WarpJob& job) {
    const std::size_t rowSize = static_cast<std::size_t>(job.outWidth) * static_cast<std::size_t>(job.channels);
    for (int y = 0; y < job.outHeight; ++y) {
        float* out = job.out + static_cast<std::size_t>(y) * rowSize;
        if (job.channels == 3)
            warpRow<V, 3>(job, y, out);
        else
            warpRow<V, 1>(job, y, out);
    }
}

} // namespace

} // namespace sightline
