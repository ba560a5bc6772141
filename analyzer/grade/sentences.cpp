#include "analyzer/grade/sentences.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "analyzer/check/step_syntax.hpp"
#include "analyzer/findings/rules.hpp"
#include "analyzer/grade/marking_rules.hpp"
#include "core/limits/rubric.hpp"
#include "core/text.hpp"

namespace rungs::grade {
namespace {

using check::Event;
using check::MessagePattern;
using check::Outcome;
using check::Reason;
using check::RoleIndex;
using check::Row;
using check::StepStatus;
using sip::Method;

struct RoleName {
    std::string_view name, zh_cn;
};
constexpr std::array<RoleName, 13> role_names{{{"caller", "主叫"},
                                               {"callee", "被叫"},
                                               {"proxy", "代理服务器"},
                                               {"server", "服务器"},
                                               {"registrar", "注册服务器"},
                                               {"client", "客户端"},
                                               {"inviter", "邀请方"},
                                               {"invitee", "受邀方"},
                                               {"transferor", "转接方"},
                                               {"transferee", "被转接方"},
                                               {"target", "转接目标"},
                                               {"subscriber", "订阅方"},
                                               {"notifier", "通知方"}}};

/// Why a message matters, for those that students leave out.
struct Purpose {
    Method method;
    std::string_view en, zh_cn;
};
constexpr std::array<Purpose, 3> purposes{{
    {Method::ack,
     "The ACK confirms the final answer to the INVITE; without it the other side keeps repeating that "
     "answer.",
     "ACK 用来确认 INVITE 的最终应答；没有它，对方会一直重发这个应答。"},
    {Method::bye, "The BYE ends an answered call; without it the call stays up.",
     "BYE 用来结束已接通的呼叫；没有它，呼叫一直不会结束。"},
    {Method::cancel, "The CANCEL is how a caller gives up while it rings.",
     "主叫在振铃时放弃呼叫，要发送 CANCEL。"},
}};

class Teller {
  public:
    Teller(const Analysis& analysis, const check::Flow& flow, const Outcome& outcome, std::size_t row)
        : m_analysis(analysis), m_flow(flow), m_outcome(outcome), m_at(row), m_row(outcome.rows[row]) {}

    MarkReason tell() {
        switch (m_row.status) {
        case StepStatus::missing: tell_missing(); break;
        case StepStatus::out_of_order: tell_out_of_order(); break;
        case StepStatus::violated: tell_violated(); break;
        case StepStatus::undecidable: tell_undecidable(); break;
        case StepStatus::met: break;
        }
        add_what_the_author_says();
        m_reason.step = subject();
        if (m_reason.frames.size() > limits::mark_frames) m_reason.frames.resize(limits::mark_frames);
        return std::move(m_reason);
    }

  private:
    /// The row as the flow has it.
    [[nodiscard]] std::string subject() const {
        switch (m_row.kind) {
        case Row::Kind::step: return m_flow.steps[m_row.index].text;
        case Row::Kind::never: return m_flow.never[m_row.index].text;
        case Row::Kind::call: return m_flow.where[m_row.index].text;
        case Row::Kind::extra: break;
        }
        return {};
    }

    void say(std::string_view en, std::string_view zh_cn) {
        Text& text = m_reason.text;
        if (!text.en.empty()) text.en += ' ';
        text.en += en;
        text.zh_cn += zh_cn;
    }

    // --- words

    [[nodiscard]] std::string address(RoleIndex role) const {
        if (role >= m_outcome.course.roles.size()) return {};
        return printable(m_outcome.course.roles[role].address);
    }
    [[nodiscard]] std::string name_en(RoleIndex role) const {
        if (role >= m_flow.roles.size()) return "anybody";
        const std::string at = address(role);
        return fmt::format("the {}{}", printable(m_flow.roles[role].name), at.empty() ? "" : " (" + at + ")");
    }
    [[nodiscard]] std::string name_zh(RoleIndex role) const {
        if (role >= m_flow.roles.size()) return "任意一方";
        const std::string& name = m_flow.roles[role].name;
        const auto* const known = std::ranges::find(role_names, std::string_view(name), &RoleName::name);
        const std::string at = address(role);
        return fmt::format("{}{}", known == role_names.end() ? printable(name) : std::string(known->zh_cn),
                           at.empty() ? "" : "（" + at + "）");
    }

    /// "ACK from the caller (192.0.2.1) to the proxy (192.0.2.9)".
    [[nodiscard]] Text way(std::string_view what, RoleIndex from, RoleIndex to) const {
        return {fmt::format("{} from {} to {}", what, name_en(from), name_en(to)),
                fmt::format("{}发给{}的 {}", name_zh(from), name_zh(to), what)};
    }
    [[nodiscard]] Text step_text() const {
        const check::Step& step = m_flow.steps[m_row.index];
        if (step.quiet) {
            const double seconds = to_seconds(*step.quiet);
            return {fmt::format("silence for {:g} s", seconds), fmt::format("安静 {:g} 秒", seconds)};
        }
        return way(check::to_string(step.message.what), step.message.from, step.message.to);
    }
    [[nodiscard]] const Event& event_of(const Row& row) const { return m_outcome.course.events[*row.event]; }
    [[nodiscard]] Text event_text(const Row& row) const {
        const Event& event = event_of(row);
        return way(printable(check::describe(m_analysis, event)), event.from, event.to);
    }
    [[nodiscard]] std::uint64_t frame_of(const Row& row) const {
        return m_analysis.message(event_of(row).message).frame;
    }

    void cite(const Row& row) {
        for (const std::uint64_t frame : check::frames_of(m_analysis, event_of(row))) {
            if (std::ranges::find(m_reason.frames, frame) == m_reason.frames.end())
                m_reason.frames.push_back(frame);
        }
    }

    /// The nearest step with an event before (or behind) this row, of the same link if there is one.
    [[nodiscard]] const Row* neighbour(bool behind) const {
        const Row* any = nullptr;
        const auto& rows = m_outcome.rows;
        for (std::size_t i = m_at; behind ? ++i < rows.size() : i-- > 0;) {
            if (rows[i].kind != Row::Kind::step || !rows[i].event) continue;
            if (any == nullptr) any = &rows[i];
            if (same_link(rows[i])) return &rows[i];
        }
        return any;
    }
    [[nodiscard]] bool same_link(const Row& other) const {
        const auto& a = m_flow.steps[m_row.index].message;
        const auto& b = m_flow.steps[other.index].message;
        return (a.from == b.from && a.to == b.to) || (a.from == b.to && a.to == b.from);
    }

    // --- sentences

    void tell_missing() {
        m_reason.code = missing_code();
        const Text what = step_text();
        say(fmt::format("Missing: {}.", what.en), fmt::format("缺少：{}。", what.zh_cn));
        tell_place();
        if (m_row.reason == Reason::instead && m_row.details.size() == 2) {
            const std::string came = printable(m_row.details[0]);
            say(fmt::format("What came instead is {} in frame {}.", came, m_row.details[1]),
                fmt::format("实际出现的是第 {} 帧的 {}。", m_row.details[1], came));
        }
        const check::Step& step = m_flow.steps[m_row.index];
        if (step.message.what.kind != MessagePattern::Kind::request) return;
        for (const Purpose& purpose : purposes) {
            if (purpose.method == step.message.what.method) say(purpose.en, purpose.zh_cn);
        }
    }

    /// An ACK that never came is a finding of its own, with an explanation of its own.
    [[nodiscard]] std::string missing_code() const {
        const MessagePattern& what = m_flow.steps[m_row.index].message.what;
        const bool ack = what.kind == MessagePattern::Kind::request && what.method == Method::ack;
        return std::string(ack ? findings::rule::ack_missing.code : rule::step_missing.code);
    }

    void tell_place() {
        const Row* before = neighbour(false);
        const Row* behind = neighbour(true);
        if (before != nullptr) {
            const Text event = event_text(*before);
            cite(*before);
            say(fmt::format("It belongs after frame {} ({}){}.", frame_of(*before), event.en,
                            behind == nullptr ? "" : fmt::format(" and before frame {}", frame_of(*behind))),
                fmt::format("它应当出现在第 {} 帧（{}）之后{}。", frame_of(*before), event.zh_cn,
                            behind == nullptr ? "" : fmt::format("、第 {} 帧之前", frame_of(*behind))));
        } else if (behind != nullptr) {
            const Text event = event_text(*behind);
            say(fmt::format("It belongs before frame {} ({}).", frame_of(*behind), event.en),
                fmt::format("它应当出现在第 {} 帧（{}）之前。", frame_of(*behind), event.zh_cn));
        }
        if (behind != nullptr) cite(*behind);
    }

    void tell_out_of_order() {
        m_reason.code = rule::step_out_of_order.code;
        const Text what = event_text(m_row);
        say(fmt::format("Out of order: {} in frame {}.", what.en, frame_of(m_row)),
            fmt::format("顺序不对：第 {} 帧，{}。", frame_of(m_row), what.zh_cn));
        cite(m_row);
        tell_place();
    }

    void tell_violated() {
        if (m_row.kind == Row::Kind::never) return tell_forbidden();
        if (m_row.kind == Row::Kind::extra) return tell_unexpected();
        m_reason.code = rule::step_violated.code;
        if (m_row.event) {
            const Text what = event_text(m_row);
            say(fmt::format("Not as asked: {} in frame {}.", what.en, frame_of(m_row)),
                fmt::format("不符合要求：第 {} 帧，{}。", frame_of(m_row), what.zh_cn));
            cite(m_row);
        }
        const std::string first = m_row.details.empty() ? "" : printable(m_row.details[0]);
        const std::string second = m_row.details.size() < 2 ? "" : printable(m_row.details[1]);
        switch (m_row.reason) {
        case Reason::too_late:
        case Reason::too_early:
            say(fmt::format("It came after {} s, asked for is {}.", first, second),
                fmt::format("用了 {} 秒，要求是 {}。", first, second));
            break;
        case Reason::not_quiet:
            say(fmt::format("It was quiet for {} s only.", first), fmt::format("只安静了 {} 秒。", first));
            break;
        default:
            say(fmt::format("Asked for is: {}. {}", first,
                            second.empty() ? "There is none." : fmt::format("Found: \"{}\".", second)),
                fmt::format("要求：{}。{}", first,
                            second.empty() ? std::string("实际没有。")
                                           : fmt::format("实际是“{}”。", second)));
        }
    }

    void tell_forbidden() {
        m_reason.code = rule::step_forbidden.code;
        const Text what = event_text(m_row);
        say(fmt::format("Must not be there: {} in frame {}.", what.en, frame_of(m_row)),
            fmt::format("不应出现：第 {} 帧，{}。", frame_of(m_row), what.zh_cn));
        cite(m_row);
    }

    void tell_unexpected() {
        m_reason.code = rule::step_unexpected.code;
        const Text what = event_text(m_row);
        say(fmt::format("No step asks for it: {} in frame {}.", what.en, frame_of(m_row)),
            fmt::format("流程中没有这一步：第 {} 帧，{}。", frame_of(m_row), what.zh_cn));
        cite(m_row);
    }

    void tell_undecidable() {
        const Text what = m_row.kind == Row::Kind::step ? step_text() : Text{};
        if (m_row.kind == Row::Kind::step)
            say(fmt::format("Cannot be judged: {}.", what.en), fmt::format("无法判断：{}。", what.zh_cn));
        const std::string detail = m_row.details.empty() ? "" : printable(m_row.details[0]);
        switch (m_row.reason) {
        case Reason::capture_ends:
            m_reason.code = rule::capture_cut.code;
            say(fmt::format("It may have come after the capture, which ends {} s after the last message: "
                            "capture until the call is over.",
                            detail),
                fmt::format("它可能在抓包结束之后才出现（最后一条消息之后 {} "
                            "秒抓包结束）：请等呼叫结束后再停止抓包。",
                            detail));
            break;
        case Reason::capture_begins:
            m_reason.code = rule::capture_late.code;
            say("The call began before the capture: start capturing before you dial.",
                "抓包开始之前呼叫已经开始：请先开始抓包，再拨号。");
            break;
        case Reason::link_absent:
        case Reason::direction_absent:
            m_reason.code = rule::capture_one_sided.code;
            say("This link or direction is not in the capture: was there a capture filter?",
                "抓包里没有这一段链路或这个方向的消息：是否设置了抓包过滤条件？");
            break;
        case Reason::cut:
            m_reason.code = rule::capture_cut.code;
            say(fmt::format(
                    "The capture holds only a part of the message, which {} needs: capture whole packets.",
                    detail),
                fmt::format("抓包里的消息不完整，无法判断 {}：请抓取完整的数据包。", detail));
            break;
        default:
            m_reason.code = rule::not_decidable.code;
            say(fmt::format("The capture does not tell whether this holds: {}.", detail),
                fmt::format("从抓包无法判断是否满足：{}。", detail));
        }
        if (m_row.event) return cite(m_row);
        if (const Row* before = m_row.kind == Row::Kind::step ? neighbour(false) : nullptr) cite(*before);
    }

    void add_what_the_author_says() {
        if (m_row.kind != Row::Kind::step) return;
        const Text& says = m_flow.steps[m_row.index].says;
        if (!says.empty())
            say(says.en.empty() ? says.zh_cn : says.en, says.zh_cn.empty() ? says.en : says.zh_cn);
    }

    const Analysis& m_analysis;
    const check::Flow& m_flow;
    const Outcome& m_outcome;
    std::size_t m_at;
    const Row& m_row;
    MarkReason m_reason;
};

} // namespace

MarkReason reason_for_row(const Analysis& analysis, const check::Flow& flow, const check::Outcome& outcome,
                          std::size_t row) {
    return Teller(analysis, flow, outcome, row).tell();
}

} // namespace rungs::grade
