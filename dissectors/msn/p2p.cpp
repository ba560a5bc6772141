#include "dissectors/msn/p2p.hpp"

#include <algorithm>
#include <utility>

#include "core/limits/messages.hpp"
#include "core/limits/msn.hpp"
#include "dissectors/msn/issues.hpp"
#include "dissectors/msn/slp.hpp"

namespace rungs::msn {

namespace {

constexpr std::size_t footer_octets = 4;

void add_issue(P2pChunk& chunk, std::string_view code, std::size_t offset, std::string needed,
               std::string found) {
    chunk.issues.push_back({code, Severity::warning, offset, std::move(needed), std::move(found)});
}

} // namespace

void P2pChunk::clear() {
    auto kept = std::move(issues);
    *this = {};
    kept.clear();
    issues = std::move(kept);
}

void parse_p2p(std::string_view body, P2pChunk& out) {
    out.clear();
    if (is_slp(body)) {
        out.data = body;
        out.length = static_cast<std::uint32_t>(std::min<std::size_t>(body.size(), limits::message_octets));
        out.total_octets = out.length;
        add_issue(out, issue::p2p_header_missing, 0, std::to_string(p2p_header_octets) + " octets", "MSNSLP");
        return;
    }
    ByteCursor cursor(as_bytes(body));
    out.session_id = cursor.u32le();
    out.message_id = cursor.u32le();
    out.offset = cursor.u64le();
    out.total_octets = cursor.u64le();
    out.length = cursor.u32le();
    out.flags = cursor.u32le();
    out.acknowledged_id = cursor.u32le();
    out.acknowledged_unique_id = cursor.u32le();
    out.acknowledged_octets = cursor.u64le();
    if (cursor.failed()) {
        add_issue(out, issue::p2p_header_short, 0, std::to_string(p2p_header_octets),
                  std::to_string(body.size()));
        return;
    }
    out.has_header = true;
    const auto available = cursor.remaining();
    if (out.length > available) {
        add_issue(out, issue::p2p_length_too_large, 24, "at most " + std::to_string(available),
                  std::to_string(out.length));
    }
    // Not `offset + length > total`: the sum may wrap.
    if (out.offset > out.total_octets || out.length > out.total_octets - out.offset) {
        add_issue(out, issue::p2p_offset_past_total, 8, "at most " + std::to_string(out.total_octets),
                  std::to_string(out.offset) + " + " + std::to_string(out.length));
    }
    out.data = as_text(cursor.take(std::min<std::size_t>(out.length, available)));
    if (cursor.remaining() >= footer_octets) {
        out.application = cursor.u32();
    } else if (out.length <= available) {
        add_issue(out, issue::p2p_footer_missing, cursor.offset(), std::to_string(footer_octets),
                  std::to_string(cursor.remaining()));
    }
}

void P2pAssembler::make_room() {
    if (m_waiting.size() < limits::msn_p2p_messages) return;
    const auto oldest =
        std::ranges::min_element(m_waiting, {}, [](const auto& waiting) { return waiting.second.age; });
    m_waiting.erase(oldest);
    ++m_dropped;
}

void P2pAssembler::insert(Waiting& message, std::uint64_t offset, std::string_view data) {
    auto& pieces = message.pieces;
    while (!data.empty()) {
        const auto next = pieces.upper_bound(offset);
        if (next != pieces.begin()) {
            const auto& [begin, text] = *std::prev(next);
            if (begin + text.size() > offset) { // said before
                const auto said = std::string_view(text).substr(static_cast<std::size_t>(offset - begin));
                const auto count = std::min(said.size(), data.size());
                message.overlap = message.overlap || said.substr(0, count) != data.substr(0, count);
                data.remove_prefix(count);
                offset += count;
                continue;
            }
        }
        const auto gap = next == pieces.end() ? data.size() : static_cast<std::size_t>(next->first - offset);
        const auto count = std::min(gap, data.size());
        pieces.emplace_hint(next, offset, data.substr(0, count));
        message.received += count;
        data.remove_prefix(count);
        offset += count;
    }
}

std::optional<P2pAssembler::Assembled> P2pAssembler::add(std::string_view sender, const P2pChunk& chunk) {
    if (chunk.data.empty()) return std::nullopt;
    if (chunk.total_octets > limits::msn_p2p_message_octets) {
        if (chunk.offset == 0) ++m_dropped;
        return std::nullopt;
    }
    if (chunk.offset >= chunk.total_octets) return std::nullopt;
    const auto room = static_cast<std::size_t>(chunk.total_octets - chunk.offset);
    const auto data = chunk.data.substr(0, room);
    if (data.size() == chunk.total_octets) {
        return Assembled{std::string(data), chunk.session_id, chunk.message_id, {}};
    }

    const Key key{std::string(sender), chunk.session_id, chunk.message_id};
    auto found = m_waiting.find(key);
    if (found != m_waiting.end() && found->second.total != chunk.total_octets) {
        m_waiting.erase(found); // the identifier is used again for another message
        ++m_dropped;
        found = m_waiting.end();
    }
    if (found == m_waiting.end()) {
        make_room();
        found = m_waiting.emplace(key, Waiting{chunk.total_octets, 0, m_next_age++, false, {}}).first;
    }
    Waiting& message = found->second;
    insert(message, chunk.offset, data);
    if (message.received < message.total) return std::nullopt;

    Assembled whole{{}, chunk.session_id, chunk.message_id, {}};
    whole.data.reserve(static_cast<std::size_t>(message.total));
    for (const auto& [offset, piece] : message.pieces) whole.data += piece;
    if (message.overlap) whole.issues.push_back({issue::p2p_overlap, Severity::warning, 0, {}, {}});
    m_waiting.erase(found);
    return whole;
}

} // namespace rungs::msn
