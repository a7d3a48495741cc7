// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Drawn.h"

#include <algorithm>
#include <cmath>

#include "augment/Policies.h"

namespace sightline {

namespace {

/// Pixels, well within what arithmetic on int can bear.
constexpr double kFarthest = 1e8;

Json toJson(const Window& window) {
    return Json::array({window.top, window.left, window.height, window.width});
}

/// Keys of Keras are always there, ours only where they do something.
void writeLater(Json& json, const Drawn& drawn) {
    if (drawn.gamma)
        json["gamma"] = *drawn.gamma;
    if (drawn.occlusion)
        json["occlusion"] = {drawn.occlusion->top, drawn.occlusion->left, drawn.occlusion->value};
    if (drawn.crop)
        json["crop"] = {(*drawn.crop)[0], (*drawn.crop)[1]};
    if (drawn.contrast)
        json["contrast"] = *drawn.contrast;
    if (drawn.resizedCrop)
        json["resized_crop"] = toJson(*drawn.resizedCrop);
    for (const PolicyStep& step : drawn.policy)
        json["policy"].push_back(Json::array({step.operation, step.strength}));
    if (drawn.saturation)
        json["saturation"] = *drawn.saturation;
    if (drawn.hue)
        json["hue"] = *drawn.hue;
    if (drawn.blur)
        json["blur"] = *drawn.blur;
    if (drawn.noise)
        json["noise"] = {drawn.noise->deviation, drawn.noise->seed};
    if (drawn.jpegQuality)
        json["jpeg_quality"] = *drawn.jpegQuality;
    for (const Drawn::Hole& hole : drawn.cutout) {
        Json entry = toJson(hole.window);
        entry.push_back(hole.value);
        json["cutout"].push_back(std::move(entry));
    }
}

/// Reads values of a draw and says what is impossible about them.
class DrawnReader {
public:
    DrawnReader(const Json& json, std::vector<Problem>& problems) : m_reader(json, "", problems) {}

    void number(const char* key, double& value) {
        m_reader.read(key, value);
        if (!(std::abs(value) <= kFarthest))
            m_reader.problem(key, "must be a finite number up to 100,000,000");
    }
    void optional(const char* key, std::optional<double>& value, double low = -kFarthest, double high = kFarthest) {
        if (!m_reader.hasValue(key))
            return;
        double read = std::clamp(0.0, low, high);
        m_reader.read(key, read);
        value = read;
        if (!(read >= low && read <= high))
            m_reader.problem(key, "is out of range");
    }
    void flip(const char* key, bool& value) { // Keras writes 1.0 for true
        if (m_reader.has(key) && m_reader.at(key).is_number())
            value = m_reader.at(key).get<double>() != 0;
        else
            m_reader.read(key, value);
    }
    /// The numbers of a list of that length, all whole but those after `whole`; empty where there is none or a wrong
    /// one.
    std::vector<double> list(const char* key, std::size_t length, std::size_t whole, const char* words) {
        if (!m_reader.hasValue(key))
            return {};
        return checked(key, m_reader.at(key), length, whole, words);
    }
    std::vector<double> checked(const char* key, const Json& json, std::size_t length, std::size_t whole,
                                const char* words) {
        std::vector<double> numbers;
        bool good = json.is_array() && json.size() == length;
        for (std::size_t i = 0; good && i < length; ++i) {
            good = json[i].is_number();
            if (good) {
                numbers.push_back(json[i].get<double>());
                good = std::isfinite(numbers[i]) &&
                       (i >= whole || (numbers[i] == std::floor(numbers[i]) && std::abs(numbers[i]) <= kFarthest));
            }
        }
        if (good)
            return numbers;
        m_reader.problem(key, words);
        return {};
    }
    JsonReader& reader() { return m_reader; }

private:
    JsonReader m_reader;
};

Window windowFrom(const std::vector<double>& numbers) {
    return {static_cast<int>(numbers[0]), static_cast<int>(numbers[1]), static_cast<int>(numbers[2]),
            static_cast<int>(numbers[3])};
}

void readPolicy(DrawnReader& from, Drawn& drawn) {
    JsonReader& reader = from.reader();
    if (!reader.hasValue("policy"))
        return;
    const Json& steps = reader.at("policy");
    bool good = steps.is_array();
    for (std::size_t i = 0; good && i < steps.size(); ++i) {
        const Json& step = steps[i];
        good = step.is_array() && step.size() == 2 && step[0].is_string() && step[1].is_number() &&
               isPolicyOperation(step[0].get<std::string>()) && std::abs(step[1].get<double>()) <= kFarthest;
        if (good)
            drawn.policy.push_back({step[0].get<std::string>(), step[1].get<double>()});
    }
    if (!good)
        reader.problem("policy",
                       "must be a list of [operation, strength]; core/augment/README.md lists the operations");
}

void readErasing(DrawnReader& from, Drawn& drawn) {
    if (const auto box = from.list("occlusion", 3, 2, "must be [top, left, value]"); !box.empty())
        drawn.occlusion = Drawn::Box{static_cast<int>(box[0]), static_cast<int>(box[1]), box[2]};
    if (const auto crop = from.list("crop", 2, 2, "must be [top, left]"); !crop.empty())
        drawn.crop = {static_cast<int>(crop[0]), static_cast<int>(crop[1])};
    if (!from.reader().hasValue("cutout"))
        return;
    const char* words = "must be a list of [top, left, height, width, value]";
    const Json holes = from.reader().at("cutout");
    if (!holes.is_array())
        from.reader().problem("cutout", words);
    else {
        for (const Json& hole : holes) {
            const auto numbers = from.checked("cutout", hole, 5, 4, words);
            if (numbers.empty())
                return;
            drawn.cutout.push_back({windowFrom(numbers), numbers[4]});
        }
    }
}

void readLater(DrawnReader& from, Drawn& drawn) {
    if (const auto numbers = from.list("resized_crop", 4, 4, "must be [top, left, height, width]"); !numbers.empty()) {
        drawn.resizedCrop = windowFrom(numbers);
        if (drawn.resizedCrop->height < 1 || drawn.resizedCrop->width < 1 || drawn.resizedCrop->top < 0 ||
            drawn.resizedCrop->left < 0)
            from.reader().problem("resized_crop", "must lie within the image");
    }
    readPolicy(from, drawn);
    from.optional("saturation", drawn.saturation, 0);
    from.optional("hue", drawn.hue);
    from.optional("blur", drawn.blur, 0, 100);
    if (const auto noise = from.list("noise", 2, 0, "must be [deviation, seed]"); !noise.empty()) {
        if (noise[1] < 0 || noise[1] > 4294967295.0 || noise[1] != std::floor(noise[1]) || noise[0] < 0)
            from.reader().problem("noise", "must be [deviation of 0 or more, integer seed from 0 to 4,294,967,295]");
        else
            drawn.noise = Drawn::Noise{noise[0], static_cast<std::uint32_t>(noise[1])};
    }
    std::optional<double> quality;
    from.optional("jpeg_quality", quality, 1, 100);
    if (quality)
        drawn.jpegQuality = static_cast<int>(*quality);
}

} // namespace

Json toJson(const Drawn& drawn) {
    const auto orNull = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
    Json json = {{"theta", drawn.theta},
                 {"tx", drawn.tx},
                 {"ty", drawn.ty},
                 {"shear", drawn.shear},
                 {"zx", drawn.zx},
                 {"zy", drawn.zy},
                 {"flip_horizontal", drawn.flipHorizontal},
                 {"flip_vertical", drawn.flipVertical},
                 {"channel_shift_intensity", orNull(drawn.channelShift)},
                 {"brightness", orNull(drawn.brightness)}};
    writeLater(json, drawn);
    return json;
}

Result<Drawn> drawnFromJson(const Json& json) {
    std::vector<Problem> problems;
    DrawnReader from(json, problems);
    Drawn drawn;
    from.number("theta", drawn.theta);
    from.number("tx", drawn.tx);
    from.number("ty", drawn.ty);
    from.number("shear", drawn.shear);
    from.number("zx", drawn.zx);
    from.number("zy", drawn.zy);
    from.flip("flip_horizontal", drawn.flipHorizontal);
    from.flip("flip_vertical", drawn.flipVertical);
    from.optional("channel_shift_intensity", drawn.channelShift);
    from.optional("brightness", drawn.brightness);
    from.optional("gamma", drawn.gamma);
    from.optional("contrast", drawn.contrast);
    readErasing(from, drawn);
    readLater(from, drawn);
    for (const char* beside : {"file", "mixup", "cutmix"})
        static_cast<void>(from.reader().has(beside));
    from.reader().finish();
    if (!problems.empty())
        return badInput("The parameters cannot be used: " + joined(problems) + ".");
    return drawn;
}

} // namespace sightline
