#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "analyzer/analysis.hpp"
#include "dissectors/sip/message.hpp"

/// The fields of the filter language: what they are called and what a message has for them.
namespace rungs::filter {

enum class Field : std::uint8_t {
    frame_number,
    frame_time_relative,
    ip,
    ip_address,
    ip_source,
    ip_destination,
    ipv6,
    ipv6_address,
    ipv6_source,
    ipv6_destination,
    udp,
    udp_port,
    udp_source_port,
    udp_destination_port,
    tcp,
    tcp_port,
    tcp_source_port,
    tcp_destination_port,
    sip,
    sip_method,
    sip_status_code,
    sip_call_id,
    sip_from_user,
    sip_to_user,
    sip_cseq_method,
    sdp,
    msnms,
    call_id,
    call_kind,
    call_outcome,
};

enum class Type : std::uint8_t {
    presence, ///< a protocol: there or not
    number,
    seconds,
    text,
    word, ///< text out of a known list
    ipv4,
    ipv6,
};

struct FieldInfo {
    Field field;
    std::string_view name; ///< Wireshark's, where Wireshark has it
    Type type;
    std::uint64_t maximum = 0;                          ///< of a number
    std::vector<std::string_view> (*words)() = nullptr; ///< the list of a word
};

std::span<const FieldInfo> fields();
/// Case counts, as in Wireshark. Static storage.
const FieldInfo* find_field(std::string_view name);

using Value = std::variant<std::uint64_t, double, std::string_view, IpAddress>;

/// What a message has for a field: nothing, one value, or two (`ip.addr` is source and destination).
class Values {
  public:
    void add(Value value) { m_values[m_count++] = value; }
    [[nodiscard]] std::span<const Value> all() const { return std::span(m_values).first(m_count); }

  private:
    std::array<Value, 2> m_values;
    std::size_t m_count = 0;
};

/// Reads fields of one message after the other.
class MessageFields {
  public:
    explicit MessageFields(const Analysis& analysis);

    /// Makes `message` the one that is read.
    void look_at(Id message);

    /// Texts in it live until the next `look_at`, or as long as the analysis.
    [[nodiscard]] Values get(Field field);

  private:
    [[nodiscard]] const Message& message() const { return m_analysis.message(m_id); }
    [[nodiscard]] const Call* call() const;
    std::string_view call_id_text();
    /// The message's octets read and parsed again, once for each message.
    const sip::Message& parsed();
    void add_addresses(Values& values, bool v6, bool source, bool destination) const;
    void add_ports(Values& values, bool udp, bool source, bool destination) const;
    void add_text(Values& values, std::string_view text) const;
    void add_presence(Values& values, bool present) const;

    const Analysis& m_analysis;
    Timestamp m_first;
    Id m_id = 0;
    bool m_is_parsed = false;
    std::vector<std::uint8_t> m_octets;
    sip::Message m_parsed;
};

} // namespace rungs::filter
