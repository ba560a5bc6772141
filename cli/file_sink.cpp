#include "cli/file_sink.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "core/text.hpp"

namespace rungs::cli {

FileSink::FileSink(int descriptor, std::string name) : m_descriptor(descriptor), m_name(std::move(name)) {
    m_buffer.reserve(buffer_octets);
}

void FileSink::write(std::string_view text) {
    if (m_buffer.size() + text.size() > buffer_octets) write_buffer();
    if (text.size() >= buffer_octets) {
        write_through(text);
    } else {
        m_buffer += text;
    }
}

void FileSink::flush() {
    write_buffer();
    if (m_error == 0) return;
    if (m_error == EPIPE) throw BrokenPipe{};
    const auto reason = std::generic_category().message(m_error);
    throw Failure{{fmt::format("{}: cannot write: {}", printable(m_name), reason), {}}};
}

void FileSink::write_buffer() {
    write_through(m_buffer);
    m_buffer.clear();
}

void FileSink::write_through(std::string_view text) {
    while (!text.empty() && m_error == 0) {
        const ssize_t written = ::write(m_descriptor, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            // Somebody made our output non-blocking (a shared terminal): wait until it takes more.
            pollfd ready{m_descriptor, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            m_error = errno;
        }
    }
}

} // namespace rungs::cli
