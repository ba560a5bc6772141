#include "cli/live_options.hpp"

#include <array>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "core/endpoint.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace rungs::cli {
namespace {

struct Setting {
    std::string_view name;
    std::uint64_t value = 0;
};

/// "name:number" with a name out of `known`.
Setting parse_setting(std::string_view option, std::string_view word, std::span<const std::string_view> known,
                      std::string_view example) {
    std::string_view rest = word;
    const std::string_view name = take_until(rest, ':');
    for (const std::string_view one : known) {
        if (one != name) continue;
        const auto value = parse_number<std::uint64_t>(rest);
        constexpr std::uint64_t most = std::uint64_t{1} << 40U; // so that units can be multiplied
        if (value && *value != 0 && *value < most) return {one, *value};
        throw Failure{
            {fmt::format("{} {} needs a number behind the colon, not \"{}\"", option, name, printable(rest)),
             std::string(example)}};
    }
    std::string hint = did_you_mean(nearest(name, known));
    if (hint.empty()) hint = std::string(example);
    throw Failure{{fmt::format("{} does not know \"{}\"", option, printable(word)), std::move(hint)}};
}

} // namespace

void parse_rotation(std::string_view word, Rotation& rotation) {
    static constexpr std::array<std::string_view, 3> known{"duration", "filesize", "files"};
    const Setting setting =
        parse_setting("-b", word, known, "-b duration:3600 (seconds), -b filesize:100000 (kB), -b files:24");
    if (setting.name == "duration") rotation.seconds = setting.value;
    if (setting.name == "filesize") rotation.octets = setting.value * 1000;
    if (setting.name == "files") rotation.files = setting.value;
}

void parse_auto_stop(std::string_view word, AutoStop& stop) {
    static constexpr std::array<std::string_view, 2> known{"duration", "filesize"};
    const Setting setting =
        parse_setting("-a", word, known, "-a duration:60 (seconds), -a filesize:10000 (kB)");
    (setting.name == "duration" ? stop.seconds : stop.octets) =
        setting.name == "duration" ? setting.value : setting.value * 1000;
}

ServeAddress parse_serve(std::string_view word, bool anywhere) {
    const auto endpoint = parse_endpoint(word);
    if (!endpoint) {
        throw Failure{{fmt::format("--serve needs an address and a port, not \"{}\"", printable(word)),
                       "--serve 127.0.0.1:8080; port 0 takes one that is free"}};
    }
    const auto& octets = endpoint->address.octets();
    const std::string host = endpoint->address.to_string();
    const bool loopback = endpoint->address.is_v4() ? octets[0] == 127 : host == "::1";
    if (!loopback && !anywhere) {
        throw Failure{
            {fmt::format("--serve {} would show calls to the network", printable(word)),
             "--serve 127.0.0.1:8080 is for this machine alone; --serve-any allows other addresses"}};
    }
    return {host, endpoint->port};
}

std::uint64_t parse_octets(std::string_view option, std::string_view word, std::uint64_t unit) {
    std::string_view digits = word;
    const char suffix = digits.empty() ? '\0' : digits.back();
    const bool kibi = suffix == 'K' || suffix == 'k', mebi = suffix == 'M' || suffix == 'm';
    if (kibi || mebi) {
        unit = kibi ? 1U << 10U : 1U << 20U;
        digits.remove_suffix(1);
    }
    const auto value = parse_number<std::uint64_t>(digits);
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<int>::max()); // libpcap's
    if (!value || *value == 0 || *value > most / unit) {
        throw Failure{{fmt::format("{} needs a size, not \"{}\"", option, printable(word)),
                       fmt::format("{} 64M", option)}};
    }
    return *value * unit;
}

std::string rotated_name(const std::string& path, std::uint64_t number, Timestamp time) {
    const std::filesystem::path whole(path);
    std::string stamp;
    for (const char c : to_rfc3339(time).substr(0, 19))
        if (c >= '0' && c <= '9') stamp += c;
    const std::string name =
        fmt::format("{}_{:05}_{}{}", whole.stem().string(), number, stamp, whole.extension().string());
    return (whole.parent_path() / name).string();
}

} // namespace rungs::cli
