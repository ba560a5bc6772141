#include "analyzer/grade/captures.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "analyzer/grade/marking_rules.hpp"
#include "analyzer/grade/memory_file.hpp"
#include "analyzer/pipeline.hpp"
#include "core/text.hpp"

namespace rungs::grade {
namespace {

using namespace std::string_view_literals;

/// Of pcap in both orders and resolutions, pcapng, gzip, Zstandard, LZ4, xz.
constexpr std::array magics{"\xd4\xc3\xb2\xa1"sv, "\xa1\xb2\xc3\xd4"sv, "\x4d\x3c\xb2\xa1"sv,
                            "\xa1\xb2\x3c\x4d"sv, "\x34\xcd\xb2\xa1"sv, "\xa1\xb2\xcd\x34"sv,
                            "\x0a\x0d\x0d\x0a"sv, "\x1f\x8b"sv,         "\x28\xb5\x2f\xfd"sv,
                            "\x04\x22\x4d\x18"sv, "\xfd\x37zXZ"sv};
constexpr std::array endings{".pcap"sv, ".pcapng"sv, ".cap"sv, ".dmp"sv};

MarkReason because(const rule::Rule& rule, std::string en, std::string zh_cn) {
    return {std::string(rule.code), {std::move(en), std::move(zh_cn)}, {}, {}, {}};
}

/// An analysis and the memory that its messages are read from.
struct Kept {
    std::vector<MemoryFile> files;
    Analysis analysis;
};

/// Puts the name that the student gave in place of our path, also where a finding speaks of it.
void rename(Analysis& analysis, std::size_t capture, const std::string& path, const std::string& name) {
    analysis.captures[capture].file.path = name;
    const std::string shown = printable(name);
    for (Finding& finding : analysis.findings) {
        for (std::size_t at = finding.text.find(path); at != std::string::npos;
             at = finding.text.find(path, at + shown.size())) {
            const std::size_t end = at + path.size();
            const bool longer = end < finding.text.size() && is_digit(finding.text[end]);
            if (!longer) finding.text.replace(at, path.size(), shown);
        }
    }
}

std::optional<MarkReason> nothing_to_judge(const Analysis& analysis, const std::string& name) {
    std::uint64_t packets = 0;
    std::uint64_t media = 0;
    for (const Capture& capture : analysis.captures) {
        packets += capture.file.packets;
        media += capture.accounting[static_cast<std::size_t>(Bucket::rtp)];
    }
    if (packets == 0)
        return because(rule::capture_empty, fmt::format("{} holds no packets.", name),
                       fmt::format("{} 里没有任何数据包。", name));
    if (analysis.messages.empty()) {
        return because(
            rule::no_signalling,
            fmt::format("{} holds {} packets ({} of them RTP) but no SIP and no MSN: was the capture "
                        "filter or the interface wrong?",
                        name, packets, media),
            fmt::format(
                "{} 里有 {} 个数据包（其中 RTP {} 个），但没有 SIP 也没有 MSN：过滤条件或网卡选错了吗？",
                name, packets, media));
    }
    if (analysis.calls.empty()) {
        return because(rule::no_call, fmt::format("{} holds single messages, but no call.", name),
                       fmt::format("{} 里只有零散的消息，没有呼叫。", name));
    }
    return std::nullopt;
}

} // namespace

const ReadCapture& Captures::read(const std::vector<std::size_t>& files) {
    const auto known = m_read.find(files);
    if (known != m_read.end()) return known->second;
    return m_read.emplace(files, analyse(files)).first->second;
}

bool Captures::is_capture(std::size_t file) const {
    const SubmittedFile& submitted = m_submission.files[file];
    const std::string_view octets = submitted.octets;
    if (std::ranges::any_of(magics, [octets](std::string_view magic) { return octets.starts_with(magic); }))
        return true;
    return octets.empty() && std::ranges::any_of(endings, [&](std::string_view ending) {
               return submitted.name.ends_with(ending);
           });
}

ReadCapture Captures::analyse(const std::vector<std::size_t>& files) const {
    ReadCapture read;
    const auto kept = std::make_shared<Kept>();
    std::vector<std::string> paths;
    for (const std::size_t file : files) {
        const SubmittedFile& submitted = m_submission.files[file];
        read.name += (read.name.empty() ? "" : " + ") + submitted.name;
        kept->files.emplace_back(submitted.octets);
        paths.push_back(kept->files.back().path());
    }
    const std::string shown = printable(read.name);
    const bool empty = std::ranges::all_of(
        files, [this](std::size_t file) { return m_submission.files[file].octets.empty(); });
    if (empty) {
        read.reason = because(rule::capture_empty, fmt::format("{} is empty (0 octets).", shown),
                              fmt::format("{} 是空文件（0 字节）。", shown));
        return read;
    }
    auto analysis = analyze(paths);
    if (!analysis) {
        // The message begins with our path, which says nothing to anybody.
        std::string_view what = analysis.error().message;
        if (what.starts_with(paths.front())) take_until(what, ' ');
        read.reason = because(rule::not_a_capture, fmt::format("{}: {}.", shown, printable(what)),
                              fmt::format("{} 不是能读取的抓包文件（{}）。", shown, printable(what)));
        return read;
    }
    kept->analysis = std::move(*analysis);
    for (std::size_t i = 0; i < files.size(); ++i)
        rename(kept->analysis, i, paths[i], m_submission.files[files[i]].name);
    read.reason = nothing_to_judge(kept->analysis, shown);
    read.analysis = std::shared_ptr<const Analysis>(kept, &kept->analysis);
    return read;
}

} // namespace rungs::grade
