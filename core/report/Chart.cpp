// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/Chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "report/Html.h"

namespace sightline::report {

namespace {

constexpr double kWidth = 560, kHeight = 260, kLeft = 52, kRight = 10, kTop = 10, kBottom = 34;
constexpr std::size_t kColumns = 250;
constexpr std::array kColors{"--one", "--two", "--three", "--four", "--five", "--six"};

struct Range {
    double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
    void add(double value) {
        if (!std::isfinite(value))
            return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    bool empty() const { return low > high; }
};

/// 1, 2 or 5 times a power of ten, so that about `count` of them fit.
double tickStep(const Range& range, int count) {
    const double rough = (range.high - range.low) / count;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= rough)
            return factor * power;
    return 10 * power;
}

std::string number(double value) {
    std::string text = decimal(value, std::abs(value) < 10 ? 3 : 1);
    while (text.find('.') != std::string::npos && (text.back() == '0' || text.back() == '.'))
        text.pop_back();
    return text == "-0" ? "0" : text;
}

class Axes {
public:
    Axes(Range x, Range y) : m_x(x), m_y(y) {
        for (Range* range : {&m_x, &m_y})
            if (range->high - range->low < 1e-12) {
                range->low -= 0.5;
                range->high += 0.5;
            }
    }
    std::string x(double value) const {
        return decimal(kLeft + (value - m_x.low) / (m_x.high - m_x.low) * plotWidth(), 1);
    }
    std::string y(double value) const {
        return decimal(kHeight - kBottom - (value - m_y.low) / (m_y.high - m_y.low) * (kHeight - kTop - kBottom), 1);
    }
    static double plotWidth() { return kWidth - kLeft - kRight; }

    std::string grid(const std::string& xTitle) const {
        std::string svg;
        const double right = kWidth - kRight, bottom = kHeight - kBottom;
        const double yStep = tickStep(m_y, 5), xStep = std::max(tickStep(m_x, 6), 1.0);
        for (double tick = std::ceil(m_y.low / yStep) * yStep; tick <= m_y.high + yStep * 1e-9; tick += yStep)
            svg += "<line x1=\"" + decimal(kLeft, 0) + "\" x2=\"" + decimal(right, 0) + "\" y1=\"" + y(tick) +
                   "\" y2=\"" + y(tick) + "\" stroke=\"var(--line)\"/><text x=\"" + decimal(kLeft - 6, 0) + "\" y=\"" +
                   y(tick) + "\" dy=\"4\" text-anchor=\"end\">" + number(tick) + "</text>\n";
        for (double tick = std::ceil(m_x.low / xStep) * xStep; tick <= m_x.high + xStep * 1e-9; tick += xStep)
            svg += "<text x=\"" + x(tick) + "\" y=\"" + decimal(bottom + 16, 0) + "\" text-anchor=\"middle\">" +
                   number(tick) + "</text>\n";
        return svg + "<text x=\"" + decimal(right, 0) + "\" y=\"" + decimal(bottom + 30, 0) +
               "\" text-anchor=\"end\">" + escaped(xTitle) + "</text>\n";
    }

private:
    Range m_x, m_y;
};

/// Where there are more points than columns, the lowest and the highest of each stretch.
std::vector<std::size_t> shownPoints(const ChartLine& line) {
    std::vector<std::size_t> points;
    const std::size_t count = std::min(line.x.size(), line.y.size());
    const std::size_t stretch = std::max<std::size_t>(1, count / kColumns);
    for (std::size_t begin = 0; begin < count; begin += stretch) {
        const std::size_t end = std::min(count, begin + stretch);
        std::size_t low = begin, high = begin;
        for (std::size_t i = begin; i < end; ++i) {
            low = line.y[i] < line.y[low] ? i : low;
            high = line.y[i] > line.y[high] ? i : high;
        }
        points.push_back(std::min(low, high));
        if (low != high)
            points.push_back(std::max(low, high));
    }
    return points;
}

std::string drawn(const ChartLine& line, const Axes& axes) {
    std::string path, dots;
    bool pen = false;
    for (const std::size_t i : shownPoints(line)) {
        const bool there = std::isfinite(line.x[i]) && std::isfinite(line.y[i]);
        if (there)
            path += (pen ? " L" : " M") + axes.x(line.x[i]) + " " + axes.y(line.y[i]);
        pen = there;
    }
    const std::string color = kColors[static_cast<std::size_t>(line.color) % kColors.size()];
    if (path.find('L') == std::string::npos) // points that stand alone have no line to be seen by
        for (const std::size_t i : shownPoints(line))
            if (std::isfinite(line.x[i]) && std::isfinite(line.y[i]))
                dots += "<circle cx=\"" + axes.x(line.x[i]) + "\" cy=\"" + axes.y(line.y[i]) +
                        "\" r=\"4\" fill=\"var(" + color + ")\"/>\n";
    return dots + "<path d=\"" + path + "\" fill=\"none\" stroke=\"var(" + color + ")\" stroke-width=\"2\"" +
           (line.dashed ? " stroke-dasharray=\"5 4\"" : "") + " stroke-linejoin=\"round\" stroke-linecap=\"round\"/>\n";
}

std::string legend(const std::vector<ChartLine>& lines) {
    std::string html = "<p class=\"muted\">";
    for (const ChartLine& line : lines)
        html += "<svg width=\"26\" height=\"10\" aria-hidden=\"true\"><line x1=\"1\" x2=\"23\" y1=\"5\" y2=\"5\" "
                "stroke=\"var(" +
                std::string(kColors[static_cast<std::size_t>(line.color) % kColors.size()]) + ")\" stroke-width=\"2\"" +
                (line.dashed ? " stroke-dasharray=\"5 4\"" : "") + "/></svg>" + escaped(line.name) + " &#160; ";
    return html + "</p>\n";
}

std::string description(const std::vector<ChartLine>& lines) {
    std::string text;
    for (const ChartLine& line : lines) {
        const auto isFinite = [](double value) { return std::isfinite(value); };
        const auto first = std::find_if(line.y.begin(), line.y.end(), isFinite);
        const auto last = std::find_if(line.y.rbegin(), line.y.rend(), isFinite);
        if (first != line.y.end())
            text += line.name + " from " + number(*first) + " to " + number(*last) + ". ";
    }
    return text;
}

} // namespace

std::string chart(const std::string& title, const std::string& xTitle, const std::vector<ChartLine>& lines) {
    Range x, y;
    for (const ChartLine& line : lines)
        for (std::size_t i = 0; i < std::min(line.x.size(), line.y.size()); ++i)
            if (std::isfinite(line.y[i])) {
                x.add(line.x[i]);
                y.add(line.y[i]);
            }
    if (x.empty() || y.empty())
        return {};
    const Axes axes(x, y);
    std::string svg = "<figure style=\"margin:0\"><figcaption>" + escaped(title) +
                      "</figcaption>\n<svg viewBox=\"0 0 " + decimal(kWidth, 0) + " " + decimal(kHeight, 0) +
                      "\" width=\"" + decimal(kWidth, 0) + "\" height=\"" + decimal(kHeight, 0) +
                      "\" role=\"img\">\n<title>" + escaped(title) + "</title><desc>" + escaped(description(lines)) +
                      "</desc>\n" + axes.grid(xTitle);
    for (const ChartLine& line : lines)
        svg += drawn(line, axes);
    return svg + "</svg></figure>\n" + legend(lines);
}

} // namespace sightline::report
