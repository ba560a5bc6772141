#include <array>

#include "reports/explain/catalogue.hpp"

namespace rungs::reports::explain {
namespace {

constexpr std::array table{
    Entry{
        "capture-shortened", "抓包中间被剪掉了一段，那里缺的包不是在路上丢的。",
        "Nothing at all was captured for seconds while sequence numbers went on: loss and jitter say nothing "
        "about the network. Hand in the whole capture.",
        "有好几秒什么都没有抓到，而序号还在继续：此处的丢包和抖动说明不了网络的好坏。请提交完整的抓包。",
        "frames 40 and 41 are 8 s apart, sequence numbers 120 and 520", "the capture as it was taken"},
    Entry{"port-unreachable", "ICMP 端口不可达：这次呼叫用到的端口上没有程序在监听。",
          "The program there had ended, listens at another port, or SDP or Contact named the wrong one.",
          "对方的程序已经退出、监听的是别的端口，或者 SDP、Contact 里写错了端口。",
          "m=audio 23032, but the program reads from 23034",
          "the port that SDP names is open before the answer"},
    Entry{"media-none", "呼叫已接通，但抓包里没有它的 RTP。",
          "Either no media flowed, or it took a way that the capture did not see.",
          "可能没有媒体流，也可能媒体走了抓包看不到的路径。", "200 (INVITE), ACK, 20 s, BYE",
          "200 (INVITE), ACK, RTP, BYE"},
    Entry{"media-none-in-capture", "有接通的呼叫，但整个抓包里没有任何媒体。",
          "A filter on port 5060 keeps signalling only: nothing can be said about media then.",
          "只抓 5060 端口就只有信令，媒体的情况无从判断。", "tcpdump -w a.pcap port 5060",
          "tcpdump -w a.pcap udp"},
    Entry{"media-one-way", "只有一个方向有媒体。",
          "One of the two hears nothing: NAT, a firewall, or the wrong address in SDP.",
          "有一方听不到声音：NAT、防火墙，或 SDP 里的地址不对。",
          "caller -> callee: 500 packets\ncallee -> caller: none", "500 packets each way"},
    Entry{"media-late", "接通 1 秒多以后才有第一个媒体包。",
          "Who answered was not heard at first: the \"hello\" is lost.",
          "刚接通时听不到对方，第一声“喂”丢了。", "200 (INVITE) at 3.0 s, first RTP at 4.8 s",
          "200 (INVITE) at 3.0 s, first RTP at 3.02 s"},
    Entry{"media-early", "接通之前就有媒体（早期媒体）。",
          "Ringback tones and announcements come this way; it is allowed and usually meant.",
          "回铃音和语音提示常这样发送，这是允许的，通常也是有意的。", "180 Ringing with RTP and no 183",
          "183 Session Progress with SDP, then RTP"},
    Entry{"media-after-bye", "BYE 之后超过半秒仍有媒体。",
          "One side did not notice the end: it goes on sending, perhaps charging.",
          "有一方没有发现呼叫已结束，还在继续发送，甚至继续计费。", "BYE at 10 s, RTP until 40 s",
          "BYE at 10 s, last RTP at 9.99 s"},
    Entry{"media-nat", "SDP 里是私有地址，媒体却来自或去往别的地址。",
          "The address in SDP cannot be reached from outside; it works only where a server corrects it.",
          "SDP 里的地址从外面无法到达，只有服务器纠正后才能通话。",
          "c=IN IP4 192.168.1.20, RTP from 203.0.113.9", "c=IN IP4 203.0.113.9, RTP from 203.0.113.9"},
    Entry{"media-not-negotiated", "发送了 SDP 没有协商过的负载类型。",
          "The receiver may not be able to play it.", "接收方可能无法播放。",
          "m=audio 4000 RTP/AVP 0, RTP with type 18", "m=audio 4000 RTP/AVP 0, RTP with type 0"},
    Entry{"media-red", "负载类型是一个外壳：冗余音频（RED），里面是另一种编码。",
          "Programs that take the number for the codec play noise.", "把这个编号当成编码的程序会播放出噪声。",
          "type 97 played as PCMU", "type 97 unwrapped, then PCMU"},
    Entry{"media-loss", "一路媒体流缺少 1% 以上的数据包。",
          "From about 1 % it can be heard; what the capture itself dropped counts, too.",
          "约 1% 起就能听出来；抓包本身漏掉的也算在内。", "212 of 10 000 packets missing",
          "3 of 10 000 packets missing"},
    Entry{"media-jitter", "一路媒体流的平均抖动超过 30 毫秒。",
          "A jitter buffer of the usual 60 ms runs empty: the voice is choppy.",
          "常见的 60 毫秒抖动缓冲会被耗尽，声音断断续续。", "mean jitter 55 ms", "mean jitter 2 ms"},
    Entry{"media-fax", "媒体是传真：UDPTL 上的 T.38。", "There is no voice to rate in it.",
          "里面没有可以评分的语音。", "m=image 6004 udptl t38 rated as voice", "m=image 6004 udptl t38"},
};

} // namespace

std::span<const Entry> media_entries() {
    return table;
}

} // namespace rungs::reports::explain
