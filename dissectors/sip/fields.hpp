#pragma once

#include <bitset>
#include <cstddef>
#include <string_view>

#include "core/limits/messages.hpp"
#include "dissectors/sip/headers.hpp"
#include "dissectors/sip/issues.hpp"
#include "dissectors/sip/message.hpp"

namespace rungs::sip {

/// Notes in `message` that a rule is broken at `offset`; nothing once limits::issues are there. `found` is
/// captured text: it is shortened and made printable.
void report(Message& message, const Rule& rule, std::size_t offset, std::string_view needed = {},
            std::string_view found = {});

/// What the header fields of one message say: fills `identity`, `content_length` and `content_type` and
/// reports what is wrong with each field. The message needs its start line already, and must outlive the
/// reader.
class FieldReader {
  public:
    explicit FieldReader(Message& message, Checks checks) : m_message(message), m_checks(checks) {}

    /// Called once for each header field, in order.
    void read(const Header& header);
    /// Called after the last one: what is missing, and what must agree.
    void finish();

  private:
    void check(const Header& header);
    void read_from(const Header& header);
    void read_to(const Header& header);
    void read_call_id(const Header& header);
    void read_cseq(const Header& header);
    void read_vias(const Header& header);
    void check_via(const Header& header, const Via& via, bool top);
    void read_content_length(const Header& header, bool repeated);
    void check_address(const Header& header, std::string_view value, const NameAddr& address);
    void check_addresses(const Header& header);
    void check_contacts(const Header& header);
    void check_seconds(const Header& header, std::string_view text);
    void check_retry_after(const Header& header);
    void check_max_forwards(const Header& header);
    void check_warnings(const Header& header);
    void check_date(const Header& header);
    void check_options(const Header& header);
    void check_auth_scheme(const Header& header);
    void need(HeaderName name, std::string_view text);
    void report_at(const Header& header, const Rule& rule, std::string_view needed = {},
                   std::string_view found = {});

    Message& m_message;
    Checks m_checks;
    std::bitset<128> m_seen;
};

} // namespace rungs::sip
