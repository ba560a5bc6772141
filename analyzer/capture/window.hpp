#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "analyzer/capture/byte_source.hpp"
#include "core/bytes.hpp"

namespace rungs::capture {

struct Buffer {
    std::unique_ptr<std::uint8_t[]> octets;
    std::size_t size = 0;
};

/// Buffers of one size that come back when the last holder (reader or FrameBatch, on any thread) lets go of
/// them.
class BufferPool : public std::enable_shared_from_this<BufferPool> {
  public:
    explicit BufferPool(std::size_t buffer_octets) : m_buffer_octets(buffer_octets) {}
    /// A buffer of at least `octets`; its content is undefined. Larger ones than usual are not kept for
    /// reuse.
    std::shared_ptr<Buffer> take(std::size_t octets);

  private:
    std::unique_ptr<Buffer> reuse_or_make(std::size_t octets);
    void give_back(std::unique_ptr<Buffer> buffer);

    static constexpr std::size_t kept = 16;
    std::size_t m_buffer_octets;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Buffer>> m_free;
};

/// What of a stream lies in memory: one buffer, of which everything before `unread()` has been handed out and
/// everything in it is to be looked at next. Frames are views into the buffer, so it is never written again
/// where something has been read; when it is full the unread rest moves to another one.
class Window {
  public:
    Window(OpenedFile file, std::size_t buffer_octets);

    /// Read and not consumed; alive as long as `buffer()` is held.
    [[nodiscard]] Bytes unread() const { return {m_buffer->octets.get() + m_begin, m_end - m_begin}; }
    /// Makes `unread()` at least `octets` long, reading as much as fits; false when the stream ends before.
    bool fill(std::size_t octets);
    void consume(std::size_t octets) { m_begin += octets; }

    /// Where `unread()` begins in the (decompressed) stream.
    [[nodiscard]] std::uint64_t offset() const { return m_offset + m_begin; }
    [[nodiscard]] const std::shared_ptr<Buffer>& buffer() const { return m_buffer; }
    [[nodiscard]] const ByteSource& source() const { return *m_file.rest; }
    [[nodiscard]] const OpenedFile& file() const { return m_file; }

  private:
    void move_to_new_buffer(std::size_t octets);

    OpenedFile m_file;
    std::shared_ptr<BufferPool> m_pool;
    std::shared_ptr<Buffer> m_buffer;
    std::size_t m_begin = 0, m_end = 0; ///< of the unread octets in the buffer
    std::uint64_t m_offset = 0;         ///< of the buffer's first octet in the stream
};

} // namespace rungs::capture
