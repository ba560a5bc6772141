#include "reports/html_parts.hpp"

#include <algorithm>

namespace rungs::reports {
namespace {

void add(HtmlPart& part, const HtmlPart& call) {
    part.calls.last = call.calls.last;
    if (call.messages == 0) return;
    part.first_frame = part.messages == 0 ? call.first_frame : std::min(part.first_frame, call.first_frame);
    part.last_frame = std::max(part.last_frame, call.last_frame);
    part.messages += call.messages;
}

/// A part for each call.
std::vector<HtmlPart> single_calls(const Analysis& analysis) {
    std::vector<HtmlPart> calls(analysis.calls.size());
    for (Id id = 1; id <= calls.size(); ++id) calls[id - 1].calls = {id, id};
    for (const Message& message : analysis.messages) {
        const Id call = message.dialog == 0 ? 0 : analysis.dialog(message.dialog).call;
        if (call != 0) add(calls[call - 1], {{call, call}, 1, message.frame, message.frame});
    }
    return calls;
}

} // namespace

std::vector<HtmlPart> parts_of(const Analysis& analysis, HtmlPartSizes sizes) {
    const std::size_t most = analysis.messages.size() <= sizes.whole ? analysis.messages.size() : sizes.part;
    std::vector<HtmlPart> parts(1);
    for (const HtmlPart& call : single_calls(analysis)) {
        const HtmlPart& last = parts.back();
        if (last.messages > 0 && last.messages + call.messages > most)
            parts.push_back({{call.calls.first, call.calls.first}, 0, 0, 0});
        add(parts.back(), call);
    }
    return parts;
}

} // namespace rungs::reports
