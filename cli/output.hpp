#pragma once

#include <string>
#include <vector>

#include "cli/file_sink.hpp"

namespace rungs::cli {

/// Where a report goes (-o). A file appears whole or not at all: it is written beside its place under another
/// name and takes its name in `finish`. What is no regular file (a device, a pipe) is written to directly.
class Output {
  public:
    /// `path` "-" is standard output. `inputs` are never overwritten. Throws Failure.
    Output(const std::string& path, const std::vector<std::string>& inputs);
    /// Without `finish`, what was written so far is removed.
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    [[nodiscard]] reports::Sink& sink() { return m_sink; }
    [[nodiscard]] int descriptor() const { return m_descriptor; }
    /// All of it is there under its name, and on the disk unless `durable` is false: for one of very many
    /// files. Throws Failure or BrokenPipe.
    void finish(bool durable = true);

  private:
    int open(const std::string& path, const std::vector<std::string>& inputs);
    int open_temporary();

    std::string m_path;   ///< as given
    std::string m_target; ///< what gets replaced: `path` with links followed; empty when written to directly
    std::string m_temporary; ///< what is removed unless finished; empty when there is none
    int m_descriptor;
    FileSink m_sink;
};

} // namespace rungs::cli
