#include <fmt/format.h>

#include "analyzer/grade/similarity.hpp"
#include "core/text.hpp"

/// Fingerprints that are kept for next year's class.
///
///     index = "rungs.fingerprints/1" LF *( student TAB capture TAB fingerprint LF )
namespace rungs::grade {
namespace {

constexpr std::string_view schema = "rungs.fingerprints/1";

Result<Fingerprinted> read_line(std::string_view line, std::size_t number, Salt salt) {
    Fingerprinted read;
    read.student = take_until(line, '\t');
    read.capture = take_until(line, '\t');
    read.previous = true;
    auto fingerprint = fingerprint_from(line);
    if (!fingerprint)
        return fail(fmt::format("line {}: this is no fingerprint", number),
                    "take an index that was not edited");
    if (fingerprint->salt_mark != mark_of(salt))
        return fail(fmt::format("line {}: made with another salt, so that nothing can be compared", number),
                    "give the salt that the index was made with");
    read.fingerprint = std::move(*fingerprint);
    return read;
}

} // namespace

std::string to_index(std::span<const Fingerprinted> captures) {
    std::string text(schema);
    text += '\n';
    for (const Fingerprinted& capture : captures)
        text += printable(capture.student) + '\t' + printable(capture.capture) + '\t' +
                to_text(capture.fingerprint) + '\n';
    return text;
}

Result<std::vector<Fingerprinted>> from_index(std::string_view text, std::string_view label, Salt salt) {
    if (take_until(text, '\n') != schema)
        return fail(fmt::format("this is no index of fingerprints: the first line must be \"{}\"", schema),
                    "give the fingerprints that an earlier run wrote");
    std::vector<Fingerprinted> captures;
    for (std::size_t number = 2; !text.empty(); ++number) {
        auto read = read_line(take_until(text, '\n'), number, salt);
        if (!read) return tl::unexpected(read.error());
        read->student.insert(0, label);
        captures.push_back(std::move(*read));
    }
    return captures;
}

} // namespace rungs::grade
