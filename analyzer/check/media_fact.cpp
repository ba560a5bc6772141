#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "analyzer/check/facts.hpp"
#include "analyzer/media/findings.hpp"

namespace rungs::check {
namespace {

using media::Stream;

/// A key that is pressed once is seen on each link; the copies come this close together.
constexpr Duration same_press = std::chrono::milliseconds(500);

/// Whether anything of the media can be in the capture at all: a capture of signalling alone has no RTP of
/// anybody, and says nothing about that of this call.
bool captured_media(const Analysis& analysis) {
    return !analysis.streams.empty() || !analysis.faxes.empty();
}

class Media {
  public:
    Media(const Analysis& analysis, const Call& call) : m_analysis(analysis) {
        for (const Id id : analysis.streams_of(call)) m_streams.push_back(&analysis.streams[id - 1]);
        for (const KeyPress& key : analysis.key_presses_of(call)) m_keys.push_back(&key);
    }

    [[nodiscard]] bool empty() const { return m_streams.empty(); }
    [[nodiscard]] std::size_t size() const { return m_streams.size(); }

    /// What `of` says of each stream, the worst of it; nothing when it says nothing of any.
    template <typename Of, typename Worse>
    [[nodiscard]] std::optional<double> worst(const Of& of, const Worse& worse) const {
        std::optional<double> found;
        for (const Stream* stream : m_streams) {
            const std::optional<double> value = of(*stream);
            if (value && (!found || worse(*value, *found))) found = value;
        }
        return found;
    }

    /// Unknown when two streams of one host go to the same port: nobody can tell one way from the other.
    [[nodiscard]] Fact two_way() const {
        bool shared_port = false;
        for (const Stream* one : m_streams) {
            for (const Stream* other : m_streams) {
                if (media::goes_back(*one, *other)) return present_fact("yes");
                shared_port = shared_port || (one != other && one->destination == other->destination &&
                                              one->source.address == one->destination.address);
            }
        }
        return shared_port ? unknown_fact(Doubt::not_checkable) : present_fact("no");
    }

    [[nodiscard]] Fact codecs() const {
        Fact fact;
        for (const Stream* stream : m_streams) {
            for (const media::PayloadTypeUse& use : stream->payload_types) {
                const std::string name = use.encoding.empty() ? fmt::format("{}", use.number) : use.encoding;
                if (std::ranges::find(fact.elements, name) == fact.elements.end())
                    fact.elements.push_back(name);
            }
        }
        for (const std::string& name : fact.elements) fact.text += (fact.text.empty() ? "" : " ") + name;
        if (!fact.elements.empty()) fact.state = Fact::State::present;
        return fact;
    }

    /// In order of time, each press once.
    [[nodiscard]] std::string keys() const {
        std::string keys;
        for (std::size_t i = 0; i < m_keys.size(); ++i) {
            const bool copy = std::any_of(m_keys.begin(), m_keys.begin() + static_cast<std::ptrdiff_t>(i),
                                          [&](const KeyPress* earlier) {
                                              return earlier->key == m_keys[i]->key &&
                                                     origin(*earlier) != origin(*m_keys[i]) &&
                                                     m_keys[i]->start - earlier->start < same_press;
                                          });
            if (!copy) keys += m_keys[i]->key;
        }
        return keys;
    }

  private:
    /// The stream, or the dialog of the INFO request.
    [[nodiscard]] std::pair<Id, Id> origin(const KeyPress& key) const {
        return {key.stream, key.message == 0 ? 0 : m_analysis.message(key.message).dialog};
    }

    const Analysis& m_analysis;
    std::vector<const Stream*> m_streams;
    std::vector<const KeyPress*> m_keys;
};

Fact number(const std::optional<double>& value) {
    return value ? present_fact(fmt::format("{:.2f}", *value)) : Fact{};
}

Fact of_streams(const Media& media, std::string_view subject) {
    if (subject == "rtp.streams") return present_fact(fmt::format("{}", media.size()));
    if (media.empty()) return subject == "rtp.two_way" ? present_fact("no") : Fact{};
    if (subject == "rtp.two_way") return media.two_way();
    if (subject == "rtp.codecs") return media.codecs();
    const auto least = std::less<double>();
    const auto most = std::greater<double>();
    if (subject == "rtp.packets") {
        const auto packets =
            media.worst([](const Stream& s) { return std::optional(static_cast<double>(s.packets)); }, least);
        return present_fact(fmt::format("{:.0f}", *packets));
    }
    if (subject == "rtp.loss")
        return number(media.worst([](const Stream& s) { return std::optional(s.loss_percent()); }, most));
    if (subject == "rtp.jitter")
        return number(media.worst([](const Stream& s) { return s.jitter_ms_mean; }, most));
    if (subject == "rtp.duration") {
        return number(
            media.worst([](const Stream& s) { return std::optional(to_seconds(s.duration())); }, least));
    }
    return number(media.worst(
        [](const Stream& s) { return s.rating ? std::optional<double>(s.rating->mos) : std::nullopt; },
        least));
}

} // namespace

Fact media_fact(const Analysis& analysis, const Call& call, std::string_view subject) {
    const Media media(analysis, call);
    // Only an answered call has media that the capture could have missed.
    const bool expected = call.outcome == CallOutcome::answered || call.outcome == CallOutcome::in_progress;
    const std::string keys = media.keys();
    if (media.empty() && keys.empty() && expected && !captured_media(analysis))
        return unknown_fact(Doubt::no_media);
    Fact fact = subject == "dtmf" ? present_fact(keys) : of_streams(media, subject);
    fact.exact = subject == "dtmf";
    fact.so_far = goes_on(call);
    return fact;
}

} // namespace rungs::check
