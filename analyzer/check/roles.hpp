#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/check/flow.hpp"

/// Who plays which role of a flow in a call, and which links of the call the flow looks at.
namespace rungs::check {

/// Roles that the user fixed: name and address (--role caller=10.0.0.5).
using FixedRoles = std::map<std::string, IpAddress>;

/// A message as the flow sees it.
struct Direction {
    RoleIndex from = any_role, to = any_role;
};

struct Bound {
    std::string address; ///< "192.0.2.1", "127.0.0.1:5060", empty when nobody plays it
    bool fixed = false;  ///< by the user; else inferred
};

/// Decides for each message of one call between which roles it went. By position the first role is the
/// sender of the first request and the last one who finally got it; those between are all that lies between.
/// Where a flow of three roles meets a capture with one link, the Via fields tell which link it is.
/// A flow of two roles looks at the caller's link when the second is a server ("proxy", "server",
/// "registrar", "pbx"), else end to end.
class Cast {
  public:
    /// `messages`: of the call, ascending. Analysis and flow stay alive.
    Cast(const Analysis& analysis, const Flow& flow, const Call& call, const std::vector<Id>& messages,
         const FixedRoles& fixed);

    /// Nothing when the flow does not look at that link.
    [[nodiscard]] std::optional<Direction> direction_of(Id message) const;
    [[nodiscard]] bool end_to_end() const { return m_view == View::end_to_end; }
    /// One for each role of the flow.
    [[nodiscard]] const std::vector<Bound>& bound() const { return m_bound; }

  private:
    enum class View : std::uint8_t { end_to_end, caller_link, both_links, devices };

    void infer_ends(const Call& call, const std::vector<Id>& messages);
    void infer_invitation(const Message& first);
    void bind_devices(const std::vector<Id>& messages);
    void name_by_port(const std::vector<Id>& messages);
    void name_middle(const std::vector<Id>& messages);
    void find_only_link(const std::vector<Id>& messages);
    void fix(const FixedRoles& fixed);
    void learn_directions(const std::vector<Id>& messages);
    /// True for what goes the way of the first request: from the caller's side, as request or as response.
    [[nodiscard]] bool forward(const Message& message) const;
    [[nodiscard]] Endpoint device(EndpointId id) const;

    const Analysis& m_analysis;
    const Flow& m_flow;
    View m_view = View::end_to_end;
    bool m_by_port = false; ///< all on one address: the ports tell the devices apart
    Endpoint m_first, m_last;
    /// With both_links: only one of the two is in the capture.
    enum class Only : std::uint8_t { neither, caller_link, callee_link };
    Only m_only = Only::neither;
    bool m_has_ends = false;
    std::map<Id, Id> m_request_of; ///< transaction to its first request
    std::map<Id, bool> m_last_of_chain;
    std::map<Endpoint, RoleIndex> m_devices;
    std::vector<Bound> m_bound;
};

} // namespace rungs::check
