#pragma once

#include <string>

#include <tl/expected.hpp>

namespace rungs {

/// Why something asked for could not be done: for people, complete sentences.
struct Error {
    /// What went wrong and where: "aaa.pcap: not a capture file (starts with \"PK\", a zip archive)".
    std::string message;
    /// The next thing to try; may be empty.
    std::string hint;
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string message, std::string hint = {}) {
    return tl::unexpected<Error>(Error{std::move(message), std::move(hint)});
}

} // namespace rungs
