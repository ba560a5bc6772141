#include "reports/check_words.hpp"

#include <fmt/format.h>

#include "core/text.hpp"

namespace rungs::reports {
namespace {

using check::Reason;
using check::StepStatus;
using check::Verdict;

constexpr std::string_view choose(Language language, std::string_view en, std::string_view zh_cn) {
    return language == Language::zh_cn ? zh_cn : en;
}

/// With {} where the details go.
std::string_view pattern(Reason reason, Language language) {
    switch (reason) {
    case Reason::none: return {};
    case Reason::never_came: return choose(language, "never came", "始终没有出现");
    case Reason::instead: return choose(language, "{} came instead (frame {})", "出现的是 {}（第 {} 帧）");
    case Reason::capture_ends:
        return choose(language, "the capture ends {} s after the last message, too early to know",
                      "最后一条消息之后 {} 秒抓包就结束了，时间太短");
    case Reason::capture_begins:
        return choose(language, "the call began before the capture", "抓包开始前呼叫已经开始");
    case Reason::link_absent:
        return choose(language, "this link is not in the capture", "抓包中没有这一段链路");
    case Reason::direction_absent:
        return choose(language, "this direction is not in the capture", "抓包中没有这个方向的消息");
    case Reason::another_place:
        return choose(language, "is there, but in another place", "出现了，但顺序不对");
    case Reason::too_late: return choose(language, "took {} s, wanted {}", "用了 {} 秒，要求 {}");
    case Reason::too_early: return choose(language, "came after {} s, wanted {}", "{} 秒后就出现，要求 {}");
    case Reason::not_so: return choose(language, "{} does not hold: found \"{}\"", "不满足 {}，实际是“{}”");
    case Reason::no_password:
        return choose(language, "{}: no password of this user is known (--password-file gives it)",
                      "{}：没有该用户的密码（用 --password-file 给出）");
    case Reason::no_media:
        return choose(language, "{}: the capture holds no media at all; it may have been left out",
                      "{}：抓包里没有任何媒体包，可能没有抓到");
    case Reason::goes_on:
        return choose(language, "{}: the call goes on when the capture ends", "{}：抓包结束时呼叫还没有结束");
    case Reason::who_gave_up:
        return choose(
            language,
            "{}: behind the proxy nobody can tell whether the caller gave up or the proxy's timer ran out",
            "{}：在代理之后抓的包，看不出是主叫放弃还是代理超时");
    case Reason::no_value:
        return choose(language, "{}: the value that it names is not known", "{}：其中引用的值未知");
    case Reason::not_checkable:
        return choose(language, "{}: what was captured allows no check", "{}：抓到的内容无法用来检查");
    case Reason::cut:
        return choose(language, "{}: the capture holds only a part of the message", "{}：这条消息没有抓全");
    case Reason::not_quiet: return choose(language, "it was quiet for {} s only", "只安静了 {} 秒");
    case Reason::forbidden: return choose(language, "must not be there", "不应出现");
    case Reason::unexpected: return choose(language, "no step asks for it", "流程中没有这一步");
    case Reason::again: return choose(language, "one more of: {}", "又一次：{}");
    }
    return {};
}

} // namespace

std::string_view word(CheckWord what, Language language) {
    switch (what) {
    case CheckWord::expected: return choose(language, "expected", "预期");
    case CheckWord::seen: return choose(language, "seen", "实际");
    case CheckWord::roles: return choose(language, "roles", "角色");
    case CheckWord::fixed: return choose(language, "as given", "指定");
    case CheckWord::inferred: return choose(language, "inferred", "推断");
    case CheckWord::nobody: return choose(language, "not in the capture", "抓包中没有");
    case CheckWord::points: return choose(language, "points", "分");
    case CheckWord::steps: return choose(language, "steps met", "步符合");
    case CheckWord::best_fits: return choose(language, "goes as", "流程是");
    case CheckWord::no_flow_fits: return choose(language, "comes closest to", "最接近");
    case CheckWord::other_calls: return choose(language, "other calls", "其他呼叫");
    case CheckWord::nothing_to_check:
        return choose(language, "No call to check in this capture.", "抓包中没有可检查的呼叫。");
    case CheckWord::allowed: return choose(language, "extra", "流程之外");
    case CheckWord::forbidden_extra: return choose(language, "extra, not allowed", "流程之外，不允许");
    case CheckWord::capped:
        return choose(language, "too large to compare completely (limits flow_events, alignment_cells)",
                      "过大，无法完整比较（限制 flow_events、alignment_cells）");
    case CheckWord::never: return choose(language, "never", "绝不");
    case CheckWord::whole_call: return choose(language, "the whole call", "整个呼叫");
    case CheckWord::not_counted:
        return choose(language, "what cannot be known is not counted", "无法判断的不计分");
    case CheckWord::follows: return choose(language, "as {}", "与“{}”一致");
    case CheckWord::deviates: return choose(language, "as {}, but", "接近“{}”，但是");
    case CheckWord::exactly: return choose(language, "also follows", "同时符合");
    case CheckWord::frame_word: return choose(language, "frame", "帧");
    case CheckWord::call_title: return choose(language, "Call", "呼叫");
    case CheckWord::details_hint:
        return choose(language, "rungs check FILE --flow {} shows it step by step",
                      "rungs check FILE --flow {} 逐步显示");
    case CheckWord::repeated: return choose(language, "sent {} times", "发送 {} 次");
    case CheckWord::follows_none: return choose(language, "follows no built-in flow", "不符合任何内置流程");
    case CheckWord::challenged:
        return choose(language, "the server asked who it is first", "服务器先要求鉴权");
    case CheckWord::hops: return choose(language, "on {} links", "经过 {} 段链路");
    }
    return {};
}

std::string_view word(Verdict verdict, Language language) {
    switch (verdict) {
    case Verdict::pass: return choose(language, "pass", "通过");
    case Verdict::inconclusive: return choose(language, "inconclusive", "无法判定");
    case Verdict::fail: return choose(language, "fail", "不通过");
    case Verdict::unusable: return choose(language, "unusable", "不可用");
    }
    return {};
}

std::string_view word(StepStatus status, Language language) {
    switch (status) {
    case StepStatus::met: return choose(language, "met", "符合");
    case StepStatus::missing: return choose(language, "missing", "缺少");
    case StepStatus::out_of_order: return choose(language, "out of order", "顺序不对");
    case StepStatus::violated: return choose(language, "violated", "违反");
    case StepStatus::undecidable: return choose(language, "undecidable", "无法判断");
    }
    return {};
}

std::string sentence(const check::Row& row, Language language) {
    if (row.reason == Reason::not_so && (row.details.size() < 2 || row.details[1].empty())) {
        const auto text = choose(language, "{} does not hold: there is none", "不满足 {}，没有这一项");
        return fmt::format(fmt::runtime(text), printable(row.details.front()));
    }
    std::string text(pattern(row.reason, language));
    for (const std::string& detail : row.details) {
        const std::size_t at = text.find("{}");
        if (at == std::string::npos) break;
        text.replace(at, 2, printable(detail));
    }
    return text;
}

std::string_view colon(Language language) {
    return choose(language, ": ", "：");
}

std::string in_frame(std::uint64_t frame, Language language) {
    return fmt::format(fmt::runtime(choose(language, " (frame {})", "（第 {} 帧）")), frame);
}

std::string_view choose(const check::Text& text, Language language) {
    const std::string_view wanted = language == Language::zh_cn ? text.zh_cn : text.en;
    if (!wanted.empty()) return wanted;
    return language == Language::zh_cn ? text.en : text.zh_cn;
}

} // namespace rungs::reports
