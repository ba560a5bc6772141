#pragma once

#include <chrono>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/correlator.hpp"

/// Calls told line by line, as RFC 3665 draws them, and what the correlator makes of them:
///
///     Scene scene;
///     scene.send("ana", "ben", "INVITE");
///     scene.send("ben", "ana", "180");
///     scene.wait(3s);
///     scene.send("ben", "ana", "486");
///     CHECK(scene.call().outcome == CallOutcome::rejected);
namespace rungs {

// For doctest's messages.
inline doctest::String toString(CallOutcome outcome) {
    return {to_string(outcome).data()};
}
inline doctest::String toString(EndedBy ended_by) {
    return ended_by == EndedBy::nobody ? "nobody" : to_string(ended_by).data();
}

} // namespace rungs

namespace rungs::test {

using namespace std::chrono_literals;

/// What a message says beside its start line. Whatever is left out is what a sound stack would write.
struct Fields {
    std::string call_id = "call-1@example.com";
    unsigned cseq = 1;
    /// CSeq's method: of a request its own, of a response INVITE.
    std::string_view of = {};
    std::string caller = "ana",
                callee = "ben"; ///< users of From and To, and their tags unless these are given
    std::optional<std::string> from_tag = {};
    /// Empty in a request that begins a dialog, in a CANCEL and in a 100; else the callee's.
    std::optional<std::string> to_tag = {};
    bool by_callee = false; ///< a request of the callee: From and To change places
    /// Who wrote the Vias, top first: the requesting end when left out.
    std::vector<std::string> via = {};
    /// Of the top Via: z9hG4bK, CSeq number, its host's name and Call-ID when left out. "" for a Via without
    /// branch.
    std::optional<std::string> branch = {};
    std::string headers = {}; ///< further lines, each with its CRLF
    std::string sdp = {};
    std::uint32_t ip_id = 0;
    std::uint16_t capture = 0;
    Carrier carrier = Carrier::udp;
};

/// An offer or answer of one audio stream.
std::string audio(std::string_view session_id, std::string_view address, unsigned port);

class Scene {
  public:
    Scene() = default;
    explicit Scene(const std::vector<std::string>& link_headers) : m_correlator(m_analysis, link_headers) {}

    /// Sends a request ("BYE") or a response ("486") 10 ms after the message before. Names of hosts may end
    /// in a port, "ana:5062"; 5060 when they do not. Returns the message's id.
    Id send(const std::string& from, const std::string& to, std::string_view what, const Fields& fields = {});

    /// Sends these octets as they are.
    Id send_text(const std::string& from, const std::string& to, const std::string& text,
                 const Fields& fields = {});

    Scene& wait(Duration duration) {
        m_now = m_now + duration;
        return *this;
    }

    /// The end of the capture: everything after the first call of this is too late.
    const Analysis& end();
    /// The only call.
    const Call& call();
    const Message& message(Id id) { return end().message(id); }

    [[nodiscard]] std::string address(const std::string& host);

  private:
    Endpoint endpoint(const std::string& host);

    Analysis m_analysis;
    correlate::Correlator m_correlator{m_analysis, {"X-Call-ID", "X-CID"}};
    std::map<std::string, unsigned> m_hosts;
    Timestamp m_now{1'780'000'000'000'000'000};
    std::uint64_t m_frame = 0;
    bool m_ended = false;
};

} // namespace rungs::test
