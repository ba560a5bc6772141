#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace rungs::msn {

enum class Command : std::uint8_t {
    unknown,
    error,
    ack,
    add,
    adc,
    adg,
    adl,
    ans,
    blp,
    bpr,
    bye,
    cal,
    chg,
    chl,
    cvr,
    fln,
    fqy,
    gcf,
    gtc,
    iln,
    inf,
    ipg,
    iro,
    joi,
    lsg,
    lst,
    msg,
    nak,
    nln,
    not_,
    out,
    pag,
    png,
    prp,
    qng,
    qry,
    rea,
    reg,
    rem,
    rmg,
    rml,
    rng,
    sbp,
    sbs,
    snd,
    syn,
    ubm,
    ubn,
    ubx,
    url,
    usr,
    uum,
    uun,
    uux,
    ver,
    xfr,
};

/// Which connection speaks it.
enum class ServerKind : std::uint8_t { notification, switchboard, both };

/// Who writes it.
enum class Writer : std::uint8_t { client, server, either };

/// One way to write a command. `parameters` are the words behind the name, each one of
///
///     name     any word                         #name   decimal digits
///     =TEXT    this very word                   @name   a passport: a word with an @ in it
///     !name    any word, a secret               %name   the length of the payload in octets, always the last
///     .name    one letter                       *name   one word or more (nicknames with blanks in them)
///
/// Behind "|" all is optional. More words than the form names are allowed.
struct CommandForm {
    std::string_view name;
    Command command;
    ServerKind server;
    Writer writer;
    std::string_view parameters;

    [[nodiscard]] constexpr bool has_payload() const {
        return parameters.find('%') != std::string_view::npos;
    }
    [[nodiscard]] constexpr bool has_secret() const { return parameters.find('!') != std::string_view::npos; }
};

/// Every form of every command, sorted by name; among the forms of one command the first that fits counts.
std::span<const CommandForm> command_forms();

/// The forms of the command called `name`: three letters, or three digits for an error; empty when there is
/// none.
std::span<const CommandForm> forms_of(std::string_view name);

/// What an error number means ("201" invalid parameter); empty when it is not known.
std::string_view error_text(std::uint16_t number);

} // namespace rungs::msn
