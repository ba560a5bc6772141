#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of MSN Messenger conversations: name, unit, default. When one is reached the report says so under
/// the same name; docs/limits.md lists them for users and tests stand on both sides of each.
namespace rungs::limits {

inline constexpr std::size_t msn_line_octets = 8'192;             ///< a line; the search for the next command
inline constexpr std::size_t msn_p2p_messages = 256;              ///< waiting for chunks at once
inline constexpr std::size_t msn_p2p_message_octets = 64U << 10U; ///< put together from chunks
inline constexpr std::size_t msn_invitations = 65'536;            ///< followed
inline constexpr std::size_t msn_invitation_events = 64;          ///< messages that one is judged by
inline constexpr std::size_t msn_copies = 65'536;                 ///< payloads whose copies are looked for
inline constexpr std::size_t msn_participants = 64;               ///< of a switchboard session
inline constexpr std::size_t msn_passports = 65'536;              ///< whose nicknames are kept

} // namespace rungs::limits
