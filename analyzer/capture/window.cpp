#include "analyzer/capture/window.hpp"

#include <algorithm>
#include <utility>

namespace rungs::capture {

std::shared_ptr<Buffer> BufferPool::take(std::size_t octets) {
    auto buffer = reuse_or_make(octets);
    return {buffer.release(), [pool = shared_from_this()](Buffer* returned) {
                pool->give_back(std::unique_ptr<Buffer>(returned));
            }};
}

std::unique_ptr<Buffer> BufferPool::reuse_or_make(std::size_t octets) {
    const std::lock_guard lock(m_mutex);
    if (octets <= m_buffer_octets && !m_free.empty()) {
        auto buffer = std::move(m_free.back());
        m_free.pop_back();
        return buffer;
    }
    const std::size_t size = std::max(octets, m_buffer_octets);
    return std::make_unique<Buffer>(Buffer{std::make_unique_for_overwrite<std::uint8_t[]>(size), size});
}

void BufferPool::give_back(std::unique_ptr<Buffer> buffer) {
    const std::lock_guard lock(m_mutex);
    if (buffer->size == m_buffer_octets && m_free.size() < kept) m_free.push_back(std::move(buffer));
}

Window::Window(OpenedFile file, std::size_t buffer_octets)
    : m_file(std::move(file)), m_pool(std::make_shared<BufferPool>(buffer_octets)),
      m_buffer(m_pool->take(m_file.head.size())), m_end(m_file.head.size()) {
    std::ranges::copy(m_file.head, m_buffer->octets.get());
}

bool Window::fill(std::size_t octets) {
    if (m_end - m_begin >= octets) return true;
    if (m_buffer->size - m_begin < octets) move_to_new_buffer(octets);
    while (m_end - m_begin < octets) {
        const std::size_t count = m_file.rest->read({m_buffer->octets.get() + m_end, m_buffer->size - m_end});
        if (count == 0) return false;
        m_end += count;
    }
    return true;
}

void Window::move_to_new_buffer(std::size_t octets) {
    auto next = m_pool->take(octets);
    std::ranges::copy(unread(), next->octets.get());
    m_offset += m_begin;
    m_end -= m_begin;
    m_begin = 0;
    m_buffer = std::move(next);
}

} // namespace rungs::capture
