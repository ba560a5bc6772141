#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/issue.hpp"
#include "core/limits/messages.hpp"
#include "core/limits/msn.hpp"
#include "dissectors/dissector.hpp"
#include "dissectors/msn/commands.hpp"

/// The MSN Messenger protocol (MSNP2 to MSNP15), as notification and switchboard servers speak it.
///
///     message = name *( SP word ) CRLF [ payload ]
///     name    = three letters, or three digits (an error)
///
/// Which commands have a payload, and what their words are called, is the table of commands.cpp; the last
/// word of a command with a payload is its length in octets. Every view points into the octets given to
/// `parse`, or into static storage, and lives as long as those octets do.
namespace rungs::msn {

struct Parameter {
    std::string_view name;    ///< as the command's form calls it; empty for words that it does not know
    std::string_view value;   ///< as written: nicknames are percent-encoded or raw, see `decode_name`
    std::uint32_t offset = 0; ///< octets from the start of the message
};

/// Octets that outputs replace unless told otherwise: tickets, password hashes, cookies.
struct Secret {
    std::uint32_t offset = 0; ///< from the start of the message
    std::uint32_t length = 0;
};

struct Message {
    /// From the name of the command to the end of the payload.
    Bytes bytes;
    /// Octets of blank lines that stood before the command.
    std::size_t junk_before = 0;

    std::string_view name; ///< "MSG", "911"
    Command command = Command::unknown;
    std::uint16_t error = 0; ///< the number, for Command::error
    /// The form that the words fit, or nullptr. It tells the client's MSG from the server's.
    const CommandForm* form = nullptr;
    std::string_view line; ///< the whole command line, without its end
    std::vector<Parameter> parameters;
    std::optional<std::uint32_t> transaction;

    bool has_payload = false;
    std::optional<std::uint64_t> payload_length; ///< as announced
    std::string_view payload;                    ///< as delimited; may differ from what was announced
    std::uint32_t payload_offset = 0;            ///< from the start of the message

    std::vector<Secret> secrets; ///< by offset
    std::vector<Issue> issues;   ///< at most limits::issues

    /// The value of the parameter called `name` in the table, empty when there is none.
    [[nodiscard]] std::string_view parameter(std::string_view parameter_name) const;
    /// Empties it for the next message; keeps the vectors' capacity, so a parser that reuses it does not
    /// allocate.
    void clear();
};

/// Looks at the first line only (after blank lines). `certain`: it fits a form with words that only MSN
/// writes so. `maybe`: the name of a command, or the beginning of one.
Probe probe(Bytes bytes);

/// Reads one message from the front of `bytes` into `out` (cleared first).
///
/// Stream: `need_more` until line and payload are there. A length that is no number, or past
/// limits::message_octets, is an issue; the payload then ends where the next line fits a command. A payload
/// that swallowed the next command, and after which none begins, is cut there. Octets that are no command are
/// `malformed` and skipped up to the next line that is one, limits::msn_line_octets at a time.
/// All of this depends on the octets alone, never on how segments cut them.
/// Datagram (also for what is left at the end of a stream): never `need_more`; several messages may stand in
/// one, so ask again behind `consumed`.
Parsed parse(Bytes bytes, Framing framing, Message& out);

/// A nickname or group name as people read it: percent-escapes resolved. The octets may be no UTF-8 and may
/// hold controls, so print it with `printable`.
std::string decode_name(std::string_view word);

/// The octets of `message` with each octet of a secret replaced by '*': same length, same offsets.
std::string redacted(const Message& message);

} // namespace rungs::msn
