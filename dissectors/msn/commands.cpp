#include "dissectors/msn/commands.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace rungs::msn {

namespace {

using enum ServerKind;
using enum Writer;
using C = Command;

// clang-format off
constexpr std::array forms{
    CommandForm{"ACK", C::ack, switchboard,  server, "#trid"},
    CommandForm{"ADC", C::adc, notification, either, "#trid list | contact nickname group"},
    CommandForm{"ADD", C::add, notification, server, "#trid list #version @passport nickname | group"},
    CommandForm{"ADD", C::add, notification, client, "#trid list @passport nickname | group"},
    CommandForm{"ADG", C::adg, notification, either, "#trid name | id"},
    CommandForm{"ADL", C::adl, notification, server, "#trid =OK"},
    CommandForm{"ADL", C::adl, notification, either, "#trid %length"},
    CommandForm{"ANS", C::ans, switchboard,  server, "#trid =OK"},
    CommandForm{"ANS", C::ans, switchboard,  client, "#trid @passport !cookie #session"},
    CommandForm{"BLP", C::blp, notification, either, "#trid #version setting"},
    CommandForm{"BLP", C::blp, notification, either, "#trid setting"},
    CommandForm{"BLP", C::blp, notification, server, "setting"},
    CommandForm{"BPR", C::bpr, notification, server, "#version @passport property | value"},
    CommandForm{"BPR", C::bpr, notification, server, "property | value"},
    CommandForm{"BYE", C::bye, switchboard,  server, "@passport | #idle"},
    CommandForm{"CAL", C::cal, switchboard,  server, "#trid =RINGING #session"},
    CommandForm{"CAL", C::cal, switchboard,  client, "#trid @passport"},
    CommandForm{"CHG", C::chg, notification, either, "#trid status | #capabilities object"},
    CommandForm{"CHL", C::chl, notification, server, "#zero challenge"},
    CommandForm{"CVR", C::cvr, notification, client, "#trid locale system system_version architecture client client_version vendor @passport"},
    CommandForm{"CVR", C::cvr, notification, client, "#trid locale system system_version architecture client client_version vendor"},
    CommandForm{"CVR", C::cvr, notification, server, "#trid recommended recommended_too minimum download information"},
    CommandForm{"FLN", C::fln, notification, server, "@passport | network capabilities"},
    CommandForm{"FQY", C::fqy, notification, either, "#trid %length"},
    CommandForm{"GCF", C::gcf, notification, server, "#trid file %length"},
    CommandForm{"GCF", C::gcf, notification, client, "#trid =Shields.xml"},
    CommandForm{"GCF", C::gcf, notification, server, "#trid %length"},
    CommandForm{"GTC", C::gtc, notification, either, "#trid #version setting"},
    CommandForm{"GTC", C::gtc, notification, either, "#trid setting"},
    CommandForm{"GTC", C::gtc, notification, server, "setting"},
    CommandForm{"ILN", C::iln, notification, server, "#trid status @passport #network nickname | #capabilities object"},
    CommandForm{"ILN", C::iln, notification, server, "#trid status @passport nickname | #capabilities object"},
    CommandForm{"INF", C::inf, notification, server, "#trid security"},
    CommandForm{"INF", C::inf, notification, client, "#trid"},
    CommandForm{"IPG", C::ipg, notification, server, "%length"},
    CommandForm{"IRO", C::iro, switchboard,  server, "#trid #index #count @passport nickname | #capabilities"},
    CommandForm{"JOI", C::joi, switchboard,  server, "@passport nickname | #capabilities"},
    CommandForm{"LSG", C::lsg, notification, server, "#trid #version #index #count #id *name"},
    CommandForm{"LSG", C::lsg, notification, server, "#id name #zero"},
    CommandForm{"LSG", C::lsg, notification, server, "*name"},
    CommandForm{"LST", C::lst, notification, server, "#trid list #version #index #count | @passport nickname groups"},
    CommandForm{"LST", C::lst, notification, client, "#trid list"},
    CommandForm{"LST", C::lst, notification, server, "@passport nickname #lists | groups"},
    CommandForm{"LST", C::lst, notification, server, "*properties"},
    CommandForm{"MSG", C::msg, both,         client, "#trid .ack %length"},
    CommandForm{"MSG", C::msg, both,         server, "@passport *nickname %length"},
    CommandForm{"MSG", C::msg, both,         server, "=Hotmail =Hotmail %length"},
    CommandForm{"NAK", C::nak, switchboard,  server, "#trid"},
    CommandForm{"NLN", C::nln, notification, server, "status @passport #network nickname | #capabilities object"},
    CommandForm{"NLN", C::nln, notification, server, "status @passport nickname | #capabilities object"},
    CommandForm{"NOT", C::not_, notification, server, "%length"},
    CommandForm{"OUT", C::out, both,         either, "| reason"},
    CommandForm{"PAG", C::pag, notification, client, "#trid @passport %length"},
    CommandForm{"PAG", C::pag, notification, client, "#trid %length"},
    CommandForm{"PAG", C::pag, notification, server, "%length"},
    CommandForm{"PNG", C::png, both,         client, "| #trid"},
    CommandForm{"PRP", C::prp, notification, either, "#trid #version property | value"},
    CommandForm{"PRP", C::prp, notification, either, "#trid property | value"},
    CommandForm{"PRP", C::prp, notification, server, "property | value"},
    CommandForm{"QNG", C::qng, both,         server, "| #seconds"},
    CommandForm{"QRY", C::qry, notification, client, "#trid product %length"},
    CommandForm{"QRY", C::qry, notification, server, "#trid"},
    CommandForm{"REA", C::rea, notification, server, "#trid #version @passport *nickname"},
    CommandForm{"REA", C::rea, notification, client, "#trid @passport *nickname"},
    CommandForm{"REG", C::reg, notification, either, "#trid #id name | zero"},
    CommandForm{"REG", C::reg, notification, either, "#trid id name"},
    CommandForm{"REM", C::rem, notification, server, "#trid list #version @passport | group"},
    CommandForm{"REM", C::rem, notification, client, "#trid list contact | group"},
    CommandForm{"RMG", C::rmg, notification, either, "#trid id | more"},
    CommandForm{"RML", C::rml, notification, server, "#trid =OK"},
    CommandForm{"RML", C::rml, notification, either, "#trid %length"},
    CommandForm{"RNG", C::rng, notification, server, "#session address =CKI !cookie @passport nickname | flag host direct"},
    CommandForm{"SBP", C::sbp, notification, either, "#trid contact property value"},
    CommandForm{"SBS", C::sbs, notification, server, "#zero | more"},
    CommandForm{"SND", C::snd, notification, either, "#trid @passport | more"},
    CommandForm{"SYN", C::syn, notification, server, "#trid #version #contacts #groups"},
    CommandForm{"SYN", C::syn, notification, server, "#trid time other_time #contacts #groups"},
    CommandForm{"SYN", C::syn, notification, either, "#trid version | other_version"},
    CommandForm{"UBM", C::ubm, notification, server, "@passport #network #type %length"},
    CommandForm{"UBN", C::ubn, notification, server, "@passport #type %length"},
    CommandForm{"UBX", C::ubx, notification, server, "@passport #network %length"},
    CommandForm{"UBX", C::ubx, notification, server, "@passport %length"},
    CommandForm{"URL", C::url, notification, server, "#trid path login | #id"},
    CommandForm{"URL", C::url, notification, client, "#trid kind | more"},
    CommandForm{"USR", C::usr, notification, either, "#trid =TWN =I @passport"},
    CommandForm{"USR", C::usr, notification, either, "#trid =TWN =S !ticket"},
    CommandForm{"USR", C::usr, notification, either, "#trid =SSO =I @passport"},
    CommandForm{"USR", C::usr, notification, either, "#trid =SSO =S !ticket | !response"},
    CommandForm{"USR", C::usr, notification, either, "#trid =MD5 =I @passport"},
    CommandForm{"USR", C::usr, notification, either, "#trid =MD5 =S !hash"},
    CommandForm{"USR", C::usr, notification, either, "#trid =CTP =I @passport"},
    CommandForm{"USR", C::usr, notification, either, "#trid =CTP =S !password"},
    CommandForm{"USR", C::usr, both,         server, "#trid =OK @passport | nickname #verified #kids"},
    CommandForm{"USR", C::usr, switchboard,  client, "#trid @passport !cookie"},
    CommandForm{"UUM", C::uum, notification, client, "#trid @passport #network #type %length"},
    CommandForm{"UUN", C::uun, notification, server, "#trid =OK"},
    CommandForm{"UUN", C::uun, notification, client, "#trid @passport #type %length"},
    CommandForm{"UUX", C::uux, notification, either, "#trid %length"},
    CommandForm{"VER", C::ver, notification, either, "#trid version | other_version"},
    CommandForm{"XFR", C::xfr, notification, server, "#trid =SB address =CKI !cookie | user host direct"},
    CommandForm{"XFR", C::xfr, notification, server, "#trid =NS address | zero current"},
    CommandForm{"XFR", C::xfr, notification, client, "#trid =SB"},
};
// clang-format on

static_assert(std::ranges::is_sorted(forms, {}, &CommandForm::name));

/// Since MSNP13 an error that answers ADL or RML has a payload; the others have the transaction alone.
constexpr std::array error_forms{
    CommandForm{"", C::error, both, server, "#trid %length"},
    CommandForm{"", C::error, both, server, "#trid"},
};

struct ErrorText {
    std::uint16_t number;
    std::string_view text;
};

constexpr std::array error_texts{
    ErrorText{200, "invalid syntax"},
    ErrorText{201, "invalid parameter"},
    ErrorText{205, "invalid principal"},
    ErrorText{206, "domain name missing"},
    ErrorText{207, "already logged in"},
    ErrorText{208, "invalid principal"},
    ErrorText{209, "nickname change illegal"},
    ErrorText{210, "principal list full"},
    ErrorText{215, "principal already on list"},
    ErrorText{216, "principal not on list"},
    ErrorText{217, "principal not online"},
    ErrorText{218, "already in mode"},
    ErrorText{219, "principal is in the opposite list"},
    ErrorText{223, "too many groups"},
    ErrorText{224, "invalid group"},
    ErrorText{225, "principal not in group"},
    ErrorText{229, "group name too long"},
    ErrorText{230, "cannot remove group zero"},
    ErrorText{240, "empty payload"},
    ErrorText{241, "malformed payload"},
    ErrorText{280, "switchboard failed"},
    ErrorText{281, "transfer to switchboard failed"},
    ErrorText{300, "required field missing"},
    ErrorText{302, "not logged in"},
    ErrorText{500, "internal server error"},
    ErrorText{501, "database server error"},
    ErrorText{540, "challenge response failed"},
    ErrorText{600, "server is busy"},
    ErrorText{601, "server is unavailable"},
    ErrorText{602, "peer notification server down"},
    ErrorText{604, "server is going down"},
    ErrorText{711, "write is blocking"},
    ErrorText{712, "session is overloaded"},
    ErrorText{713, "calling too rapidly"},
    ErrorText{714, "too many sessions"},
    ErrorText{715, "not expected"},
    ErrorText{717, "bad friend file"},
    ErrorText{800, "changing too rapidly"},
    ErrorText{910, "server too busy"},
    ErrorText{911, "authentication failed"},
    ErrorText{913, "not allowed when hiding"},
    ErrorText{920, "not accepting new principals"},
    ErrorText{923, "kids' passport without parental consent"},
    ErrorText{924, "passport account not yet verified"},
    ErrorText{928, "bad ticket"},
};

} // namespace

std::span<const CommandForm> command_forms() {
    return forms;
}

std::span<const CommandForm> forms_of(std::string_view name) {
    if (name.size() != 3) return {};
    if (std::ranges::all_of(name, is_digit)) return error_forms;
    // Not equal_range: clang 14 cannot compile the subrange that it returns.
    const auto* first = std::ranges::lower_bound(forms, name, {}, &CommandForm::name);
    const auto* last = std::ranges::upper_bound(forms, name, {}, &CommandForm::name);
    return {first, last};
}

std::string_view error_text(std::uint16_t number) {
    const auto* found = std::ranges::find(error_texts, number, &ErrorText::number);
    return found == error_texts.end() ? std::string_view{} : found->text;
}

} // namespace rungs::msn
