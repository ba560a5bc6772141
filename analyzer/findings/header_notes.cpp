#include "analyzer/findings/header_notes.hpp"

#include <algorithm>
#include <array>

#include "core/hash.hpp"
#include "core/text.hpp"
#include "dissectors/sip/headers.hpp"

namespace rungs::findings {
namespace {

using sip::HeaderName;
using sip::Method;

constexpr std::array digest_headers{HeaderName::authorization, HeaderName::proxy_authorization,
                                    HeaderName::www_authenticate, HeaderName::proxy_authenticate};

bool is_digest_header(HeaderName name) {
    return std::ranges::find(digest_headers, name) != digest_headers.end();
}

/// Only a branch with the magic cookie has to be unique (RFC 3261 section 8.1.1.7).
std::uint64_t branch_of(const sip::Identity& identity) {
    if (!istarts_with(identity.branch, "z9hG4bK")) return 0;
    const std::array<std::uint64_t, 2> parts{TextHash{}(identity.branch), TextHash{}(identity.sent_by)};
    return seeded_hash(parts.data(), sizeof parts);
}

/// Hexadecimal, as nc is written.
std::uint32_t nonce_count_from(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

/// RFC 3261 section 10.3: each Contact's own expires counts before the Expires header.
std::uint32_t longest_binding(const sip::Message& message) {
    std::uint32_t longest = 0;
    for (const sip::Header& header : message.headers) {
        if (header.name != HeaderName::contact) continue;
        for (const std::string_view contact : sip::split_values(header.value)) {
            const auto expires = sip::find_parameter(sip::parse_name_addr(contact).parameters, "expires");
            if (expires) longest = std::max(longest, parse_number<std::uint32_t>(*expires).value_or(0));
        }
    }
    if (longest != 0 || message.find(HeaderName::contact) == nullptr) return longest;
    const sip::Header* expires = message.find(HeaderName::expires);
    return expires == nullptr ? 0 : parse_number<std::uint32_t>(expires->value).value_or(0);
}

std::uint32_t lifetime_in(const sip::Message& message) {
    if (message.status < 200 || message.status >= 300) return 0;
    if (message.method == Method::register_) return longest_binding(message);
    if (message.method != Method::invite && message.method != Method::update) return 0;
    const sip::Header* interval = message.find(HeaderName::session_expires);
    return interval == nullptr ? 0 : sip::parse_session_expires(interval->value).seconds.value_or(0);
}

std::optional<IpAddress> private_address(std::string_view host) {
    const auto address = IpAddress::parse(host);
    return address && address->is_private() ? address : std::nullopt;
}

std::optional<IpAddress> private_contact(const sip::Message& message) {
    const sip::Header* contact = message.find(HeaderName::contact);
    if (contact == nullptr) return std::nullopt;
    return private_address(sip::parse_uri(sip::parse_name_addr(contact->value).uri).host);
}

std::optional<IpAddress> private_media(const sdp::Description& description) {
    const auto in_use = std::ranges::find_if(description.media, [](const sdp::Media& media) {
        return media.port != 0 && media.connection.is_private();
    });
    return in_use == description.media.end() ? std::nullopt : std::optional(in_use->connection);
}

/// The originator's Via, on which the next element notes whence the request really came (RFC 3261 section
/// 18.2.1).
std::optional<IpAddress> sender_behind_nat(const sip::Message& message) {
    std::string_view last;
    for (const sip::Header& header : message.headers) {
        if (header.name == HeaderName::via) last = header.value;
    }
    if (last.find("received") == std::string_view::npos) return std::nullopt;
    const auto values = sip::split_values(last);
    if (values.empty()) return std::nullopt;
    const sip::Via via = sip::parse_via(values.back());
    const auto seen = IpAddress::parse(via.received);
    return seen && !seen->is_private() && !seen->is_loopback() ? private_address(via.host) : std::nullopt;
}

} // namespace

void HeaderNotes::add(Id id, const sip::Message& message, const sdp::Description* description) {
    if (m_notes.size() < id) m_notes.resize(id);
    HeaderNote& note = m_notes[id - 1];
    note.is_noted = true;
    note.branch = branch_of(message.identity);
    note.has_to_tag = !message.identity.to_tag.empty();
    if (const std::uint32_t lifetime = lifetime_in(message); lifetime != 0)
        rare_of(note).lifetime_s = lifetime;
    if (const sip::Header* header = message.find(HeaderName::max_forwards)) {
        note.max_forwards = parse_number<std::uint8_t>(header->value).value_or(0);
    }
    note_digest(note, message);
    note_addresses(note, message, description);
}

void HeaderNotes::note_digest(HeaderNote& note, const sip::Message& message) {
    const auto header = std::ranges::find_if(message.headers, is_digest_header, &sip::Header::name);
    if (header == message.headers.end()) return;
    const sip::Digest digest = sip::parse_digest(header->value);
    m_digests.push_back({TextHash{}(digest.nonce), digest.qop.empty() ? 0 : nonce_count_from(digest.nc),
                         iequals(digest.stale, "true")});
    rare_of(note).digest = static_cast<std::uint32_t>(m_digests.size());
}

void HeaderNotes::note_addresses(HeaderNote& note, const sip::Message& message,
                                 const sdp::Description* description) {
    const auto keep = [this](const std::optional<IpAddress>& address) {
        if (address) m_addresses.push_back(*address);
        return address.has_value();
    };
    const auto first = static_cast<std::uint32_t>(m_addresses.size());
    note.has_contact = keep(private_contact(message));
    note.has_media = description != nullptr && keep(private_media(*description));
    note.has_behind_nat = keep(sender_behind_nat(message));
    if (m_addresses.size() != first) rare_of(note).addresses = first;
}

const HeaderNote& HeaderNotes::of(Id id) const {
    static const HeaderNote none;
    return id <= m_notes.size() ? m_notes[id - 1] : none;
}

HeaderNotes::RareNote& HeaderNotes::rare_of(HeaderNote& note) {
    if (note.rare == 0) {
        m_rare.emplace_back();
        note.rare = static_cast<std::uint32_t>(m_rare.size());
    }
    return m_rare[note.rare - 1];
}

const HeaderNotes::RareNote& HeaderNotes::rare_of(Id id) const {
    static constexpr RareNote none;
    const std::uint32_t rare = of(id).rare;
    return rare == 0 ? none : m_rare[rare - 1];
}

std::uint32_t HeaderNotes::lifetime_of(Id id) const {
    return rare_of(id).lifetime_s;
}

const DigestNote* HeaderNotes::digest_of(Id id) const {
    const std::uint32_t digest = rare_of(id).digest;
    return digest == 0 ? nullptr : &m_digests[digest - 1];
}

AddressNote HeaderNotes::addresses_of(Id id) const {
    const HeaderNote& note = of(id);
    std::size_t next = rare_of(id).addresses;
    AddressNote addresses;
    if (note.has_contact) addresses.contact = m_addresses[next++];
    if (note.has_media) addresses.media = m_addresses[next++];
    if (note.has_behind_nat) addresses.behind_nat = m_addresses[next];
    return addresses;
}

} // namespace rungs::findings
