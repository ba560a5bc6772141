#include "reports/diagram_text.hpp"

#include <fmt/format.h>

#include "reports/terminal.hpp"
#include "reports/words.hpp"

namespace rungs::reports {

std::string heading_of(const Ladder& ladder, unsigned part) {
    return part == 1 ? fmt::format("Call {}", ladder.call) : fmt::format("Call {} ({})", ladder.call, part);
}

std::string name_of(const Participant& participant, Language language) {
    if (!participant.name.empty()) return participant.name;
    switch (participant.role) {
    case Role::caller: return std::string(word(Word::caller, language));
    case Role::callee: return std::string(word(Word::callee, language));
    case Role::proxy: return std::string(word(Word::proxy, language));
    case Role::registrar: return std::string(word(Word::registrar, language));
    case Role::other: break;
    }
    return {};
}

std::string label_of(const Rung& rung) {
    return rung.transmission > 1 ? fmt::format("{} ×{}", rung.label, rung.transmission) : rung.label;
}

std::string label_of(const BandStream& stream, Language language) {
    return fmt::format("RTP {}, {}, {}", stream.codec, counted(stream.packets, Word::packet, language),
                       format_duration(stream.end - stream.start));
}

} // namespace rungs::reports
