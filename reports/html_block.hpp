#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/limits/reports.hpp"
#include "reports/report.hpp"

namespace rungs::reports {

enum class HtmlData : std::uint8_t {
    automatic, ///< plain as long as it is small
    plain,
    gzip,
};

/// A block of JSON in a page that no browser interprets: plain with `< > &` as escapes, or gzip in Base64
/// once it is more than `plain_octets`. The same text gives the same octets.
class HtmlBlock final : public Sink {
  public:
    /// `id` is one of ours; `sink` outlives the block.
    HtmlBlock(std::string_view id, HtmlData how, Sink& sink,
              std::size_t plain_octets = limits::html_plain_octets);
    ~HtmlBlock() override;
    HtmlBlock(const HtmlBlock&) = delete;
    HtmlBlock& operator=(const HtmlBlock&) = delete;

    void write(std::string_view text) override;
    /// Ends the block.
    void finish();

  private:
    class Gzip;

    void begin(std::string_view type);
    void write_plain(std::string_view text);
    void compress_from_here();

    std::string m_id;
    HtmlData m_how;
    Sink& m_sink;
    std::size_t m_plain_octets;
    std::string m_held; ///< while it is open whether the block stays plain
    std::unique_ptr<Gzip> m_gzip;
};

} // namespace rungs::reports
