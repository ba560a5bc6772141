#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace rungs::cli {

/// One line on standard error that says how far reading is, drawn over itself and cleared at the end. Nothing
/// is drawn in the first half second: most captures are read by then.
class Progress {
  public:
    /// `total` octets are to be read; 0 when that is not known.
    explicit Progress(std::uint64_t total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(std::uint64_t octets);
    /// The same with a text of the caller's own.
    void show(const std::string& text);

  private:
    using Clock = std::chrono::steady_clock;
    static constexpr auto first_after = std::chrono::milliseconds(500);
    static constexpr auto then_every = std::chrono::milliseconds(100);

    std::uint64_t m_total;
    Clock::time_point m_next;
    std::size_t m_drawn = 0; ///< columns that have to be cleared
};

/// "1.2 GB of 5.0 GB (24 %)", or "1.2 GB" without a total.
std::string progress_text(std::uint64_t octets, std::uint64_t total);

} // namespace rungs::cli
