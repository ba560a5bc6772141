#include "analyzer/media/attach.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "dissectors/rtp/payload.hpp"

namespace rungs::media {
namespace {

Id call_of(const Analysis& analysis, Id dialog) {
    return dialog == 0 ? 0 : analysis.dialog(dialog).call;
}

void attach_streams(Analysis& analysis) {
    std::vector<std::pair<Id, Id>> by_call;
    for (Id id = 1; id <= analysis.streams.size(); ++id) {
        Stream& stream = analysis.streams[id - 1];
        stream.call = call_of(analysis, stream.dialog);
        if (stream.call != 0) by_call.emplace_back(stream.call, id);
    }
    std::sort(by_call.begin(), by_call.end());
    for (const auto& [call, stream] : by_call) {
        Range& range = analysis.make_details_of(analysis.calls[call - 1]).streams;
        if (range.count++ == 0) range.first = static_cast<std::uint32_t>(analysis.call_streams.size());
        analysis.call_streams.push_back(stream);
    }
}

std::string key_of(std::uint8_t event) {
    const auto name = rtp::key_name(event);
    return name.empty() ? fmt::format("{}", event) : std::string(name);
}

void collect_stream_keys(Analysis& analysis) {
    for (Id id = 1; id <= analysis.streams.size(); ++id) {
        const Stream& stream = analysis.streams[id - 1];
        for (const DtmfEvent& event : stream.dtmf)
            analysis.key_presses.push_back(
                {key_of(event.event), event.start, event.duration, event.frame, stream.call, id, 0});
    }
}

void collect_info_keys(Analysis& analysis, std::vector<KeyPress> keys) {
    for (KeyPress& key : keys) {
        const Message& message = analysis.message(key.message);
        if (message.relation != Relation::original) continue;
        key.start = message.time;
        key.frame = message.frame;
        key.call = call_of(analysis, message.dialog);
        analysis.key_presses.push_back(std::move(key));
    }
}

} // namespace

void attach_keys(Analysis& analysis) {
    for (CallDetails& details : analysis.call_details) details.key_presses = {};
    auto& keys = analysis.key_presses;
    std::stable_sort(keys.begin(), keys.end(), [](const KeyPress& a, const KeyPress& b) {
        return std::tie(a.call, a.start) < std::tie(b.call, b.start);
    });
    for (std::uint32_t i = 0; i < keys.size(); ++i) {
        if (keys[i].call == 0) continue;
        Range& range = analysis.make_details_of(analysis.calls[keys[i].call - 1]).key_presses;
        if (range.count++ == 0) range.first = i;
    }
}

void attach_media(Analysis& analysis, std::vector<Stream> streams, std::vector<Fax> faxes,
                  std::vector<KeyPress> info_keys) {
    analysis.streams = std::move(streams);
    analysis.faxes = std::move(faxes);
    for (Fax& fax : analysis.faxes) fax.call = call_of(analysis, fax.dialog);
    attach_streams(analysis);
    collect_stream_keys(analysis);
    collect_info_keys(analysis, std::move(info_keys));
    attach_keys(analysis);
}

} // namespace rungs::media
