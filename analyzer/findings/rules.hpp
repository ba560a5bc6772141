#pragma once

#include <array>
#include <span>
#include <string_view>

#include "core/issue.hpp"
#include "dissectors/sip/issues.hpp"

/// What findings there are: the one table of codes beside those of single messages, which the dissectors'
/// issues.hpp name. Codes are stable; `rungs explain CODE` knows each.
namespace rungs::findings {

using Rule = sip::Rule;

namespace rule {

using enum Severity;

// Transactions
inline constexpr Rule ack_missing{"ack-missing", error, "RFC 3261 13.2.2.4, 17.1.1.3",
                                  "A final response to INVITE was never acknowledged."};
inline constexpr Rule success_retransmitted{
    "success-retransmitted", warning, "RFC 3261 13.3.1.4",
    "The 2xx to an INVITE was sent again, because its ACK had not arrived."};
inline constexpr Rule retransmission_schedule{
    "retransmission-schedule", warning, "RFC 3261 17.1.1.2, 17.1.2.2, 17.2.1",
    "A message was sent again at another time than T1 (500 ms) and its doubling give."};
inline constexpr Rule retransmission_late{
    "retransmission-late", warning, "RFC 3261 17.1.1.2, 17.1.2.2, 17.2.1",
    "A message was sent again after 64*T1 (32 s), when Timer B, F or H ends the transaction."};
inline constexpr Rule retransmission_on_stream{
    "retransmission-on-stream", warning, "RFC 3261 17.1.1.2, 17.1.2.2",
    "A message was sent again over a reliable transport, which delivers by itself."};
inline constexpr Rule invite_unanswered{
    "invite-unanswered", error, "RFC 3261 17.1.1.2",
    "Nobody answered the INVITE until Timer B (32 s) or the caller's patience ended."};
inline constexpr Rule request_unanswered{"request-unanswered", warning, "RFC 3261 17.1.2.2",
                                         "A request got no final response within Timer F (32 s)."};
inline constexpr Rule bye_unanswered{"bye-unanswered", warning, "RFC 3261 15.1, 17.1.2.2",
                                     "A BYE got no final response within Timer F (32 s)."};
inline constexpr Rule cancel_lost{"cancel-lost", note, "RFC 3261 9.1, 15",
                                  "A CANCEL came too late: the INVITE was answered with a 2xx."};
inline constexpr Rule cancel_early{"cancel-early", warning, "RFC 3261 9.1",
                                   "A CANCEL was sent before any provisional response to its INVITE."};
inline constexpr Rule cseq_not_rising{"cseq-not-rising", error, "RFC 3261 8.1.1.5, 12.2.1.1, 22.2",
                                      "A new request has a CSeq number that is not above the one before it."};
inline constexpr Rule branch_reused{"branch-reused", error, "RFC 3261 8.1.1.7, 17.1.1.3",
                                    "Two different transactions have the same branch in their top Via."};
inline constexpr Rule to_tag_missing{"to-tag-missing", error, "RFC 3261 8.2.6.2, 12.2.1.1",
                                     "A response, or a request inside a dialog, has no tag in To."};
inline constexpr Rule max_forwards_kept{"max-forwards-kept", warning, "RFC 3261 16.6",
                                        "A request was forwarded without lowering Max-Forwards."};

// Messages without the mandatory headers, said once for each kind
inline constexpr Rule profile_skeleton{
    "profile-skeleton", note, "RFC 3261 8.1.1",
    "Most messages lack the mandatory headers; what is missing is said once for each kind of message."};
inline constexpr Rule skeleton_register{
    "skeleton-register", warning, "RFC 3261 8.1.1, 10.2",
    "A REGISTER needs Via, Max-Forwards, From, To, Call-ID and CSeq, and a Contact to bind."};
inline constexpr Rule skeleton_invite{
    "skeleton-invite", warning, "RFC 3261 8.1.1, 13.2.1",
    "An INVITE needs Via, Max-Forwards, From, To, Call-ID, CSeq and Contact."};
inline constexpr Rule skeleton_ack{"skeleton-ack", warning, "RFC 3261 8.1.1, 13.2.2.4, 17.1.1.3",
                                   "An ACK repeats Call-ID, From, To and the CSeq number of its INVITE."};
inline constexpr Rule skeleton_bye{
    "skeleton-bye", warning, "RFC 3261 8.1.1, 12.2.1.1, 15.1.1",
    "A BYE names its dialog by Call-ID, From and To, and has Via, Max-Forwards and CSeq."};
inline constexpr Rule skeleton_request{"skeleton-request", warning, "RFC 3261 8.1.1",
                                       "Every request needs Via, Max-Forwards, From, To, Call-ID and CSeq."};
inline constexpr Rule skeleton_response{
    "skeleton-response", warning, "RFC 3261 8.2.6.2",
    "A response copies Via, From, To, Call-ID and CSeq from its request."};
inline constexpr Rule inferred_ambiguous{
    "inferred-ambiguous", warning, "RFC 3261 8.1.1.4",
    "Without Call-ID a message could belong to more than one call; the youngest was taken."};

// Offer, session, registration
inline constexpr Rule offer_unanswered{"offer-unanswered", error, "RFC 3261 13.2.1, RFC 3264 4",
                                       "A session description was offered and never answered."};
inline constexpr Rule offer_missing{"offer-missing", error, "RFC 3261 13.2.1",
                                    "A call was set up without any session description."};
inline constexpr Rule session_expired{"session-expired", warning, "RFC 4028 10",
                                      "The session interval passed without a refresh."};
inline constexpr Rule registration_expired{"registration-expired", warning, "RFC 3261 10.2.4, 10.3",
                                           "A registration ran out before it was refreshed."};

// MSN invitations
inline constexpr Rule msn_invitation_rejected{"msn-invitation-rejected", note, "",
                                              "An invitation was refused: CANCEL with REJECT, or 603."};
inline constexpr Rule msn_invitation_unanswered{"msn-invitation-unanswered", warning, "",
                                                "An invitation was never accepted or refused."};
inline constexpr Rule msn_session_unused{
    "msn-session-unused", warning, "",
    "An accepted invitation named addresses, but no call between them was captured."};

// Addresses
inline constexpr Rule nat_contact{"nat-contact", warning, "RFC 3261 8.1.1.8, RFC 3581, RFC 5626",
                                  "A Contact names a private address, but its sender is behind a NAT."};
inline constexpr Rule nat_sdp{
    "nat-sdp", warning, "RFC 8866 5.7, RFC 8445",
    "A session description names a private address, but its sender is behind a NAT."};

// Authentication
inline constexpr Rule challenge_unanswered{"challenge-unanswered", note, "RFC 3261 22.2",
                                           "A challenge was not answered with credentials."};
inline constexpr Rule challenge_repeated{
    "challenge-repeated", warning, "RFC 3261 22.1, 22.2",
    "Credentials were answered with another challenge: they were refused."};
inline constexpr Rule challenge_loop{"challenge-loop", error, "RFC 3261 22.1, 22.2",
                                     "Challenges and credentials follow each other without success."};
inline constexpr Rule nonce_count{"nonce-count", error, "RFC 7616 3.4",
                                  "A nonce was used again with a nonce count (nc) that did not rise."};
inline constexpr Rule auth_verified{"auth-verified", note, "RFC 7616 3.4.1",
                                    "The digest response was made with the right password."};
inline constexpr Rule auth_wrong_password{
    "auth-wrong-password", error, "RFC 7616 3.4.1",
    "The digest response was made with another password than the one given."};
inline constexpr Rule auth_wrong_realm{
    "auth-wrong-realm", error, "RFC 7616 3.3, 3.4",
    "The credentials are for another realm than the one that was asked for."};
inline constexpr Rule auth_stale{"auth-stale", note, "RFC 7616 3.3",
                                 "The digest response is right, but the server no longer took its nonce."};
inline constexpr Rule auth_unknown_user{"auth-unknown-user", note, "RFC 7616 3.4",
                                        "No password was given for the user of these credentials."};
inline constexpr Rule auth_not_checkable{
    "auth-not-checkable", note, "RFC 7616 3.4",
    "The credentials cannot be checked: no digest, or parts are missing."};

// The capture
inline constexpr Rule capture_duplicates{"capture-duplicates", note, "",
                                         "Packets were captured twice, so they are no retransmissions."};
inline constexpr Rule capture_clock_offset{
    "capture-clock-offset", note, "",
    "The clocks of the captures differ; times are corrected to the first one's."};
inline constexpr Rule capture_dropped{"capture-dropped", warning, "",
                                      "Packets were lost before they could be read."};
inline constexpr Rule capture_truncated{"capture-truncated", warning, "",
                                        "The capture file breaks off before its end."};
inline constexpr Rule message_truncated{"message-truncated", warning, "",
                                        "Messages are cut: the snapshot length of the capture is too small."};
inline constexpr Rule link_suggested{
    "link-suggested", note, "", "Two dialogs may be legs of one call; the evidence is too weak to be sure."};

// Limits
inline constexpr Rule limit_findings{"limit-findings", warning, "",
                                     "More was found than the program keeps; the rest is not listed."};
inline constexpr Rule limit_forks{"limit-forks", warning, "",
                                  "More forks of one Call-ID than the program keeps apart."};
inline constexpr Rule limit_live{
    "limit-live", warning, "", "Calls of a live capture made room for newer ones and are not in the report."};
inline constexpr Rule limit_live_streams{
    "limit-live-streams", warning, "",
    "RTP streams of a live capture made room for others and are not in the report."};
inline constexpr Rule limit_reached{"limit-reached", warning, "",
                                    "A limit of the program was reached; what lies beyond is counted only."};
inline constexpr Rule limit_msn_invitations{"limit-msn-invitations", warning, "",
                                            "More MSN invitations than the program follows."};
inline constexpr Rule limit_texts{"limit-texts", warning, "", "More names and tags than the program keeps."};

inline constexpr std::array all{
    ack_missing,
    success_retransmitted,
    retransmission_schedule,
    retransmission_late,
    retransmission_on_stream,
    invite_unanswered,
    request_unanswered,
    bye_unanswered,
    cancel_lost,
    cancel_early,
    cseq_not_rising,
    branch_reused,
    to_tag_missing,
    max_forwards_kept,
    profile_skeleton,
    skeleton_register,
    skeleton_invite,
    skeleton_ack,
    skeleton_bye,
    skeleton_request,
    skeleton_response,
    inferred_ambiguous,
    offer_unanswered,
    offer_missing,
    session_expired,
    registration_expired,
    msn_invitation_rejected,
    msn_invitation_unanswered,
    msn_session_unused,
    nat_contact,
    nat_sdp,
    challenge_unanswered,
    challenge_repeated,
    challenge_loop,
    nonce_count,
    auth_verified,
    auth_wrong_password,
    auth_wrong_realm,
    auth_stale,
    auth_unknown_user,
    auth_not_checkable,
    capture_duplicates,
    capture_clock_offset,
    capture_dropped,
    capture_truncated,
    message_truncated,
    link_suggested,
    limit_findings,
    limit_forks,
    limit_live,
    limit_live_streams,
    limit_msn_invitations,
    limit_reached,
    limit_texts,
};

} // namespace rule

/// What the codes of session descriptions and of MSN say. The severity of those found is that of each issue.
std::span<const Rule> sdp_rules();
std::span<const Rule> msn_rules();

/// Of any layer's code; nullptr for one that nobody knows.
const Rule* rule_of(std::string_view code);

} // namespace rungs::findings
