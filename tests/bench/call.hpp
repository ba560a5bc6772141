#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/capture_file.hpp"
#include "tests/bench/random.hpp"

namespace bench {

/// A datagram that will be sent.
struct Datagram {
    Time time = 0;
    Address source, destination;
    std::string payload;
};

/// How a call goes. Each is an outcome of the analysis, with the same name.
enum class Outcome : std::uint8_t {
    answered,
    busy,
    cancelled,
    no_answer,
    rejected,
    no_response,
    not_found,
    unavailable,
    redirected,
    failed,
    auth_failed,
};
std::string to_string(Outcome outcome);

struct CallPlan {
    std::uint64_t number = 0; ///< from 0
    Time start = 0;
    Outcome outcome = Outcome::answered;
    bool challenged = false;                             ///< 407 before the INVITE that counts
    bool repeats_invite = false;                         ///< the proxy is slow once: the INVITE is sent twice
    bool repeats_answer = false;                         ///< the 200 is sent twice
    bool caller_hangs_up = false;                        ///< else the callee does
    bool caller_compact = false, callee_compact = false; ///< writes compact header names
    Time ring = 0, talk = 0;                             ///< microseconds
    Address caller, callee;                              ///< where they signal
    Address caller_media, callee_media;
    unsigned caller_user = 0, callee_user = 0;
};
/// 60 % answered, 10 % busy, 10 % cancelled, 5 % without answer, and some of each other way; 15 % challenged.
/// `users` pairs of people call each other in turn; `talk` is the mean.
CallPlan plan_call(std::uint64_t number, Time start, Time talk, std::uint64_t users, Random& random);

struct CallScript {
    std::vector<Datagram> datagrams; ///< by time
    std::uint64_t retransmissions = 0;
    Time answered = 0, ended = 0; ///< of the talk, when there is one
};
/// What a capture beside the caller (legs 1), or one on the proxy (legs 2) holds of the call.
CallScript write_call(const CallPlan& plan, unsigned legs);

/// REGISTER, 401, REGISTER, 200.
CallScript write_registration(std::uint64_t number, Time start, std::uint64_t users);

} // namespace bench
