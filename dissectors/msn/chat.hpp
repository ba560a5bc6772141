#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dissectors/msn/mime.hpp"

/// What people see of a chat: text, who is typing, and the profile that the server sends after login.
/// Views into the payload that `mime` was read from.
namespace rungs::msn {

/// text/plain; `X-MMS-IM-Format: FN=Microsoft%20YaHei; EF=B; CO=ff0000; CS=86; PF=22; RL=0`.
struct ChatText {
    std::string_view text;
    std::string_view font;   ///< FN, percent-encoded
    std::string_view effect; ///< EF: letters of B, I, S, U
    std::string_view colour; ///< CO: hexadecimal, blue first
    std::string_view character_set, pitch_family;
    bool right_to_left = false;
};
ChatText parse_chat_text(const Mime& mime);

/// text/x-msmsgscontrol: the passport that types, empty when it is not said.
std::string_view typing_user(const Mime& mime);

/// text/x-msmsgsprofile. The ticket (MSPAuth) is a secret and no field here; `Message::secrets` locates it.
struct Profile {
    std::string_view login_time, email_enabled, member_id_high, member_id_low, preferred_language;
    std::string_view preferred_email, country, postal_code, gender, kid, age, birthday, wallet, flags,
        client_ip;
    std::string_view client_port; ///< in network order, as the server writes it
};
Profile parse_profile(const Mime& mime);

} // namespace rungs::msn
