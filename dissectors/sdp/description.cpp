#include "dissectors/sdp/description.hpp"

#include <algorithm>
#include <array>

#include "core/limits/messages.hpp"
#include "core/text.hpp"
#include "dissectors/rtp/payload_types.hpp"
#include "dissectors/sdp/issues.hpp"

namespace rungs::sdp {
namespace {

constexpr std::size_t shown_characters = 64; ///< of a line that an issue quotes

/// The next run of characters that are not blank; empty at the end.
std::string_view take_token(std::string_view& text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    const auto end = std::find_if(text.begin(), text.end(), is_blank);
    const auto token = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(token.size());
    return token;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

/// Letters, digits, `-` and `_`: what every registered attribute name is made of.
bool is_attribute_name(std::string_view text) {
    return !text.empty() && is_alpha(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '-' || c == '_';
    });
}

std::optional<Direction> direction_named(std::string_view name) {
    if (iequals(name, "sendrecv")) return Direction::sendrecv;
    if (iequals(name, "sendonly")) return Direction::sendonly;
    if (iequals(name, "recvonly")) return Direction::recvonly;
    if (iequals(name, "inactive")) return Direction::inactive;
    return std::nullopt;
}

bool is_security(std::string_view name) {
    return iequals(name, "crypto") || iequals(name, "fingerprint");
}
bool is_ice(std::string_view name) {
    return iequals(name, "candidate") || iequals(name, "ice-ufrag");
}

/// c= without its first two fields: the address, with its TTL when it has one.
IpAddress address_of(std::string_view connection_text) {
    return IpAddress::parse(take_until(connection_text, '/')).value_or(IpAddress{});
}

class Parser {
  public:
    Parser(std::string_view text, Description& out) : m_rest(text), m_out(out) {}

    bool run() {
        m_out.clear();
        if (const auto nul = m_rest.find('\0'); nul != m_rest.npos)
            add_issue(issue::nul, Severity::warning, nul, {}, {});
        while (!m_rest.empty()) next_line();
        finish_media();
        if (m_lines > 0) check_completeness();
        return m_lines > 0;
    }

  private:
    void next_line() {
        m_line_offset = m_offset;
        const std::size_t before = m_rest.size();
        m_line = take_until(m_rest, '\n');
        m_offset += before - m_rest.size();
        if (!m_line.empty() && m_line.back() == '\r') m_line.remove_suffix(1);
        if (trim(m_line).empty()) {
            if (!m_empty_line) m_empty_line = m_line_offset;
            return;
        }
        if (m_empty_line && m_lines > 0)
            add_issue(issue::empty_line, Severity::warning, *m_empty_line, {}, {});
        m_empty_line.reset();
        if (is_blank(m_line.front())) {
            warn(issue::leading_blank);
            while (is_blank(m_line.front())) m_line.remove_prefix(1);
        }
        read_line();
    }

    void read_line() {
        // "m = audio" is wrong, and clear all the same.
        const auto equals = m_line.find_first_not_of(" \t", 1);
        if (equals == m_line.npos || m_line[equals] != '=' || !is_alpha(m_line[0])) return stray_line();
        if (equals != 1) warn(issue::line_malformed, std::string_view("m=..., without blanks"));
        ++m_lines;
        const char type = m_line[0];
        const auto value = equals == 1 ? m_line.substr(2) : trim(m_line.substr(equals + 1));
        check_order(type);
        switch (type) {
        case 'v': return version(value);
        case 'o': return origin(value);
        case 's': return once(m_seen_session_name, m_out.session_name, value);
        case 't': return time(value);
        case 'c': return connection(value);
        case 'm': return media(value);
        case 'a': return attribute(value);
        case 'i':
            if (m_media != nullptr) m_media->title = value;
            return;
        default:
            if (!contains("uepbrzk", std::string_view(&type, 1))) warn(issue::line_type_unknown);
        }
    }

    void stray_line() {
        auto rest = m_line;
        const auto name = take_until(rest, ':');
        if (m_line.size() == name.size() || !is_attribute_name(name)) return warn(issue::line_malformed);
        warn(issue::attribute_without_a, "a=");
        attribute(m_line);
    }

    void once(bool& seen, std::string_view& field, std::string_view value) {
        if (seen) return warn(issue::line_repeated);
        seen = true;
        field = value;
    }

    void version(std::string_view value) {
        if (!m_seen_version && trim(value) != "0") warn(issue::version_unknown, "v=0");
        once(m_seen_version, m_out.version, value);
    }

    void origin(std::string_view value) {
        if (m_seen_origin) return warn(issue::line_repeated);
        m_seen_origin = true;
        Origin& o = m_out.origin;
        std::array<std::string_view, 6> fields;
        std::size_t count = 0;
        for (auto token = take_token(value); !token.empty() && count < fields.size();
             token = take_token(value))
            fields[count++] = token;
        if (count < fields.size()) {
            warn(issue::origin_malformed,
                 "username, session id, version, network type, address type, address");
            o.username = fields[0];
            // Whatever is missing, an address at the end is one.
            if (count > 1 && IpAddress::parse(fields[count - 1])) o.address = fields[count - 1];
            return;
        }
        o = {fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]};
    }

    void time(std::string_view value) {
        m_seen_time = true;
        const auto is_number = [](std::string_view token) {
            return !token.empty() && std::all_of(token.begin(), token.end(), is_digit);
        };
        const bool start = is_number(take_token(value));
        const bool stop = is_number(take_token(value));
        if (!start || !stop) warn(issue::time_malformed, "start and stop time");
    }

    void connection(std::string_view value) {
        const auto network_type = take_token(value);
        const auto address_type = take_token(value);
        auto address = take_token(value);
        if (address.empty()) {
            warn(issue::connection_malformed, "network type, address type, address");
            address = address_type.empty() ? network_type : address_type;
        }
        auto& text = m_media != nullptr ? m_media->connection_text : m_out.connection_text;
        auto& parsed = m_media != nullptr ? m_media->connection : m_out.connection;
        text = address;
        parsed = address_of(address);
    }

    void media(std::string_view value) {
        finish_media();
        m_in_media = true;
        if (m_out.media.size() == limits::sdp_media) return limit_reached(m_media_limit, issue::media_limit);
        m_media = &m_out.add_media();
        m_media->offset = m_line_offset;
        m_media->connection_text = m_out.connection_text;
        m_media->connection = m_out.connection;
        m_media->direction = m_out.direction;
        m_media->ice = m_session_ice;
        m_media->type = take_token(value);
        media_port(take_token(value));
        m_media->protocol = take_token(value);
        if (m_media->protocol.empty()) return warn(issue::media_malformed, "media, port, protocol, formats");
        m_media->secure = m_session_secure || contains(m_media->protocol, "SAVP");
        media_formats(value);
    }

    void media_port(std::string_view text) {
        auto count = text;
        const auto port = parse_number<std::uint16_t>(take_until(count, '/'));
        if (!port) warn(issue::media_port, "0 to 65535");
        m_media->port = port.value_or(0);
        m_media->port_count = parse_number<std::uint16_t>(count).value_or(1);
    }

    void media_formats(std::string_view value) {
        const bool rtp = contains(m_media->protocol, "RTP");
        m_format_of.fill(no_format);
        auto& formats = m_media->formats;
        for (auto token = take_token(value); !token.empty(); token = take_token(value)) {
            if (formats.size() == limits::sdp_formats) {
                warn(issue::format_limit);
                break;
            }
            formats.push_back({});
            formats.back().text = token;
            if (rtp) payload_type(formats.back(), formats.size() - 1);
        }
        if (formats.empty()) warn(issue::media_without_formats);
    }

    void payload_type(Format& format, std::size_t index) {
        const auto number = parse_number<std::uint8_t>(format.text);
        if (!number || *number > 127) return warn(issue::payload_type, "0 to 127", format.text);
        format.payload_type = *number;
        const auto& known = rtp::static_payload_type(*number);
        format.encoding = known.encoding;
        format.clock_rate_hz = known.clock_rate_hz;
        if (m_format_of[*number] != no_format) return warn(issue::payload_type_repeated, {}, format.text);
        m_format_of[*number] = static_cast<std::uint16_t>(index);
    }

    void attribute(std::string_view value) {
        if (m_attributes == limits::sdp_attributes)
            return limit_reached(m_attribute_limit, issue::attribute_limit);
        if (m_in_media && m_media == nullptr) return; // of media beyond the limit
        ++m_attributes;
        auto rest = value;
        const auto name = trim(take_until(rest, ':'));
        (m_media != nullptr ? m_media->attributes : m_out.attributes).push_back({name, rest});
        if (const auto direction = direction_named(name))
            (m_media != nullptr ? m_media->direction : m_out.direction) = *direction;
        else if (m_media == nullptr)
            session_attribute(name);
        else
            media_attribute(name, rest);
    }

    void session_attribute(std::string_view name) {
        m_session_secure = m_session_secure || is_security(name);
        m_session_ice = m_session_ice || is_ice(name);
    }

    void media_attribute(std::string_view name, std::string_view value) {
        if (iequals(name, "rtpmap")) return rtpmap(value);
        if (iequals(name, "fmtp")) return fmtp(value);
        if (iequals(name, "fmp")) {
            warn(issue::attribute_misspelt, "fmtp");
            return fmtp(value);
        }
        if (iequals(name, "rtcp")) return rtcp(value);
        if (iequals(name, "ptime")) return ptime(value);
        if (iequals(name, "rtcp-mux")) m_media->rtcp_mux = true;
        m_media->secure = m_media->secure || is_security(name);
        m_media->ice = m_media->ice || is_ice(name);
    }

    /// The format that rtpmap and fmtp speak of; nullptr when the m= line does not list it.
    Format* listed_format(std::string_view number) {
        const auto payload_type = parse_number<std::uint8_t>(number);
        if (!payload_type || *payload_type > 127 || m_media->formats.empty()) return nullptr;
        const auto index = m_format_of[*payload_type];
        return index == no_format ? nullptr : &m_media->formats[index];
    }

    // <payload type> <encoding name>/<clock rate>[/<encoding parameters>]
    void rtpmap(std::string_view value) {
        const auto number = take_token(value);
        auto mapping = take_token(value);
        if (mapping.empty()) return warn(issue::rtpmap_malformed);
        const auto encoding = take_until(mapping, '/');
        const auto clock_rate = parse_number<std::uint32_t>(take_until(mapping, '/'));
        if (!clock_rate || *clock_rate == 0) warn(issue::rtpmap_malformed, "a clock rate");
        auto* format = listed_format(number);
        if (format == nullptr) return note_unlisted(number);
        format->encoding = encoding;
        format->clock_rate_hz = clock_rate.value_or(0);
        format->encoding_parameters = mapping;
    }

    void fmtp(std::string_view value) {
        const auto number = take_token(value);
        if (number.empty()) return warn(issue::fmtp_malformed);
        auto* format = listed_format(number);
        if (format == nullptr) {
            if (contains(m_media->protocol, "RTP")) note_unlisted(number);
            return;
        }
        format->fmtp = trim(value);
    }

    // RFC 3605: <port> [<nettype> <addrtype> <connection-address>]
    void rtcp(std::string_view value) {
        const auto port = parse_number<std::uint16_t>(take_token(value));
        if (!port) return warn(issue::rtcp_malformed, "a port");
        m_media->rtcp = Endpoint{{}, *port};
        take_token(value);
        take_token(value);
        const auto address = take_token(value);
        if (!address.empty()) m_media->rtcp->address = IpAddress::parse(address).value_or(IpAddress{});
    }

    void ptime(std::string_view value) {
        // Some write "20.0": the whole milliseconds count.
        auto text = trim(value);
        m_media->ptime_ms = parse_number<std::uint32_t>(take_until(text, '.'));
        if (!m_media->ptime_ms) warn(issue::ptime_malformed, "milliseconds");
    }

    void finish_media() {
        if (m_media == nullptr) return;
        if (m_media->rtcp && !m_media->rtcp->address.is_set()) m_media->rtcp->address = m_media->connection;
        if (m_media->port != 0 && m_media->connection_text.empty())
            add_issue(issue::connection_missing, Severity::warning, m_media->offset, "c=", {});
        for (const Format& format : m_media->formats)
            if (format.payload_type && *format.payload_type >= 96 && format.encoding.empty())
                add_issue(issue::payload_type_unmapped, Severity::warning, m_media->offset, "a=rtpmap",
                          format.text);
        m_media = nullptr;
    }

    void check_completeness() {
        if (!m_seen_version) add_issue(issue::version_missing, Severity::error, 0, "v=0", {});
        if (!m_seen_origin) add_issue(issue::origin_missing, Severity::warning, 0, "o=", {});
        if (!m_seen_session_name) add_issue(issue::session_name_missing, Severity::warning, 0, "s=", {});
        if (!m_seen_time) add_issue(issue::time_missing, Severity::warning, 0, "t=", {});
    }

    /// RFC 8866 section 9: session lines in this order, then for each m= its own. t= and r= may alternate.
    void check_order(char type) {
        constexpr std::string_view session_order = "vosiuepcbtzka", media_order = "micbka";
        const auto order = m_in_media ? media_order : session_order;
        if (type == 'm') {
            m_rank = 0;
            return;
        }
        const auto rank = order.find(type == 'r' ? 't' : type);
        if (rank == order.npos) return;
        if (rank < m_rank && !m_order_told) {
            m_order_told = true;
            warn(issue::line_order);
        }
        m_rank = std::max(m_rank, rank);
    }

    void note_unlisted(std::string_view number) {
        add_issue(issue::payload_type_not_listed, Severity::note, m_line_offset, {}, number);
    }
    void limit_reached(bool& told, std::string_view code) {
        if (!told) warn(code);
        told = true;
    }
    void warn(std::string_view code, std::string_view needed = {}) { warn(code, needed, m_line); }
    void warn(std::string_view code, std::string_view needed, std::string_view found) {
        add_issue(code, Severity::warning, m_line_offset, needed, found);
    }
    void add_issue(std::string_view code, Severity severity, std::size_t offset, std::string_view needed,
                   std::string_view found) {
        if (m_out.issues.size() == limits::issues) return;
        m_out.issues.push_back(
            {code, severity, offset, std::string(needed), printable(found.substr(0, shown_characters))});
    }

    static constexpr std::uint16_t no_format = 0xffff;

    std::string_view m_rest;
    Description& m_out;
    std::size_t m_offset = 0;
    std::string_view m_line;
    std::size_t m_line_offset = 0;
    std::optional<std::size_t> m_empty_line; ///< offset of the first empty line since the last other one
    std::size_t m_lines = 0;                 ///< of the form x=
    std::size_t m_attributes = 0;
    std::size_t m_rank = 0;   ///< of the latest line in its order
    Media* m_media = nullptr; ///< being read; nullptr in the session part and beyond limits::sdp_media
    std::array<std::uint16_t, 128> m_format_of{}; ///< payload type -> index in m_media->formats
    bool m_in_media = false;
    bool m_seen_version = false, m_seen_origin = false, m_seen_session_name = false, m_seen_time = false;
    bool m_session_ice = false, m_session_secure = false;
    bool m_media_limit = false, m_attribute_limit = false, m_order_told = false;
};

} // namespace

std::string_view to_string(Direction direction) {
    switch (direction) {
    case Direction::unspecified: return "unspecified";
    case Direction::sendrecv: return "sendrecv";
    case Direction::sendonly: return "sendonly";
    case Direction::recvonly: return "recvonly";
    case Direction::inactive: return "inactive";
    }
    return "unspecified";
}

void Description::clear() {
    version = session_name = connection_text = {};
    origin = {};
    connection = {};
    direction = Direction::unspecified;
    attributes.clear();
    issues.clear();
    for (Media& used : media) m_spare.push_back(std::move(used));
    media.clear();
}

Media& Description::add_media() {
    Media fresh;
    if (!m_spare.empty()) {
        fresh.formats = std::move(m_spare.back().formats);
        fresh.attributes = std::move(m_spare.back().attributes);
        fresh.formats.clear();
        fresh.attributes.clear();
        m_spare.pop_back();
    }
    return media.emplace_back(std::move(fresh));
}

bool probe(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    return istarts_with(text, "v=0");
}

bool parse(std::string_view text, Description& out) {
    return Parser(text, out).run();
}

} // namespace rungs::sdp
