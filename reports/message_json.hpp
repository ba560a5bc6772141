#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis.hpp"
#include "reports/json_writer.hpp"
#include "reports/message_detail.hpp"

namespace rungs::reports {

/// Writes messages as JSON, each read again from where its octets stand.
class MessageJson {
  public:
    /// `endpoints` has their texts by EndpointId, `invitations` the invitation of a dialog. All of them, and
    /// the writer, must outlive it.
    MessageJson(const Analysis& analysis, const std::vector<std::string>& endpoints,
                const std::map<Id, Id>& invitations, JsonWriter& json)
        : m_analysis(analysis), m_endpoints(endpoints), m_invitations(invitations), m_json(json),
          m_reader(analysis, Reading::outline) {}

    /// What stands between the braces of an object.
    void write_members(Id id, const Message& message);

  private:
    void start_line(const Message& message, const MessageDetail& detail);
    void cseq(const Message& message, const MessageDetail& detail);
    void related(std::string_view name, const Message& message, Relation relation);
    void description(const sdp::Description& session);
    void media_object(const sdp::Media& media);
    void invitation_body(const Message& message, const msn::Invitation& body);
    void media_names(std::string_view name, const std::vector<std::string_view>& tokens);
    void issues(const MessageDetail& detail);
    void issue_object(const Issue& issue, std::size_t offset);
    void octets(const MessageDetail& detail);

    const Analysis& m_analysis;
    const std::vector<std::string>& m_endpoints;
    const std::map<Id, Id>& m_invitations;
    JsonWriter& m_json;
    MessageReader m_reader;
};

} // namespace rungs::reports
