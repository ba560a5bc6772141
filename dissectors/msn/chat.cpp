#include "dissectors/msn/chat.hpp"

#include "core/text.hpp"

namespace rungs::msn {

ChatText parse_chat_text(const Mime& mime) {
    ChatText out;
    out.text = mime.body;
    auto format = find_field(mime.headers, "X-MMS-IM-Format");
    while (!format.empty()) {
        auto value = take_until(format, ';');
        const auto name = trim(take_until(value, '='));
        value = trim(value);
        if (iequals(name, "FN")) out.font = value;
        if (iequals(name, "EF")) out.effect = value;
        if (iequals(name, "CO")) out.colour = value;
        if (iequals(name, "CS")) out.character_set = value;
        if (iequals(name, "PF")) out.pitch_family = value;
        if (iequals(name, "RL")) out.right_to_left = value == "1";
    }
    return out;
}

std::string_view typing_user(const Mime& mime) {
    return find_field(mime.headers, "TypingUser");
}

Profile parse_profile(const Mime& mime) {
    const auto field = [&](std::string_view name) { return find_field(mime.headers, name); };
    Profile out;
    out.login_time = field("LoginTime");
    out.email_enabled = field("EmailEnabled");
    out.member_id_high = field("MemberIdHigh");
    out.member_id_low = field("MemberIdLow");
    out.preferred_language = field("lang_preference");
    out.preferred_email = field("preferredEmail");
    out.country = field("country");
    out.postal_code = field("PostalCode");
    out.gender = field("Gender");
    out.kid = field("Kid");
    out.age = field("Age");
    out.birthday = field("BDayPre");
    out.wallet = field("Wallet");
    out.flags = field("Flags");
    out.client_ip = field("ClientIP");
    out.client_port = field("ClientPort");
    return out;
}

} // namespace rungs::msn
