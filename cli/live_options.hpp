#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/capture/live_source.hpp"
#include "analyzer/live/engine.hpp"

namespace rungs::cli {

/// -b: when a new file begins, and how many are kept; 0 is never, and all.
struct Rotation {
    std::uint64_t seconds = 0, octets = 0, files = 0;
    [[nodiscard]] bool any() const { return seconds + octets + files != 0; }
};

/// -a: when the capture ends by itself; 0 is never.
struct AutoStop {
    std::uint64_t seconds = 0, octets = 0;
};

/// Where --serve listens.
struct ServeAddress {
    std::string host;
    std::uint16_t port = 0;
};

/// What `rungs live` adds to the common options.
struct LiveOptions {
    capture::DeviceOptions device;
    live::Bounds bounds;
    bool list = false;  ///< -D
    bool lines = false; ///< no table on a terminal
    std::string record; ///< -w, empty for none
    bool calls_only = false;
    Rotation rotation;
    AutoStop stop;
    std::uint64_t interval_s = 10;
    std::vector<std::string> flows; ///< --check
    std::string metrics;            ///< --metrics, empty for none
    std::string serve;              ///< --serve, empty for none
    bool serve_anywhere = false;    ///< --serve-any
    std::string user;               ///< -Z
};

/// "duration:60", "filesize:1000" (kB), "files:5". Throws Failure, with `option` in its text.
void parse_rotation(std::string_view word, Rotation& rotation);
void parse_auto_stop(std::string_view word, AutoStop& stop);
/// "127.0.0.1:8080", "[::1]:0" (0: any port that is free). Only addresses of loopback unless `anywhere`.
/// Throws Failure.
ServeAddress parse_serve(std::string_view word, bool anywhere);
/// A number of octets: "16M", "64K", or a plain number of units of `unit` octets. Throws Failure.
std::uint64_t parse_octets(std::string_view option, std::string_view word, std::uint64_t unit);

/// The name of the `number`th file (from 1) begun at `time`, as dumpcap has it:
/// calls_00001_20261121163000.pcapng.
std::string rotated_name(const std::string& path, std::uint64_t number, Timestamp time);

} // namespace rungs::cli
