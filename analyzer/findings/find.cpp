#include "analyzer/findings/find.hpp"

#include "analyzer/findings/course.hpp"

namespace rungs::findings {

void find(Analysis& analysis, const SkeletonNotes& issues, Profile profile, const HeaderNotes& notes,
          const check::Passwords* passwords) {
    Collector out(analysis);
    issues.report(profile, out);
    find_in_captures(analysis, out);
    report_limits(analysis, out);
    Course course(analysis, notes, out);
    for (Id call = 1; call <= analysis.calls.size(); ++call) {
        course.read(call);
        check_acknowledgements(course);
        check_retransmissions(course);
        check_answers(course);
        check_sequence(course);
        check_offers(course);
        check_sessions(course);
        check_addresses(course);
        check_challenges(course);
    }
    find_in_registrations(analysis, notes, out);
    find_in_invitations(analysis, out);
    if (passwords != nullptr) verify_credentials(analysis, notes, *passwords, out);
    out.finish();
}

} // namespace rungs::findings
