#include "reports/html_block.hpp"

#include <array>
#include <new>

#define ZLIB_CONST
#include <fmt/format.h>
#include <openssl/evp.h>
#include <zlib.h>

#include "core/bytes.hpp"

namespace rungs::reports {

/// gzip (RFC 1952, without name and time) in Base64 (RFC 4648), piece by piece.
class HtmlBlock::Gzip {
  public:
    explicit Gzip(Sink& sink) : m_sink(sink) {
        constexpr int gzip_window = 15 + 16;
        constexpr int memory = 8; // zlib's default
        if (deflateInit2(&m_stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, memory,
                         Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc(); // the only way it fails with these arguments
    }
    ~Gzip() { deflateEnd(&m_stream); }
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;

    void write(std::string_view text) { deflate_all(as_bytes(text), Z_NO_FLUSH); }

    void finish() {
        deflate_all({}, Z_FINISH);
        write_base64(m_count);
    }

  private:
    static constexpr std::size_t group = 48U << 10U; // a multiple of 3, so that only the last one is padded

    void deflate_all(Bytes octets, int flush) {
        m_stream.next_in = octets.data();
        m_stream.avail_in = static_cast<uInt>(octets.size());
        bool full = true;
        while (full) {
            const std::span room = std::span(m_compressed).subspan(m_count);
            m_stream.next_out = room.data();
            m_stream.avail_out = static_cast<uInt>(room.size());
            deflate(&m_stream, flush);
            m_count = group - m_stream.avail_out;
            full = m_count == group;
            if (full) write_base64(group);
        }
    }

    void write_base64(std::size_t count) {
        const int length = EVP_EncodeBlock(m_encoded.data(), m_compressed.data(), static_cast<int>(count));
        m_sink.write(as_text(Bytes(m_encoded).first(static_cast<std::size_t>(length))));
        m_count = 0;
    }

    Sink& m_sink;
    z_stream m_stream{};
    std::array<std::uint8_t, group> m_compressed{};
    std::array<std::uint8_t, group / 3 * 4 + 1> m_encoded{}; // with the NUL that OpenSSL puts at the end
    std::size_t m_count = 0;                                 ///< octets in m_compressed
};

HtmlBlock::HtmlBlock(std::string_view id, HtmlData how, Sink& sink, std::size_t plain_octets)
    : m_id(id), m_how(how), m_sink(sink), m_plain_octets(plain_octets) {
    if (how == HtmlData::plain) begin("json");
    if (how == HtmlData::gzip) compress_from_here();
}

HtmlBlock::~HtmlBlock() = default;

void HtmlBlock::begin(std::string_view type) {
    m_sink.write(fmt::format("<script type=\"application/{}\" id=\"{}\">", type, m_id));
}

void HtmlBlock::write(std::string_view text) {
    if (m_gzip != nullptr) return m_gzip->write(text);
    if (m_how == HtmlData::plain) return write_plain(text);
    m_held += text;
    if (m_held.size() > m_plain_octets) compress_from_here();
}

void HtmlBlock::compress_from_here() {
    begin("gzip");
    m_gzip = std::make_unique<Gzip>(m_sink);
    m_gzip->write(m_held);
    m_held = {};
}

/// < > & only ever stand in strings, where they may be escapes. (JsonWriter already escapes line separators.)
void HtmlBlock::write_plain(std::string_view text) {
    std::string escaped;
    escaped.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '<': escaped += "\\u003c"; break;
        case '>': escaped += "\\u003e"; break;
        case '&': escaped += "\\u0026"; break;
        default: escaped += c;
        }
    }
    m_sink.write(escaped);
}

void HtmlBlock::finish() {
    if (m_gzip != nullptr) {
        m_gzip->finish();
    } else if (m_how != HtmlData::plain) {
        begin("json");
        write_plain(m_held);
    }
    m_sink.write("</script>\n");
}

} // namespace rungs::reports
