#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "analyzer/capture/fragment_memory.hpp"
#include "core/frame.hpp"
#include "core/limits/capture.hpp"
#include "core/result.hpp"

struct bpf_program;

namespace rungs::capture {

/// A libpcap filter expression, compiled for each link type that comes along, as tcpdump would run it on the
/// file.
///
/// Ports are only in the first fragment of a datagram, so the other fragments share its fate: they are kept
/// when it was kept and left out when it was left out. One that comes before its first fragment, or whose
/// first fragment is forgotten (limits::filter_datagrams) or not in the capture, is kept: too much can be
/// told apart later, too little cannot. Fragments are seen in the outermost IP header behind Ethernet (with
/// VLAN tags), Linux cooked, loopback and raw IP; elsewhere the expression alone decides.
class PacketFilter {
  public:
    explicit PacketFilter(std::string expression) : m_expression(std::move(expression)) {}

    /// Error: libpcap's text about the expression, when it makes no filter for this link type.
    Result<void> compile(LinkType link_type);
    /// False for link types that were not compiled, or could not be.
    bool keeps(const Frame& frame);

  private:
    struct FreeProgram {
        void operator()(bpf_program* program) const;
    };
    using Program = std::unique_ptr<bpf_program, FreeProgram>;

    std::string m_expression;
    std::map<LinkType, Program> m_programs;
    FragmentMemory m_fragments;
};

} // namespace rungs::capture
