#include "reports/words.hpp"

#include <array>

#include <fmt/format.h>

namespace rungs::reports {
namespace {

struct Entry {
    Word word;
    std::string_view en;
    std::string_view zh_cn;
    std::string_view en_plural = {}; ///< of things that are counted
};

// In the order of enum Word: the index is the word (checked below).
constexpr std::array entries{
    Entry{Word::packet, "packet", "个数据包", "packets"},
    Entry{Word::dialog, "dialog", "对话"},

    Entry{Word::calls, "Calls", "呼叫"},
    Entry{Word::registrations, "Registrations", "注册"},
    Entry{Word::others, "Other transactions", "其他事务"},
    Entry{Word::findings, "Findings", "发现"},
    Entry{Word::next, "Next", "接下来可以输入"},
    Entry{Word::streams, "RTP streams", "RTP 流"},
    Entry{Word::raw, "As captured", "原文"},
    Entry{Word::parsed, "As read", "解析"},
    Entry{Word::issues, "Issues", "问题"},
    Entry{Word::session, "Session", "会话描述"},

    Entry{Word::number, "#", "#"},
    Entry{Word::kind, "kind", "类型"},
    Entry{Word::from, "from", "主叫"},
    Entry{Word::to, "to", "被叫"},
    Entry{Word::outcome, "outcome", "结果"},
    Entry{Word::start, "start", "开始"},
    Entry{Word::delay, "delay", "接续"},
    Entry{Word::ring, "ring", "振铃"},
    Entry{Word::talk, "talk", "通话"},
    Entry{Word::ended_by, "ended by", "挂断方"},
    Entry{Word::messages, "messages", "消息"},
    Entry{Word::legs, "legs", "段数"},
    Entry{Word::first_frame, "frame", "帧"},
    Entry{Word::time, "time", "时间"},
    Entry{Word::delta, "delta", "间隔"},
    Entry{Word::times, "times", "次数"},
    Entry{Word::call, "call", "呼叫"},
    Entry{Word::source, "source", "源"},
    Entry{Word::destination, "destination", "目的"},
    Entry{Word::codec, "codec", "编码"},
    Entry{Word::packets, "packets", "包数"},
    Entry{Word::lost, "lost", "丢包"},
    Entry{Word::jitter, "jitter mean / max", "抖动 平均 / 最大"},
    Entry{Word::largest_gap, "max delta", "最大间隔"},
    Entry{Word::duration, "duration", "时长"},
    Entry{Word::remarks, "remarks", "备注"},

    Entry{Word::caller, "caller", "主叫"},
    Entry{Word::callee, "callee", "被叫"},
    Entry{Word::proxy, "proxy", "代理"},
    Entry{Word::registrar, "registrar", "注册服务器"},
    Entry{Word::network, "network", "网络"},
    Entry{Word::hop, "hop", "转发"},
    Entry{Word::duplicate, "duplicate", "重复抓取"},
    Entry{Word::unannounced, "not announced", "未在 SDP 中声明"},
    Entry{Word::latched, "address not in SDP", "地址不在 SDP 中"},
    Entry{Word::secure, "SRTP", "SRTP"},

    Entry{Word::truncated, "The file breaks off: what stands before the break was read.",
          "文件不完整：已读取断点之前的全部内容。"},
    Entry{Word::incomplete, "Stopped early: the rest of the capture was not read.",
          "提前停止：其余部分没有读取。"},
    Entry{Word::no_packets, "no packets", "没有数据包"},
    Entry{Word::no_calls, "No calls in this capture.", "抓包中没有呼叫。"},
    Entry{Word::no_streams, "No RTP streams here.", "没有 RTP 流。"},
    Entry{Word::no_rungs, "No messages to draw.", "没有可画的消息。"},
    Entry{Word::more_calls, "and {} more: rungs calls {}", "还有 {} 个：rungs calls {}"},
    Entry{Word::more_streams, "and {} more: rungs streams {}", "还有 {} 个：rungs streams {}"},
    Entry{Word::more_registrations, "and {} more", "还有 {} 项"},
    Entry{Word::more_findings, "and {} more", "还有 {} 项"},
    Entry{Word::filtered, "{} left out by the filter", "过滤掉 {}"},
    Entry{Word::message_of_frame, "Frame {}, message {}", "第 {} 帧，消息 {}"},
    Entry{Word::repeats, "sent again, first in frame {}", "重传，首次见第 {} 帧"},
    Entry{Word::forwards, "forwarded, before in frame {}", "转发，上一跳见第 {} 帧"},
    Entry{Word::copies, "captured twice, first in frame {}", "重复抓取，首次见第 {} 帧"},
    Entry{Word::unreadable, "(the capture no longer holds these octets)", "（抓包文件中已读不到这些字节）"},
    Entry{Word::cut_message, "The capture holds only a part of this message.",
          "抓包中只有这条消息的一部分。"},
    Entry{Word::linked, "legs {} and {} are one call ({}): {}", "第 {} 段和第 {} 段属于同一呼叫（{}）：{}"},
    Entry{Word::part_of, "message {} of {} in its frame", "该帧 {} / {} 条消息"},
    Entry{Word::challenged, "challenged", "需鉴权"},

    Entry{Word::type_calls, "every call in one line", "每个呼叫一行"},
    Entry{Word::type_ladder, "one call as a ladder", "画出一个呼叫的梯形图"},
    Entry{Word::type_streams, "every RTP stream in one line", "每个 RTP 流一行"},
    Entry{Word::type_message, "one message, raw and parsed", "一条消息的原文和解析"},
    Entry{Word::type_explain, "what the first finding means", "解释第一项发现"},
    Entry{Word::type_export, "everything, for other programs", "全部结果，供其他程序读取"},
};

constexpr bool in_order() {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (static_cast<std::size_t>(entries[i].word) != i) return false;
    }
    return entries.size() == static_cast<std::size_t>(Word::type_export) + 1;
}
static_assert(in_order());

constexpr std::string_view choose(Language language, std::string_view en, std::string_view zh_cn) {
    return language == Language::zh_cn ? zh_cn : en;
}

} // namespace

std::string_view word(Word word, Language language) {
    const Entry& entry = entries[static_cast<std::size_t>(word)];
    return choose(language, entry.en, entry.zh_cn);
}

std::string counted(std::uint64_t count, Word thing, Language language) {
    const Entry& entry = entries[static_cast<std::size_t>(thing)];
    return fmt::format("{} {}", count,
                       choose(language, count == 1 ? entry.en : entry.en_plural, entry.zh_cn));
}

std::string_view word(CallKind kind, Language language) {
    switch (kind) {
    case CallKind::call: return choose(language, "call", "呼叫");
    case CallKind::registration: return choose(language, "registration", "注册");
    case CallKind::subscription: return choose(language, "subscription", "订阅");
    case CallKind::message: return choose(language, "message", "即时消息");
    case CallKind::options: return choose(language, "options", "探测");
    case CallKind::invitation: return choose(language, "invitation", "邀请");
    case CallKind::other: return choose(language, "other", "其他");
    }
    return {};
}

std::string_view word(CallOutcome outcome, Language language) {
    switch (outcome) {
    case CallOutcome::answered: return choose(language, "answered", "已接听");
    case CallOutcome::busy: return choose(language, "busy", "忙");
    case CallOutcome::rejected: return choose(language, "rejected", "被拒接");
    case CallOutcome::cancelled: return choose(language, "cancelled", "主叫取消");
    case CallOutcome::no_answer: return choose(language, "no answer", "无人接听");
    case CallOutcome::no_response: return choose(language, "no response", "无响应");
    case CallOutcome::unavailable: return choose(language, "unavailable", "暂不可用");
    case CallOutcome::not_found: return choose(language, "not found", "号码不存在");
    case CallOutcome::auth_failed: return choose(language, "auth failed", "鉴权失败");
    case CallOutcome::redirected: return choose(language, "redirected", "被重定向");
    case CallOutcome::failed: return choose(language, "failed", "失败");
    case CallOutcome::accepted: return choose(language, "accepted", "已接受");
    case CallOutcome::registered: return choose(language, "registered", "已注册");
    case CallOutcome::unregistered: return choose(language, "unregistered", "已注销");
    case CallOutcome::delivered: return choose(language, "delivered", "已送达");
    case CallOutcome::in_progress: return choose(language, "in progress", "进行中");
    case CallOutcome::unknown: return choose(language, "unknown", "未知");
    }
    return {};
}

std::string_view word(EndedBy ended_by, Language language) {
    switch (ended_by) {
    case EndedBy::nobody: return {};
    case EndedBy::caller: return word(Word::caller, language);
    case EndedBy::callee: return word(Word::callee, language);
    case EndedBy::network: return word(Word::network, language);
    }
    return {};
}

std::string_view word(Severity severity, Language language) {
    switch (severity) {
    case Severity::note: return choose(language, "note", "提示");
    case Severity::warning: return choose(language, "warning", "警告");
    case Severity::error: return choose(language, "error", "错误");
    }
    return {};
}

std::string_view word(InvitationState state, Language language) {
    switch (state) {
    case InvitationState::offered: return choose(language, "offered", "已发出");
    case InvitationState::accepted: return choose(language, "accepted", "已接受");
    case InvitationState::rejected: return choose(language, "rejected", "被拒绝");
    case InvitationState::cancelled: return choose(language, "cancelled", "已取消");
    case InvitationState::timed_out: return choose(language, "timed out", "超时");
    }
    return {};
}

} // namespace rungs::reports
