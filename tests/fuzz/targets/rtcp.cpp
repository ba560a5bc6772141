#include "dissectors/rtcp/packet.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace rungs;
using namespace rungs::fuzz;

namespace {

void read_reports(const rtcp::Packet& packet) {
    static_cast<void>(rtcp::sender_info(packet));
    static_cast<void>(rtcp::sender_ssrc(packet));
    for (std::size_t i = 0; i < 40; ++i) {
        const auto block = rtcp::report_block(packet, i);
        require(!block || i < packet.count, "no more reports than the count says");
        require(!block || (block->cumulative_lost >= -0x80'0000 && block->cumulative_lost <= 0x7f'ffff),
                "cumulative loss has 24 bits and a sign");
        const auto source = rtcp::bye_source(packet, i);
        require(!source || i < packet.count, "no more sources than the count says");
    }
}

void read_items(const rtcp::Packet& packet) {
    rtcp::SdesReader items(packet);
    std::size_t octets = 0;
    while (const auto item = items.next()) {
        require_inside(packet.body, item->text);
        octets += item->text.size() + 2;
        require(octets <= packet.body.size(), "items do not overlap");
    }
    rtcp::XrReader blocks(packet);
    octets = 4;
    while (const auto block = blocks.next()) {
        require_inside(packet.body, block->body);
        octets += block->body.size() + 4;
        require(octets <= packet.body.size(), "blocks do not overlap");
        static_cast<void>(rtcp::voip_metrics(*block));
    }
}

} // namespace

FUZZ_TARGET(rtcp) {
    const Probe probe = rtcp::probe(input);
    rtcp::CompoundReader compound(input);
    std::size_t left = input.size();
    bool whole = true;
    while (const auto packet = compound.next()) {
        require(compound.trailing() + 4 <= left, "a packet takes its header at least");
        left = compound.trailing();
        whole = whole && packet->issue != "rtcp-length";
        require_inside(input, packet->body);
        require_inside(packet->body, rtcp::bye_reason(*packet));
        if (const auto found = rtcp::application(*packet)) {
            require_inside(packet->body, found->name);
            require_inside(packet->body, found->data);
        }
        if (const auto found = rtcp::feedback(*packet))
            require_inside(packet->body, found->control_information);
        read_reports(*packet);
        read_items(*packet);
    }
    require(probe != Probe::certain || (whole && compound.trailing() == 0),
            "what is certainly RTCP ends where its lengths say");
}
