#pragma once

#include <cstdint>
#include <string_view>

#include "analyzer/analysis.hpp"

/// What all renderings share. A report reads an Analysis and writes text to a Sink, nothing else: the same
/// analysis and style give the same octets.
namespace rungs::reports {

/// Where a report goes, piece by piece: a file, the standard output, a string in a test.
class Sink {
  public:
    virtual ~Sink() = default;
    virtual void write(std::string_view text) = 0;
};

class StringSink final : public Sink {
  public:
    void write(std::string_view text) override { m_text += text; }
    [[nodiscard]] const std::string& text() const { return m_text; }

  private:
    std::string m_text;
};

enum class Language : std::uint8_t { en, zh_cn };

/// -t, with tshark's letters.
enum class TimeFormat : std::uint8_t {
    relative,      ///< r: seconds since the first frame of what is shown
    absolute,      ///< a: time of day, UTC
    absolute_date, ///< ad: date and time, UTC
    delta,         ///< d: since the line before
    epoch,         ///< e: seconds since 1970
};

struct TextStyle {
    bool color = false;
    bool ascii = false;   ///< nothing outside ASCII in what we draw ourselves (captured text stays)
    unsigned width = 100; ///< columns of the terminal; a guide, never cuts a label
    Language language = Language::en;
    TimeFormat time = TimeFormat::relative;
};

/// Which calls a report shows: all when empty.
struct Selection {
    std::vector<Id> calls;
    [[nodiscard]] bool all() const { return calls.empty(); }
};

} // namespace rungs::reports
