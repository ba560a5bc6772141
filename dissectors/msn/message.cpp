#include "dissectors/msn/message.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/limits/messages.hpp"
#include "core/limits/msn.hpp"
#include "core/text.hpp"
#include "dissectors/msn/issues.hpp"
#include "dissectors/sip/uri.hpp"

namespace rungs::msn {

namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t name_size = 3;

/// A line of `text`: [begin, end) without its terminator, `next` behind it.
struct Line {
    std::size_t begin = 0, end = 0, next = 0;
    bool complete = false;
    bool bare_lf = false;
};

Line line_at(std::string_view text, std::size_t begin) {
    const auto lf = text.substr(begin, limits::msn_line_octets).find('\n');
    if (lf == npos) return {begin, text.size(), text.size(), false, false};
    const bool crlf = lf > 0 && text[begin + lf - 1] == '\r';
    return {begin, begin + lf - (crlf ? 1U : 0U), begin + lf + 1, true, !crlf};
}

bool too_long(std::string_view text, const Line& line) {
    return !line.complete && text.size() - line.begin >= limits::msn_line_octets;
}

/// The next word of a command line; moves `at` behind it. Empty at the end.
std::string_view next_word(std::string_view line, std::size_t& at) {
    while (at < line.size() && line[at] == ' ') ++at;
    const auto end = std::min(line.find(' ', at), line.size());
    const auto word = line.substr(at, end - at);
    at = end;
    return word;
}

void split_words(std::string_view line, std::vector<Parameter>& words) {
    words.clear();
    std::size_t at = name_size;
    for (auto word = next_word(line, at); !word.empty(); word = next_word(line, at)) {
        words.push_back({{}, word, static_cast<std::uint32_t>(at - word.size())});
    }
}

bool fits_word(std::string_view pattern, std::string_view word) {
    const auto rest = pattern.substr(1);
    switch (pattern.front()) {
    case '#': return std::ranges::all_of(word, is_digit);
    case '=': return word == rest;
    case '@': return word.find('@') != npos;
    case '.': return word.size() == 1 && is_alpha(word.front());
    default: return true;
    }
}

std::size_t count_words(std::string_view pattern) {
    std::size_t at = 0, count = 0;
    while (!next_word(pattern, at).empty()) ++count;
    return count;
}

std::string_view bare_name(std::string_view pattern) {
    return std::string_view("#=@.!%*").find(pattern.front()) == npos ? pattern : pattern.substr(1);
}

/// How the words of one line fit a form: calls `take(pattern, first, count)` for each word of the form.
template <typename Take>
bool fit(const CommandForm& form, std::span<const Parameter> words, Take&& take) {
    std::size_t at = 0, index = 0;
    bool optional = false;
    for (auto pattern = next_word(form.parameters, at); !pattern.empty();
         pattern = next_word(form.parameters, at)) {
        if (pattern == "|") {
            optional = true;
            continue;
        }
        if (index == words.size() || !fits_word(pattern, words[index].value)) return optional;
        std::size_t count = 1;
        if (pattern.front() == '*') {
            const auto behind = count_words(form.parameters.substr(at));
            count = std::max(words.size() - index, behind + 1) - behind;
        }
        take(pattern, index, count);
        index += count;
    }
    return true;
}

const CommandForm* fitting_form(std::string_view name, std::span<const Parameter> words) {
    for (const CommandForm& form : forms_of(name)) {
        if (fit(form, words, [](auto...) {})) return &form;
    }
    return nullptr;
}

bool is_name(std::string_view text) {
    if (text.size() < name_size) return false;
    if (text.size() > name_size && !is_blank(text[name_size])) return false;
    return !forms_of(text.substr(0, name_size)).empty();
}

/// The same while the text may still grow.
bool could_be_name(std::string_view text) {
    if (text.size() > name_size) return is_name(text);
    if (std::ranges::all_of(text, is_digit)) return true;
    return std::ranges::any_of(command_forms(),
                               [&](const CommandForm& form) { return form.name.starts_with(text); });
}

/// Commands of later versions: three capitals and a transaction or nothing.
bool is_unknown_command(std::string_view line) {
    const auto name = line.substr(0, name_size);
    const bool capitals =
        name.size() == name_size && std::ranges::all_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!capitals) return false;
    if (line.size() == name_size) return true;
    std::size_t at = name_size;
    const auto word = next_word(line, at);
    return line[name_size] == ' ' && (word.find('@') != npos || parse_number<std::uint32_t>(word));
}

enum class Answer : std::uint8_t { no, yes, unknown };

/// Is the line at `begin` one that fits a form of its command? Unknown while a stream has not brought all of
/// it.
Answer is_command_line(std::string_view text, std::size_t begin, Framing framing) {
    const auto head = text.substr(begin, name_size + 1);
    const bool more_may_come = framing == Framing::stream;
    if (head.size() < name_size + 1) return more_may_come ? Answer::unknown : Answer::no;
    if (!is_name(head)) return Answer::no;
    const Line line = line_at(text, begin);
    if (!line.complete) {
        return more_may_come && !too_long(text, line) ? Answer::unknown : Answer::no;
    }
    std::vector<Parameter> words; // only on the way back from a lie
    split_words(text.substr(begin, line.end - begin), words);
    const auto name = head.substr(0, name_size);
    return fitting_form(name, words) != nullptr ? Answer::yes : Answer::no;
}

/// Where the octets from `begin` end for want of a length: before the next command line, or after
/// limits::msn_line_octets. Nothing while a stream may still bring one.
std::optional<std::size_t> next_command(std::string_view text, std::size_t begin, Framing framing) {
    const auto limit = begin + limits::msn_line_octets;
    for (auto lf = begin == 0 ? text.find('\n') : begin - 1; lf != npos && lf + 1 < limit;
         lf = text.find('\n', lf + 1)) {
        switch (is_command_line(text, lf + 1, framing)) {
        case Answer::yes: return lf + 1;
        case Answer::unknown: return std::nullopt;
        case Answer::no: break;
        }
    }
    if (text.size() >= limit) return limit;
    if (framing == Framing::stream) return std::nullopt;
    return text.size();
}

/// Where inside [begin, end) a command may begin that a too large length swallowed, or npos. Looks at nothing
/// behind `end`, so that the answer does not depend on how a stream is cut.
std::size_t swallowed_command(std::string_view text, std::size_t begin, std::size_t end) {
    const auto payload = text.substr(0, end);
    for (auto lf = payload.find('\n', begin); lf != npos; lf = payload.find('\n', lf + 1)) {
        const auto head = payload.substr(lf + 1, name_size + 1);
        if (!head.empty() && !is_digit(head.front()) && could_be_name(head)) return lf + 1;
    }
    return npos;
}

void add_issue(Message& message, std::string_view code, Severity severity, std::size_t offset,
               std::string needed = {}, std::string found = {}) {
    if (message.issues.size() >= limits::issues) return;
    message.issues.push_back({code, severity, offset, std::move(needed), std::move(found)});
}

/// Nobody knows what the words of an unknown command are.
bool may_carry_secret(std::span<const CommandForm> forms) {
    return forms.empty() || std::ranges::any_of(forms, &CommandForm::has_secret);
}

/// Names the words as the form does; the words of a nickname with blanks become one.
void read_form(Message& out) {
    out.form = fitting_form(out.name, out.parameters);
    if (out.form == nullptr) {
        const auto forms = forms_of(out.name);
        out.command = forms.empty() ? Command::unknown : forms.front().command;
        // Words that fit no form of such a command may be a ticket: they are not quoted.
        const bool quotable = !may_carry_secret(forms);
        add_issue(out, issue::parameters, Severity::note, 0,
                  forms.empty() ? "a command of MSNP2 to MSNP15" : std::string(forms.front().parameters),
                  printable(quotable ? out.line.substr(0, 80) : out.name));
        return;
    }
    out.command = out.form->command;
    const auto text = as_text(out.bytes);
    std::vector<Parameter>& words = out.parameters;
    fit(*out.form, words, [&](std::string_view pattern, std::size_t first, std::size_t count) {
        const auto& last = words[first + count - 1];
        const auto end = last.offset + last.value.size();
        words[first].name = bare_name(pattern);
        words[first].value = text.substr(words[first].offset, end - words[first].offset);
        for (std::size_t i = first + 1; i < first + count; ++i) words[i].value = {};
    });
    std::erase_if(words, [](const Parameter& word) { return word.value.empty(); });
}

void read_transaction(Message& out) {
    if (out.command == Command::error) out.error = parse_number<std::uint16_t>(out.name).value_or(0);
    if (out.form == nullptr && !out.parameters.empty()) {
        out.transaction = parse_number<std::uint32_t>(out.parameters.front().value);
    } else {
        out.transaction = parse_number<std::uint32_t>(out.parameter("trid"));
    }
}

void add_secret(Message& out, const Parameter& word) {
    out.secrets.push_back({word.offset, static_cast<std::uint32_t>(word.value.size())});
}

/// The words that such a form calls secret or does not know; every word of a command that may carry a secret
/// when it fits no form.
void find_secrets(Message& out) {
    if (!may_carry_secret(forms_of(out.name))) return;
    std::size_t first_secret = out.parameters.size();
    if (out.form == nullptr) {
        first_secret = out.transaction ? 1 : 0;
    } else if (out.form->has_secret()) {
        fit(*out.form, out.parameters, [&](std::string_view pattern, std::size_t index, std::size_t) {
            if (pattern.front() == '!') add_secret(out, out.parameters[index]);
        });
        while (first_secret > 0 && out.parameters[first_secret - 1].name.empty()) --first_secret;
    }
    for (std::size_t i = first_secret; i < out.parameters.size(); ++i) add_secret(out, out.parameters[i]);
}

constexpr std::array<std::string_view, 2> secret_fields{"MSPAuth", "AuthCookie"};

/// The server's profile message repeats the login's ticket; who accepts a file names a cookie that gets it.
void find_payload_secrets(Message& out) {
    if (out.command != Command::msg) return;
    for (std::size_t at = 0; at < out.payload.size();) {
        const auto end = std::min(out.payload.find_first_of("\r\n", at), out.payload.size());
        auto line = out.payload.substr(at, end - at);
        const auto name = trim(take_until(line, ':'));
        const bool secret =
            std::ranges::any_of(secret_fields, [&](std::string_view field) { return iequals(field, name); });
        if (secret && !line.empty()) {
            const auto begin = end - line.size();
            out.secrets.push_back({out.payload_offset + static_cast<std::uint32_t>(begin),
                                   static_cast<std::uint32_t>(line.size())});
        }
        at = end + 1;
    }
}

bool payload_expected(const Message& message) {
    if (message.form != nullptr) return message.form->has_payload();
    return std::ranges::any_of(forms_of(message.name), &CommandForm::has_payload);
}

std::string_view length_word(const Message& message) {
    if (message.form != nullptr) return message.parameter("length");
    return message.parameters.empty() ? std::string_view{} : message.parameters.back().value;
}

/// Where the payload that begins at `begin` of `text` ends; nothing while a stream has to bring more.
std::optional<std::size_t> payload_end(std::string_view text, std::size_t begin, Framing framing,
                                       Message& out) {
    const auto word = length_word(out);
    const auto word_offset = out.parameters.empty() ? 0U : out.parameters.back().offset;
    out.payload_length = parse_number<std::uint64_t>(word);
    if (!out.payload_length || *out.payload_length > limits::message_octets) {
        const bool too_large = !word.empty() && std::ranges::all_of(word, is_digit);
        add_issue(out, too_large ? issue::length_too_large : issue::length_invalid, Severity::error,
                  word_offset,
                  too_large ? "at most " + std::to_string(limits::message_octets) : "a number of octets",
                  printable(word.substr(0, 40)));
        return next_command(text, begin, framing);
    }
    const auto end = begin + static_cast<std::size_t>(*out.payload_length);
    if (end > text.size() && framing == Framing::stream) return std::nullopt;

    auto swallowed = swallowed_command(text, begin, std::min(end, text.size()));
    if (end <= text.size()) {
        if (swallowed == npos) return end;
        // Only a length that fails at both ends is doubted: chats quote commands, too.
        const auto after = text.substr(end);
        if (after.size() <= name_size && framing == Framing::stream) return std::nullopt;
        if (after.empty() || is_name(after) || is_blank(after.front())) return end;
    }
    while (swallowed != npos) {
        const auto answer = is_command_line(text, swallowed, framing);
        if (answer == Answer::unknown) return std::nullopt;
        if (answer == Answer::yes) {
            add_issue(out, issue::length_wrong, Severity::error, word_offset,
                      std::to_string(swallowed - begin), printable(word));
            return swallowed;
        }
        swallowed = swallowed_command(text, swallowed, std::min(end, text.size()));
    }
    if (end <= text.size()) return end;
    add_issue(out, issue::payload_truncated, Severity::error, word_offset, std::string(word),
              std::to_string(text.size() - begin));
    return text.size();
}

/// Words that nobody but MSN writes so; two of them in a fitting form make a probe certain.
std::size_t evidence(const Message& message) {
    std::size_t count = 0;
    fit(*message.form, message.parameters, [&](std::string_view pattern, std::size_t, std::size_t) {
        if (pattern.front() == '@' || pattern.front() == '%') count += 2;
        if (pattern.front() == '#' || pattern.front() == '=' || pattern.front() == '.') ++count;
    });
    return count;
}

bool has_msn_version(const Message& message) {
    return message.command == Command::ver && message.line.find(" MSNP") != npos;
}

} // namespace

std::string_view Message::parameter(std::string_view parameter_name) const {
    const auto found = std::ranges::find(parameters, parameter_name, &Parameter::name);
    return found == parameters.end() ? std::string_view{} : found->value;
}

void Message::clear() {
    bytes = {};
    junk_before = 0;
    name = line = payload = {};
    command = Command::unknown;
    error = 0;
    form = nullptr;
    parameters.clear();
    transaction.reset();
    has_payload = false;
    payload_length.reset();
    payload_offset = 0;
    secrets.clear();
    issues.clear();
}

Probe probe(Bytes bytes) {
    const auto text = as_text(bytes.first(std::min(bytes.size(), 2 * limits::msn_line_octets)));
    const auto begin = text.find_first_not_of("\r\n");
    if (begin == npos || !could_be_name(text.substr(begin, name_size + 1))) return Probe::no;
    const Line line = line_at(text, begin);
    if (!line.complete) return Probe::maybe;
    Message message;
    message.bytes = bytes.subspan(begin, line.next - begin);
    message.line = text.substr(begin, line.end - begin);
    message.name = message.line.substr(0, name_size);
    split_words(message.line, message.parameters);
    read_form(message);
    if (message.form == nullptr || message.command == Command::error) return Probe::maybe;
    return evidence(message) >= 2 || has_msn_version(message) ? Probe::certain : Probe::maybe;
}

Parsed parse(Bytes bytes, Framing framing, Message& out) {
    out.clear();
    const auto text = as_text(bytes);
    const bool more_may_come = framing == Framing::stream;
    const Parsed need_more{Outcome::need_more, 0, {}};

    const auto skip = [&](std::string_view reason) -> Parsed {
        const auto end = next_command(text, 0, framing);
        return end ? Parsed{Outcome::malformed, *end, reason} : need_more;
    };
    const auto begin = text.find_first_not_of("\r\n");
    if (begin == npos || begin >= limits::msn_line_octets) return skip(issue::not_a_command);

    const Line line = line_at(text, begin);
    const auto head = text.substr(begin, name_size + 1);
    if (more_may_come && head.size() <= name_size && !line.complete) return need_more;
    const bool known = is_name(head);
    if (!line.complete && known) {
        if (too_long(text, line)) return skip(issue::line_too_long);
        if (more_may_come) return need_more;
    }
    out.line = text.substr(begin, line.end - begin);
    if (!known) {
        if (more_may_come && !line.complete && !too_long(text, line)) return need_more;
        if (!line.complete || !is_unknown_command(out.line)) {
            out.clear();
            return skip(issue::not_a_command);
        }
    }

    out.bytes = bytes.subspan(begin);
    out.junk_before = begin;
    out.name = out.line.substr(0, name_size);
    split_words(out.line, out.parameters);
    read_form(out);
    read_transaction(out);
    find_secrets(out);
    if (!line.complete) add_issue(out, issue::line_incomplete, Severity::error, out.line.size(), "CRLF");
    if (line.bare_lf) add_issue(out, issue::line_end, Severity::note, out.line.size(), "CRLF", "LF");

    std::size_t end = line.next;
    out.has_payload = payload_expected(out);
    if (out.has_payload) {
        const auto found = payload_end(text, line.next, framing, out);
        if (!found) {
            out.clear();
            return need_more;
        }
        end = *found;
        out.payload = text.substr(line.next, end - line.next);
        out.payload_offset = static_cast<std::uint32_t>(line.next - begin);
        find_payload_secrets(out);
    }
    out.bytes = bytes.subspan(begin, end - begin);
    return {Outcome::complete, end, {}};
}

std::string decode_name(std::string_view word) {
    return sip::percent_decode(word);
}

std::string redacted(const Message& message) {
    std::string text(as_text(message.bytes));
    for (const Secret& secret : message.secrets) {
        std::fill_n(text.begin() + secret.offset, secret.length, '*');
    }
    return text;
}

} // namespace rungs::msn
