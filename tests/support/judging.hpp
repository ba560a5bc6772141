#pragma once

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "analyzer/check/judge.hpp"
#include "analyzer/pipeline.hpp"
#include "tests/support/captures.hpp"

/// Captures judged by flows, as they are and as they might have been.
namespace rungs::test {

inline std::string sample(std::string_view name) {
    return fmt::format("{}/samples/{}", RUNGS_SOURCE_DIR, name);
}

inline Analysis read(const std::vector<std::string>& paths) {
    auto analysis = analyze(paths);
    REQUIRE(analysis);
    return std::move(*analysis);
}

inline std::vector<Id> all_calls(const Analysis& analysis) {
    std::vector<Id> calls(analysis.calls.size());
    for (std::size_t i = 0; i < calls.size(); ++i) calls[i] = static_cast<Id>(i + 1);
    return calls;
}

inline check::Outcome judge_file(const std::string& path, const check::Flow& flow) {
    const Analysis analysis = read({path});
    auto outcome = judge_best(analysis, all_calls(analysis), flow);
    return outcome ? std::move(*outcome) : check::Outcome{};
}

/// The packets of a little-endian pcap file, to be put together differently.
struct Packets {
    explicit Packets(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        std::stringstream content;
        content << file.rdbuf();
        const std::string octets = content.str();
        header = octets.substr(0, 24);
        for (std::size_t at = 24; at + 16 <= octets.size();) {
            std::size_t length = 0;
            for (std::size_t i = 4; i-- > 0;)
                length = length << 8U | static_cast<unsigned char>(octets[at + 8 + i]);
            records.push_back(octets.substr(at, 16 + length));
            at += 16 + length;
        }
    }
    [[nodiscard]] std::string octets() const {
        std::string all = header;
        for (const std::string& record : records) all += record;
        return all;
    }
    [[nodiscard]] std::size_t size() const { return records.size(); }
    /// Exchanges two packets; each place keeps its time.
    void swap(std::size_t a, std::size_t b) {
        std::swap(records[a], records[b]);
        const std::string time = records[a].substr(0, 8);
        records[a].replace(0, 8, records[b].substr(0, 8));
        records[b].replace(0, 8, time);
    }
    /// In nanoseconds, of a file with microseconds.
    [[nodiscard]] std::int64_t time(std::size_t i) const {
        return (number(i, 0) * 1'000'000 + number(i, 4)) * 1'000;
    }
    void set_time(std::size_t i, std::int64_t nanoseconds) {
        put(i, 0, nanoseconds / 1'000'000'000);
        put(i, 4, nanoseconds / 1'000 % 1'000'000);
    }
    /// Packet `i` comes so much later, behind all that came meanwhile.
    void delay(std::size_t i, Duration by) {
        set_time(i, time(i) + by.count());
        sort();
    }
    /// Packet `i` is sent once more so much later.
    void repeat(std::size_t i, Duration after) {
        records.push_back(records[i]);
        set_time(records.size() - 1, time(i) + after.count());
        sort();
    }
    std::string header;
    std::vector<std::string> records;

  private:
    [[nodiscard]] std::int64_t number(std::size_t record, std::size_t at) const {
        std::int64_t value = 0;
        for (std::size_t i = 4; i-- > 0;)
            value = value * 256 + static_cast<unsigned char>(records[record][at + i]);
        return value;
    }
    void put(std::size_t record, std::size_t at, std::int64_t value) {
        for (std::size_t i = 0; i < 4; ++i, value /= 256)
            records[record][at + i] = static_cast<char>(value % 256);
    }
    void sort() {
        std::vector<std::size_t> order(records.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::stable_sort(order, {}, [this](std::size_t i) { return time(i); });
        std::vector<std::string> sorted;
        for (const std::size_t i : order) sorted.push_back(std::move(records[i]));
        records = std::move(sorted);
    }
};

inline check::Verdict verdict_of(const Packets& packets, const check::Flow& flow) {
    const TemporaryFile file(packets.octets());
    return judge_file(file.path(), flow).verdict;
}

} // namespace rungs::test
