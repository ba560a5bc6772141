#include "dissectors/msn/invitation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base64.hpp"
#include "core/limits/messages.hpp"
#include "core/text.hpp"
#include "dissectors/msn/issues.hpp"

namespace rungs::msn {

namespace {

struct KnownGuid {
    std::string_view guid;
    Application application;
};

constexpr std::array guids{
    KnownGuid{"02D3C01F-BF30-4825-A83A-DE7AF41648AA", Application::audio},
    KnownGuid{"5D3E02AB-6190-11D3-BBBB-00C04F795683", Application::file_transfer},
    KnownGuid{"56B994A7-380F-410B-9985-C809D78C1BDC", Application::remote_assistance}, // asks for it
    KnownGuid{"703EA1A8-D73E-43E3-852C-EE85B5D872C2", Application::remote_assistance}, // offers it
    KnownGuid{"F1B1920C-6A3C-4CE7-B18C-AFAB305FD03D", Application::application_sharing},
    KnownGuid{"2A23868E-B45F-401D-B8B0-1E16B774A5B7", Application::webcam},
    KnownGuid{"4BD96FC0-AB17-4425-A14A-439185962DC8", Application::webcam}, // shows one's own
    KnownGuid{"1C9AA97E-9C05-4583-A3BD-908A196F1E92", Application::webcam}, // asks for the other's
    KnownGuid{"A4268EEC-FEC5-49E5-95C3-F126696BDBF6", Application::display_picture},
    KnownGuid{"6A13AF9C-5308-4F35-923A-67E8DDA40C2F", Application::activity},
    KnownGuid{"1DF57D09-637A-4CA5-91B9-2C3EDAAF62FE", Application::ink},
    KnownGuid{"41D3E74E-04A2-4B37-96F8-08ACDB610874", Application::photo_sharing},
};

InvitationCommand command_from(std::string_view text) {
    if (iequals(text, "INVITE")) return InvitationCommand::invite;
    if (iequals(text, "ACCEPT")) return InvitationCommand::accept;
    if (iequals(text, "CANCEL")) return InvitationCommand::cancel;
    if (iequals(text, "CONTEXT")) return InvitationCommand::context;
    return InvitationCommand::unknown;
}

CancelCode cancel_code_from(std::string_view text) {
    if (text.empty()) return CancelCode::none;
    if (iequals(text, "REJECT")) return CancelCode::reject;
    if (iequals(text, "REJECT_NOT_INSTALLED")) return CancelCode::reject_not_installed;
    if (iequals(text, "TIMEOUT")) return CancelCode::timeout;
    if (iequals(text, "FTTIMEOUT")) return CancelCode::transfer_timeout;
    if (iequals(text, "OUTBANDCANCEL")) return CancelCode::out_of_band;
    return CancelCode::other;
}

std::optional<bool> read_flag(std::string_view text) {
    if (iequals(text, "TRUE")) return true;
    if (iequals(text, "FALSE")) return false;
    return std::nullopt;
}

/// `Requested:SIP_A,;Capabilities:SIP_A,SIP_V,;`
void read_context_data(std::string_view context, Invitation& out) {
    while (!context.empty()) {
        auto list = take_until(context, ';');
        const auto name = trim(take_until(list, ':'));
        auto* media = iequals(name, "Requested")      ? &out.requested
                      : iequals(name, "Capabilities") ? &out.capabilities
                                                      : nullptr;
        while (media != nullptr && !list.empty() && media->size() < limits::sdp_media) {
            const auto token = trim(take_until(list, ','));
            if (!token.empty()) media->push_back(token);
        }
    }
}

std::optional<Endpoint> read_endpoint(std::string_view address, std::string_view port) {
    if (const auto endpoint = parse_endpoint(address)) return endpoint;
    const auto ip = IpAddress::parse(address);
    if (!ip) return std::nullopt;
    return Endpoint{*ip, parse_number<std::uint16_t>(port).value_or(0)};
}

class Reader {
  public:
    explicit Reader(Invitation& out) : m_out(out) {}

    void add_line(std::string_view line, std::size_t offset) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) {
            add_issue(issue::invitation_field, offset, "Name: value", printable(line.substr(0, 40)));
            return;
        }
        add({trim(line.substr(0, colon)), trim(line.substr(colon + 1)), static_cast<std::uint32_t>(offset)});
    }

    void add(const Field& field) {
        if (m_out.fields.size() < limits::headers) {
            m_out.fields.push_back(field);
        } else if (!std::exchange(m_too_many, true)) {
            add_issue(issue::invitation_fields_too_many, field.offset,
                      "at most " + std::to_string(limits::headers));
        }
    }

    /// The first field of that name; another value in a second one is worth saying.
    std::string_view take(std::string_view name) {
        const Field* found = nullptr;
        for (const Field& field : m_out.fields) {
            if (!iequals(field.name, name)) continue;
            if (found == nullptr) {
                found = &field;
            } else if (field.value != found->value) {
                add_issue(issue::invitation_field_repeated, field.offset, std::string(name),
                          printable(field.value.substr(0, 40)));
                break;
            }
        }
        m_offset = found == nullptr ? 0 : found->offset;
        return found == nullptr ? std::string_view{} : found->value;
    }

    /// Offset of the field that `take` found last.
    [[nodiscard]] std::size_t offset() const { return m_offset; }

    void add_issue(std::string_view code, std::size_t offset, std::string needed = {},
                   std::string found = {}) {
        if (m_out.issues.size() >= limits::issues) return;
        m_out.issues.push_back({code, Severity::warning, offset, std::move(needed), std::move(found)});
    }

  private:
    Invitation& m_out;
    std::size_t m_offset = 0;
    bool m_too_many = false;
};

void read_addresses(Reader& reader, Invitation& out) {
    out.port_text = reader.take("Port");
    out.address_text = reader.take("IP-Address");
    if (!out.address_text.empty()) {
        out.address = read_endpoint(out.address_text, out.port_text);
        if (!out.address) {
            reader.add_issue(issue::invitation_address, reader.offset(), "address:port",
                             printable(out.address_text.substr(0, 60)));
        }
    }
    out.enc64_text = reader.take("IP-Address-Enc64");
    if (out.enc64_text.empty()) return;
    const auto decoded = base64_decode(out.enc64_text);
    if (!decoded) {
        reader.add_issue(issue::invitation_enc64, reader.offset(), "Base64",
                         printable(out.enc64_text.substr(0, 60)));
        return;
    }
    out.enc64_address = read_endpoint(trim(*decoded), out.port_text);
    const bool same = out.address && out.enc64_address ? *out.address == *out.enc64_address
                                                       : trim(*decoded) == out.address_text;
    if (!same) {
        reader.add_issue(issue::invitation_mismatch, reader.offset(),
                         printable(out.address_text.substr(0, 60)),
                         printable(std::string_view(*decoded).substr(0, 60)));
    }
}

} // namespace

std::string_view to_string(Application application) {
    switch (application) {
    case Application::unknown: return "";
    case Application::audio: return "audio";
    case Application::file_transfer: return "file transfer";
    case Application::remote_assistance: return "remote assistance";
    case Application::application_sharing: return "application sharing";
    case Application::webcam: return "webcam";
    case Application::display_picture: return "display picture";
    case Application::activity: return "activity";
    case Application::ink: return "handwriting";
    case Application::photo_sharing: return "photo sharing";
    }
    return "";
}

Application application_from_guid(std::string_view guid) {
    if (guid.starts_with('{')) guid.remove_prefix(1);
    if (guid.ends_with('}')) guid.remove_suffix(1);
    const auto* found =
        std::ranges::find_if(guids, [&](const KnownGuid& known) { return iequals(known.guid, guid); });
    return found == guids.end() ? Application::unknown : found->application;
}

std::string_view media_name(std::string_view token) {
    if (iequals(token, "SIP_A")) return "audio";
    if (iequals(token, "SIP_V")) return "video";
    return token;
}

void Invitation::clear() {
    auto kept_fields = std::move(fields);
    auto kept_requested = std::move(requested);
    auto kept_capabilities = std::move(capabilities);
    auto kept_issues = std::move(issues);
    *this = {};
    kept_fields.clear();
    kept_requested.clear();
    kept_capabilities.clear();
    kept_issues.clear();
    fields = std::move(kept_fields);
    requested = std::move(kept_requested);
    capabilities = std::move(kept_capabilities);
    issues = std::move(kept_issues);
}

void parse_invitation(const Mime& mime, Invitation& out) {
    out.clear();
    Reader reader(out);
    for (const Field& header : mime.headers) {
        const bool about_mime = iequals(header.name, "MIME-Version") || iequals(header.name, "Content-Type");
        if (!about_mime) reader.add(header);
    }
    std::string_view rest = mime.body;
    while (!rest.empty()) {
        const auto offset = mime.body_offset + (mime.body.size() - rest.size());
        const auto line = take_line(rest);
        if (!trim(line).empty()) reader.add_line(line, offset);
    }

    out.application_name = reader.take("Application-Name");
    out.application_guid = reader.take("Application-GUID");
    out.application = application_from_guid(out.application_guid);
    out.session_protocol = reader.take("Session-Protocol");
    out.session_id = reader.take("Session-ID");
    out.context_data = reader.take("Context-Data");
    read_context_data(out.context_data, out);
    out.conn_type = reader.take("Conn-Type");
    out.sip_capability = reader.take("Sip-Capability");
    out.private_ip = reader.take("Private-IP");
    out.public_ip = reader.take("Public-IP");
    out.upnp = read_flag(reader.take("UPnP"));
    out.launch_application = read_flag(reader.take("Launch-Application"));
    out.request_data = reader.take("Request-Data");
    out.file_name = reader.take("Application-File");
    out.file_octets = parse_number<std::uint64_t>(reader.take("Application-FileSize"));
    out.cancel_code_text = reader.take("Cancel-Code");
    out.cancel_code = cancel_code_from(out.cancel_code_text);
    read_addresses(reader, out);

    out.cookie = reader.take("Invitation-Cookie");
    if (out.cookie.empty()) reader.add_issue(issue::invitation_cookie_missing, mime.body_offset);
    out.command_text = reader.take("Invitation-Command");
    out.command = command_from(out.command_text);
    if (out.command == InvitationCommand::unknown) {
        reader.add_issue(issue::invitation_command, reader.offset(), "INVITE, ACCEPT, CANCEL or CONTEXT",
                         printable(out.command_text.substr(0, 40)));
    }
}

} // namespace rungs::msn
