#include "analyzer/message_store.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace rungs {
namespace {

/// Reads exactly `out.size()` octets at `position`; false at the end of the file or on an error.
bool read_exactly(int descriptor, std::uint64_t position, std::span<std::uint8_t> out) {
    while (!out.empty()) {
        const ssize_t count = ::pread(descriptor, out.data(), out.size(), static_cast<off_t>(position));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        out = out.subspan(static_cast<std::size_t>(count));
        position += static_cast<std::uint64_t>(count);
    }
    return true;
}

bool write_exactly(int descriptor, std::uint64_t position, Bytes bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(position));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        position += static_cast<std::uint64_t>(count);
    }
    return true;
}

/// A file descriptor that closes itself.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int value) : m_value(value) {}
    Descriptor(Descriptor&& other) noexcept : m_value(std::exchange(other.m_value, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(m_value, other.m_value);
        return *this;
    }
    ~Descriptor() {
        if (m_value >= 0) ::close(m_value);
    }
    [[nodiscard]] int get() const { return m_value; }
    [[nodiscard]] bool is_open() const { return m_value >= 0; }

  private:
    int m_value = -1;
};

Descriptor open_unnamed_temporary_file() {
    if (std::FILE* file = std::tmpfile()) {
        Descriptor copy(::fcntl(::fileno(file), F_DUPFD_CLOEXEC, 0));
        static_cast<void>(std::fclose(file)); // nothing was written through it
        return copy;
    }
    return {};
}

constexpr std::size_t window_octets = 64U << 10U;
constexpr std::uint64_t near_octets = 4096; ///< between two messages that are read in one go

} // namespace

struct MessageStore::State {
    struct File {
        std::string path;
        mutable Descriptor descriptor;
        mutable std::once_flag opened; ///< several threads may read
    };
    std::deque<File> files;
    std::vector<std::uint8_t> memory; ///< the first octets of the spool
    Descriptor spool;                 ///< the octets behind them
    std::uint64_t spooled = 0;
    std::size_t most_memory = spool_memory;
    bool spool_failed = false;

    /// Of a capture's file, opened at first; negative when it cannot be.
    [[nodiscard]] int descriptor_of(std::uint16_t capture) const {
        if (capture >= files.size()) return -1;
        const File& file = files[capture];
        std::call_once(file.opened, [&file] {
            file.descriptor = Descriptor(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
        });
        return file.descriptor.get();
    }
};

MessageStore::MessageStore(std::size_t memory) : m_state(std::make_unique<State>()) {
    m_state->most_memory = memory;
}
MessageStore::~MessageStore() = default;
MessageStore::MessageStore(MessageStore&&) noexcept = default;
MessageStore& MessageStore::operator=(MessageStore&&) noexcept = default;

void MessageStore::set_file(std::uint16_t index, std::string path) {
    while (m_state->files.size() <= index) m_state->files.emplace_back();
    m_state->files[index].path = std::move(path);
}

Location MessageStore::keep(const Frame& frame, Bytes message) {
    const auto begin = frame.bytes.data();
    const bool inside = !message.empty() && std::less_equal<>{}(begin, message.data()) &&
                        std::less_equal<>{}(message.data() + message.size(), begin + frame.bytes.size());
    if (!inside || frame.file_offset < 0) return copy(message);
    const auto offset = static_cast<std::uint64_t>(message.data() - begin);
    return {static_cast<std::uint64_t>(frame.file_offset) + offset,
            static_cast<std::uint32_t>(message.size()), frame.capture};
}

Location MessageStore::copy(Bytes message) {
    State& state = *m_state;
    const Location where{state.spooled, static_cast<std::uint32_t>(message.size()), Location::spooled};
    if (!state.spool.is_open() && state.memory.size() + message.size() <= state.most_memory) {
        state.memory.insert(state.memory.end(), message.begin(), message.end());
        state.spooled = state.memory.size();
        return where;
    }
    if (!state.spool.is_open() && !state.spool_failed) {
        state.spool = open_unnamed_temporary_file();
        state.spool_failed = !state.spool.is_open();
    }
    // Where no temporary file can be had the octets are lost, not the message: `read` says so.
    if (state.spool.is_open() && !write_exactly(state.spool.get(), state.spooled, message))
        state.spool_failed = true;
    state.spooled += message.size();
    return where;
}

std::uint64_t MessageStore::spooled() const {
    return m_state->spooled;
}

bool MessageStore::read(const Location& where, std::vector<std::uint8_t>& out) const {
    const State& state = *m_state;
    out.resize(where.length);
    if (where.capture == Location::spooled) {
        if (where.position() + where.length <= state.memory.size()) {
            const auto begin = state.memory.begin() + static_cast<std::ptrdiff_t>(where.position());
            std::copy(begin, begin + where.length, out.begin());
            return true;
        }
        return state.spool.is_open() && read_exactly(state.spool.get(), where.position(), out);
    }
    const int descriptor = state.descriptor_of(where.capture);
    return descriptor >= 0 && read_exactly(descriptor, where.position(), out);
}

bool MessageStore::read(const Location& where, std::vector<std::uint8_t>& out, Window& window) const {
    const auto holds = [&] {
        return window.m_capture == where.capture && where.position() >= window.m_begin &&
               where.position() + where.length <= window.m_begin + window.m_octets.size();
    };
    const bool follows = window.m_capture == where.capture && where.position() >= window.m_next &&
                         where.position() - window.m_next <= near_octets;
    if (where.capture == Location::spooled || !(holds() || (follows && fill(where, window) && holds()))) {
        window.m_octets.clear();
        window.m_capture = where.capture;
        window.m_next = where.position() + where.length;
        return read(where, out);
    }
    window.m_next = where.position() + where.length;
    const auto begin =
        window.m_octets.begin() + static_cast<std::ptrdiff_t>(where.position() - window.m_begin);
    out.assign(begin, begin + where.length);
    return true;
}

/// Reads as much as there is, from the message on; false when nothing could be read.
bool MessageStore::fill(const Location& where, Window& window) const {
    const int descriptor = m_state->descriptor_of(where.capture);
    window.m_octets.resize(window_octets);
    const ssize_t count = descriptor < 0 ? -1
                                         : ::pread(descriptor, window.m_octets.data(), window.m_octets.size(),
                                                   static_cast<off_t>(where.position()));
    window.m_octets.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    window.m_begin = where.position();
    return count > 0;
}

} // namespace rungs
