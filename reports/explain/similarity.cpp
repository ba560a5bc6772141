#include <array>

#include "reports/explain/catalogue.hpp"

namespace rungs::reports::explain {
namespace {

constexpr std::array table{
    Entry{"same-file", "两个文件逐字节相同。",
          "Two people cannot record the same file; ask whether they are a team, or whether it was given out.",
          "两个人不可能录到同一个文件；先问是不是同组，或者是不是老师发的。",
          "ana/busy.pcap and ben/mine.pcap have the same octets", "two files, two recordings"},
    Entry{
        "same-frames", "两个抓包里的帧内容相同，时间只差一个固定的偏移。",
        "Partners share the octets of their call, but their clocks and the network make each time differ by "
        "some microseconds. One constant shift means one recording, saved again, cut, shifted or with other "
        "addresses.",
        "通话双方抓到的内容可以相同，但时钟和网络会让每一帧差几微秒以上。固定的偏移说明是同一次抓包，"
        "被另存、裁剪、平移或改过地址。",
        "frame 1: a 10.000000, b 13.600000\nframe 2: a 10.012345, b 13.612345",
        "frame 1: a 10.000000, b 12.340187\nframe 2: a 10.012345, b 12.352391"},
    Entry{"same-times", "两个抓包里，帧与帧的间隔到微秒都相同。",
          "The contents may have been edited (other names, other Call-IDs); the rhythm of the network stays. "
          "The same program run twice never keeps it.",
          "内容可能被改过（换了名字、Call-ID），但网络的节奏还在。同一个程序运行两次，间隔不会完全相同。",
          "a: 12.345 ms, 20.017 ms, 0.612 ms, 19.988 ms\nb: 12.345 ms, 20.017 ms, 0.612 ms, 19.988 ms",
          "a: 12.345 ms, 20.017 ms\nb: 12.601 ms, 20.002 ms"},
    Entry{"same-call-id", "两个像是拷贝的抓包有相同的 Call-ID。",
          "A Call-ID is made at random for each call. Partners share it, so it counts only beside times that "
          "fit a copy.",
          "Call-ID 每个呼叫随机生成。通话双方本来就共享它，所以只有时间也符合拷贝时才算。",
          "Call-ID: 5f0c92ab@192.0.2.1, at one constant shift", "Call-ID of each student's own call"},
    Entry{"same-branch", "两个像是拷贝的抓包有相同的 Via branch。",
          "A branch is random and belongs to one transaction.", "branch 是随机的，只属于一个事务。",
          "branch=z9hG4bK74bf9a in both, at one constant shift", "a branch of its own in each"},
    Entry{"same-tag", "两个像是拷贝的抓包有相同的 From 或 To tag。",
          "A tag has 32 random bits at least and belongs to one dialog.",
          "tag 至少有 32 位随机数，只属于一个对话。", "From: <sip:ana@example.com>;tag=9fxced76sl in both",
          "a tag of its own in each"},
    Entry{"same-nonce", "两个像是拷贝的抓包有相同的 质询 nonce 或 cnonce。",
          "A server makes a nonce for each challenge, a client a cnonce for each answer.",
          "服务器每次质询生成新的 nonce，客户端每次应答生成新的 cnonce。",
          "nonce=\"84f1c1ae6cbe5ua9\" in both, at one constant shift", "a challenge of its own in each"},
    Entry{"same-session-id", "两个像是拷贝的抓包里，SDP o= 行的会话标识相同。",
          "A session id is usually the time in seconds when the offer was made.",
          "会话标识通常是生成 offer 时的秒数。", "o=- 3900000001 1 IN IP4 192.0.2.1 in both",
          "o=- 3900000001 ... and o=- 3900004711 ..."},
    Entry{"same-media-source", "两个抓包的 RTP 流以相同的 SSRC、序号和时间戳开始。",
          "All three are drawn at random when a stream begins. Programs that start from fixed values are not "
          "counted.",
          "流开始时三者都随机产生；从固定值开始的程序不计。",
          "SSRC 0x4f1a22c9, sequence 41277, timestamp 2918374650 in both", "other values in each"},
    Entry{"same-tcp-start", "两个抓包的 TCP 连接以相同的初始序号开始。",
          "The initial sequence number is random.", "初始序号是随机的。",
          "SYN with sequence number 3102947711 in both", "a number of its own in each"},
    Entry{"same-host", "两个相似的抓包是在 MAC 地址相同的主机上抓的。",
          "Computers of a lab are shared, so this is no evidence by itself; it says which computer to ask "
          "about.",
          "机房的电脑是共用的，单凭这一点不算证据；它只说明是哪台电脑。", "both taken at 02:00:c0:a8:01:14",
          "two computers"},
};

} // namespace

std::span<const Entry> similarity_entries() {
    return table;
}

} // namespace rungs::reports::explain
