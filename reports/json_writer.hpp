#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/time.hpp"
#include "reports/report.hpp"

namespace rungs::reports {

/// Changes texts on their way into a document.
class TextFilter {
  public:
    virtual ~TextFilter() = default;
    /// `key` names the member that `text` (or the array it is in) is the value of.
    virtual std::string apply(std::string_view key, std::string_view text) = 0;
};

/// Characters on their way to a sink. A std::string would do; this one is appended to without a call, which
/// the small pieces of a document are worth.
class OutputBuffer {
  public:
    explicit OutputBuffer(std::size_t capacity) : m_characters(capacity) {}

    void operator+=(char c) {
        if (m_used == m_characters.size()) grow(1);
        m_characters[m_used++] = c;
    }
    void operator+=(std::string_view text) {
        if (text.size() > m_characters.size() - m_used) grow(text.size());
        std::copy(text.begin(), text.end(), m_characters.begin() + static_cast<std::ptrdiff_t>(m_used));
        m_used += text.size();
    }
    /// Room for so many characters more, to be filled; `take_back` returns what was not needed.
    std::span<char> extend(std::size_t count) {
        if (count > m_characters.size() - m_used) grow(count);
        m_used += count;
        return std::span(m_characters).subspan(m_used - count, count);
    }
    void take_back(std::size_t count) { m_used -= count; }
    void clear() { m_used = 0; }
    [[nodiscard]] std::size_t size() const { return m_used; }
    /// Alive until something is added.
    [[nodiscard]] std::string_view view() const { return {m_characters.data(), m_used}; }

  private:
    void grow(std::size_t more) { m_characters.resize(2 * m_characters.size() + more); }

    std::vector<char> m_characters;
    std::size_t m_used = 0;
};

/// Writes JSON (RFC 8259) as it comes, through a buffer: no tree, no allocation per value. The caller keeps
/// the order right (a key before each value of an object); commas are put where they belong.
///
/// Text may hold anything: controls that a terminal or an editor would obey (see `is_control`) leave as
/// `\uXXXX`, each octet that is not UTF-8 as U+FFFD. What must keep its octets is written with `base64`.
class JsonWriter {
  public:
    /// `filter`, when there is one, sees every text (not keys, times and Base64) before it is written.
    explicit JsonWriter(Sink& sink, TextFilter* filter = nullptr);
    ~JsonWriter() { flush(); }
    JsonWriter(const JsonWriter&) = delete;
    JsonWriter& operator=(const JsonWriter&) = delete;

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    /// An array with a line for each element, so that long documents can be read, grepped and compared.
    void begin_lines();
    void end_lines();
    /// Ends a document (NDJSON: one of many) with a line feed.
    void end_document();

    /// What stands between the lines of `begin_lines`, as a writer of its own wrote it after
    /// `begin_fragment`. Not empty.
    void fragment(std::string_view elements);
    /// Instead of `begin_lines`: the elements that follow will be a fragment of another writer's document.
    void begin_fragment();

    /// `name` is one of ours: plain ASCII without quotes, in static storage.
    [[gnu::always_inline]] void key(std::string_view name) { // so that each name is copied in one step
        separate();
        m_key = name;
        m_buffer += '"';
        m_buffer += name;
        m_buffer += "\":";
        m_before = Before::nothing;
    }

    [[nodiscard]] bool filtered() const { return m_filter != nullptr; }

    void null() { word("null"); }
    void value(bool boolean) { word(boolean ? "true" : "false"); }
    void value(std::string_view text);
    void value(const char* text) { value(std::string_view(text)); }
    void value(Timestamp time); ///< RFC 3339
    template <std::integral Integer>
    void value(Integer number) {
        std::array<char, 24> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        word({digits.data(), static_cast<std::size_t>(end - digits.data())});
    }
    void milliseconds(Duration duration); ///< exact, up to six decimals
    void seconds(Duration duration);      ///< exact, up to nine decimals
    /// Rounded to `decimals` (0 to 9), zeros at the end left out; null when it is no number.
    void real(double number, int decimals);
    void base64(Bytes octets); ///< RFC 4648 section 4, padded

    template <typename Value>
    void member(std::string_view name, const Value& content) {
        key(name);
        value(content);
    }
    template <std::size_t count>
    void member(std::string_view name, const char (&text)[count]) {
        key(name);
        value(std::string_view(std::data(text), count - 1));
    }
    void begin_array(std::string_view name) {
        key(name);
        begin_array();
    }
    template <typename Values>
    void array(std::string_view name, const Values& all) {
        begin_array(name);
        for (const auto& one : all) value(one);
        end_array();
    }
    /// null when there is nothing.
    template <typename Value>
    void member(std::string_view name, const std::optional<Value>& content) {
        key(name);
        content ? value(*content) : null();
    }
    /// null for an empty text.
    void text_or_null(std::string_view name, std::string_view text);
    /// null for 0, which is no id.
    void id_or_null(std::string_view name, Id id);

    /// Hands what is buffered to the sink.
    void flush();

  private:
    static constexpr unsigned max_depth = 64;

    /// What stands between what was written last and the next key or value.
    enum class Before : std::uint8_t { nothing, comma, line_feed, comma_and_line_feed };

    void open(char bracket);
    void close(char bracket);
    void separate() {
        if (m_before == Before::comma || m_before == Before::comma_and_line_feed) m_buffer += ',';
        if (m_before == Before::line_feed || m_before == Before::comma_and_line_feed) m_buffer += '\n';
    }
    /// Writes a value that needs no escapes.
    void word(std::string_view text) {
        separate();
        m_buffer += text;
        m_before = m_between;
    }
    void escaped(std::string_view text);
    std::size_t escaped_simply(std::string_view text);
    std::size_t escaped_code_point(std::string_view text);
    void unicode_escape(std::uint32_t code_unit);
    void decimal(std::int64_t number, unsigned decimals);

    Sink& m_sink;
    TextFilter* m_filter;
    std::string_view m_key; ///< the last one
    OutputBuffer m_buffer;
    std::string m_time;                         ///< the latest one, as written
    std::optional<std::int64_t> m_second;       ///< what its digits say up to the second
    std::array<Before, max_depth> m_betweens{}; ///< `m_between` of the objects and arrays around, by depth
    unsigned m_depth = 0;
    Before m_before = Before::nothing;
    Before m_between = Before::comma; ///< what stands between elements of the innermost object or array
};

} // namespace rungs::reports
