#pragma once

#include <string>
#include <string_view>

#include "reports/report.hpp"

namespace rungs::cli {

/// Writes to a file descriptor in large pieces. Interrupted and partial writes are continued.
/// After an error the rest is dropped: `write` is called from places that must not throw, so `flush` tells.
class FileSink final : public reports::Sink {
  public:
    /// `descriptor` stays open; `name` is for messages.
    FileSink(int descriptor, std::string name);
    void write(std::string_view text) override;
    /// Writes what is still held back. Throws BrokenPipe when the reader is gone and Failure (naming `name`)
    /// for every other error since the beginning. Not done by the destructor, where a failure could not be
    /// told.
    void flush();

  private:
    static constexpr std::size_t buffer_octets = 64U << 10U;
    void write_buffer();
    void write_through(std::string_view text);

    int m_descriptor;
    std::string m_name;
    std::string m_buffer;
    int m_error = 0; ///< the first one, as errno has it
};

} // namespace rungs::cli
