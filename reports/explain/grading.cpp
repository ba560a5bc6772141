#include <array>

#include "reports/explain/catalogue.hpp"

namespace rungs::reports::explain {
namespace {

constexpr std::array table{
    // Nothing to judge, or not enough
    Entry{"grade-not-handed-in", "没有提交任何文件。",
          "It is no mark by itself: whether it is a zero, an illness or a lost upload, the instructor knows.",
          "这本身不是分数：是零分、生病还是上传丢失，由教师判断。", "an empty folder",
          "2026001_lab1/busy.pcap"},
    Entry{"grade-name-unknown", "提交了抓包，但没有一个文件名符合本题的要求。",
          "The right capture may be there under another name; rename it as the task asks.",
          "正确的抓包可能用了别的名字；请按题目要求改名。", "untitled.pcapng", "lab1-busy.pcapng"},
    Entry{"grade-name-ambiguous", "题目只要一个文件，却有几个同样符合名字要求。",
          "Which of them is meant cannot be told; hand in one.", "无法知道以哪个为准；请只提交一个。",
          "busy.pcap, busy (2).pcap", "busy.pcap"},
    Entry{"grade-not-a-capture", "为本题提交的文件不是抓包。",
          "A screenshot or a text export shows nothing that can be checked; save the packets themselves.",
          "截图或导出的文本无法检查；请保存数据包本身。", "busy.pcap is a PNG picture",
          "File, Save As, in Wireshark: pcapng"},
    Entry{"grade-capture-empty", "抓包里没有数据包。",
          "The capture was stopped too early, or taken on an interface without traffic.",
          "抓包停止得太早，或者选了没有流量的网卡。", "0 packets", "packets from the dialling on"},
    Entry{"grade-no-signalling", "抓包里有数据包，但没有 SIP 也没有 MSN。",
          "A capture filter left the signalling out, or it went over another interface or encrypted.",
          "过滤条件漏掉了信令，或者信令走了另一块网卡，或者被加密。", "tcpdump port 80", "tcpdump udp"},
    Entry{"grade-no-call", "抓包里有消息，但没有呼叫。",
          "Single messages without what belongs to them say nothing about how a call went.",
          "零散的消息说明不了呼叫的过程。", "one 200 OK", "INVITE, 180, 200, ACK, BYE, 200"},
    Entry{"grade-capture-cut", "抓包结束得太早，看不到呼叫后来怎样。",
          "What is missing may have come a moment later; capture until some seconds after the end.",
          "缺少的消息可能稍后就到；请在呼叫结束几秒后再停止抓包。", "INVITE, 100, end of the capture",
          "INVITE, 100, 486, ACK, some seconds more"},
    Entry{"grade-capture-late", "抓包开始之前呼叫已经开始。",
          "The beginning cannot be judged; start capturing before you dial.",
          "开头的部分无法判断；请先开始抓包，再拨号。", "180, 200, ACK", "INVITE, 180, 200, ACK"},
    Entry{"grade-capture-one-sided", "题目涉及的某一段链路或某个方向不在抓包里。",
          "A filter by address or direction was set, or the capture was taken at the wrong place.",
          "设置了按地址或方向的过滤，或者抓包位置不对。", "tcpdump src host 192.0.2.1",
          "tcpdump host 192.0.2.1"},
    Entry{"grade-not-decidable", "从抓包、名单或密码无法判断是否满足。",
          "The capture may hold no media, the roster no number, or no password was given for the user.",
          "抓包里可能没有媒体，名单里没有号码，或者没有给出该用户的密码。",
          "auth.valid = yes without --password-file", "auth.valid = yes with --password-file"},
    Entry{"grade-crashed", "批改这份提交时程序出错。",
          "The file is odd in a way that the program does not stand; the others are graded all the same.",
          "文件有程序承受不了的异常；其他提交照常批改。", "a capture made to do harm", "a usual capture"},
    Entry{"grade-time-limit", "批改这份提交超过了允许的时间。",
          "A capture of a whole day is much to read; hand in the minutes that count.",
          "一整天的抓包太大；请只提交有关的几分钟。", "5 GB", "5 MB"},
    Entry{"grade-memory-limit", "批改这份提交超过了允许的内存。",
          "A capture with very many calls, or one made to do harm; hand in the calls that count.",
          "抓包里呼叫太多，或者是恶意构造的；请只提交有关的呼叫。", "300 000 calls", "five calls"},
    // Points lost
    Entry{"grade-no-capture", "没有提交本题的抓包。",
          "No file has the name that the task looks for, and none is left over that could be meant.",
          "没有文件符合本题的名字要求，也没有多余的抓包。", "answered.pcap alone",
          "answered.pcap, busy.pcap, cancelled.pcap"},
    Entry{"grade-step-missing", "预期流程中的一步没有出现。",
          "The capture shows the time when it should have come, and it is not there.",
          "抓包覆盖了它应当出现的时刻，但它不在那里。", "INVITE, 180, 200 (INVITE)",
          "INVITE, 180, 200 (INVITE), ACK"},
    Entry{"grade-step-out-of-order", "预期流程中的一步出现在别的位置，只算一半。",
          "The order is what makes a protocol: an answer before its question is none.",
          "顺序正是协议的意义：先于问题的回答不是回答。", "INVITE, CANCEL, 180", "INVITE, 180, CANCEL"},
    Entry{"grade-step-violated", "预期流程中的一步出现了，但不符合要求。",
          "It came too late, too early, or says something else than the task asks for.",
          "来得太晚、太早，或者内容与题目要求不同。", "180 after 6 s", "180 within 4 s"},
    Entry{"grade-step-forbidden", "出现了不应出现的消息。",
          "It shows that the call went another way than the task asks for.",
          "说明呼叫没有按题目要求的方式进行。", "180, CANCEL, 200 (INVITE)", "180, CANCEL, 487 (INVITE)"},
    Entry{"grade-step-unexpected", "出现了流程中没有的消息。", "The task allows nothing beside its steps.",
          "题目不允许流程以外的消息。", "INVITE, INFO, 200", "INVITE, 180, 200"},
    Entry{"grade-condition-failed", "不满足题目的附加要求。",
          "The call went as it should, but not as this task asks: another number, codec or length.",
          "呼叫过程没错，但不符合本题的要求：号码、编码或时长不同。", "From: <sip:1009@example.com>",
          "From: <sip:1001@example.com>, the own number"},
    Entry{"grade-deduction", "评分标准对出现的情况扣分。",
          "The rubric names what costs points, beside the flow itself.",
          "除了流程本身，评分标准还列出了扣分的情况。", "retransmissions > 0", "no retransmissions"},
    Entry{"grade-required-failed", "缺少必需的内容，没有它就不得分。",
          "The rubric marks it as required: without it the rest says nothing.",
          "评分标准把它列为必需：没有它，其余部分没有意义。", "a call from somebody else's number",
          "a call from the own number"},
    Entry{"grade-late", "作业迟交。", "The rubric says what each day costs; the time is the platform's.",
          "评分标准规定了每天扣多少；时间以平台为准。", "handed in on 2026-11-22, due 2026-11-20",
          "handed in on 2026-11-19"},
};

} // namespace

std::span<const Entry> grading_entries() {
    return table;
}

} // namespace rungs::reports::explain
