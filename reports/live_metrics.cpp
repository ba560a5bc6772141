#include <fmt/format.h>

#include "reports/live.hpp"

namespace rungs::reports {
namespace {

class Metrics {
  public:
    explicit Metrics(Sink& sink) : m_sink(sink) {}

    void begin(std::string_view name, std::string_view type, std::string_view help) {
        m_name = name;
        m_sink.write(fmt::format("# HELP rungs_{} {}\n# TYPE rungs_{} {}\n", name, help, name, type));
    }
    void value(std::uint64_t value) { m_sink.write(fmt::format("rungs_{} {}\n", m_name, value)); }
    void value(std::string_view label, std::string_view of, std::uint64_t value) {
        m_sink.write(fmt::format("rungs_{}{{{}=\"{}\"}} {}\n", m_name, label, of, value));
    }
    void one(std::string_view name, std::string_view type, std::string_view help, std::uint64_t number) {
        begin(name, type, help);
        value(number);
    }

  private:
    Sink& m_sink;
    std::string_view m_name;
};

} // namespace

void write_metrics(const live::Statistics& now, Sink& sink) {
    Metrics metrics(sink);
    metrics.one("received_packets_total", "counter", "Packets that passed the kernel's filter.",
                now.received);
    metrics.one("dropped_packets_total", "counter", "Packets that the kernel's ring had no room for.",
                now.dropped);
    metrics.one("interface_dropped_packets_total", "counter", "Packets dropped by the interface.",
                now.interface_dropped);
    metrics.begin("packets_total", "counter", "Packets analysed, by what they were.");
    for (std::size_t i = 0; i < bucket_count; ++i)
        metrics.value("kind", to_string(static_cast<Bucket>(i)), now.accounting[i]);
    metrics.one("calls_total", "counter", "Calls that began or were first seen.", now.calls);
    metrics.one("calls_in_progress", "gauge", "Calls that have not ended.", now.open);
    metrics.begin("calls_ended_total", "counter", "Calls that ended, by outcome.");
    for (std::size_t i = 0; i < live::outcome_count; ++i)
        metrics.value("outcome", to_string(static_cast<CallOutcome>(i)), now.outcomes[i]);
    metrics.one("invitations_ended_total", "counter", "MSN invitations that ended and led to no call.",
                now.invitations);
    metrics.begin("registrations_total", "counter", "Answers to REGISTER, challenges apart.");
    metrics.value("answer", "accepted", now.registrations);
    metrics.value("answer", "refused", now.registrations_refused);
    metrics.one("streams", "gauge", "RTP streams remembered.", now.streams);
    metrics.one("dialogs", "gauge", "Dialogs remembered.", now.dialogs);
    metrics.begin("given_up_total", "counter", "What made room for something newer.");
    metrics.value("what", "ended_calls", now.given_up.ended_calls);
    metrics.value("what", "open_calls", now.given_up.open_calls);
    metrics.value("what", "dialogs", now.given_up.dialogs);
    metrics.value("what", "messages", now.given_up.messages);
    metrics.value("what", "streams", now.given_up.streams);
    metrics.begin("limit_reached_total", "counter", "What lay beyond a limit of the program, by its name.");
    for (const auto& [limit, times] : now.limits) metrics.value("limit", limit, times);
}

} // namespace rungs::reports
