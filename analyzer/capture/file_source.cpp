#include "analyzer/capture/file_source.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/limits/capture.hpp"
#include "core/text.hpp"

namespace rungs::capture {
namespace {

constexpr LinkType ethernet = 1;

/// Many files share what a single one has eightfold, since each keeps a buffer or two.
std::size_t buffer_octets_for(std::size_t files) {
    constexpr std::size_t smallest = 64U << 10U;
    return std::clamp(8 * limits::capture_buffer_octets / files, smallest, limits::capture_buffer_octets);
}

bool is_later(const MergeTurn& a, const MergeTurn& b) {
    return a.time != b.time ? a.time > b.time : a.input > b.input;
}

} // namespace

FileSource::FileSource(const OpenOptions& options) : m_options(options) {
    if (!options.filter.empty()) m_filter.emplace(options.filter);
}

Result<void> FileSource::open(const std::vector<std::string>& paths) {
    if (paths.empty()) return fail("no capture file was given", "name one or more, or - for standard input");
    if (paths.size() > std::numeric_limits<decltype(Frame::capture)>::max())
        return fail("too many capture files at once: " + std::to_string(paths.size()));
    if (std::ranges::count(paths, "-") > 1) return fail("-: standard input can be read only once");
    m_captures.resize(paths.size());
    m_inputs.resize(paths.size());
    for (std::size_t index = 0; index < paths.size(); ++index) {
        m_captures[index].path = paths[index];
        if (auto opened = open_input(index, buffer_octets_for(paths.size())); !opened) return opened;
    }
    return {};
}

Result<void> FileSource::open_input(std::size_t index, std::size_t buffer_octets) {
    Input& input = m_inputs[index];
    Summary& summary = m_captures[index];
    auto file = open_bytes(summary.path);
    if (!file) return tl::unexpected(file.error());
    auto reader = make_reader(std::move(*file), summary, buffer_octets);
    if (!reader) return tl::unexpected(reader.error());
    input.reader = std::move(*reader);

    input.reader->next(input.waiting);
    if (!input.waiting.frames.empty()) add_turn(index);
    if (!m_filter) return {};
    std::vector<Error> errors = compile_filter(index);
    if (summary.link_types.empty()) {
        if (auto compiled = m_filter->compile(ethernet); !compiled) errors.push_back(compiled.error());
    }
    if (errors.size() < std::max<std::size_t>(summary.link_types.size(), 1)) return {};
    return fail(printable(summary.path) + ": " + errors.front().message, errors.front().hint);
}

bool FileSource::refill(std::size_t index, FrameBatch& batch) {
    const bool more = m_inputs[index].reader->next(batch);
    if (m_filter) compile_filter(index);
    return more;
}

std::vector<Error> FileSource::compile_filter(std::size_t index) {
    std::vector<Error> errors;
    Summary& summary = m_captures[index];
    for (std::size_t& done = m_inputs[index].link_types; done < summary.link_types.size(); ++done) {
        const LinkType link_type = summary.link_types[done];
        auto compiled = m_filter->compile(link_type);
        if (compiled) continue;
        add_remark(summary, "No packet of link type " + std::to_string(link_type) +
                                " was kept: " + compiled.error().message + ".");
        errors.push_back(std::move(compiled.error()));
    }
    return errors;
}

bool FileSource::next(FrameBatch& batch) {
    batch.clear();
    if (limit_reached()) return false;
    if (m_inputs.size() == 1)
        take_file_order(batch);
    else
        take_merged(batch);
    return !batch.frames.empty();
}

void FileSource::take_file_order(FrameBatch& batch) {
    Input& input = m_inputs.front();
    std::size_t kept = 0;
    // A batch of which the filter keeps nothing is no end.
    while (kept == 0) {
        if (!input.waiting.frames.empty()) {
            std::swap(batch, input.waiting);
        } else if (!refill(0, batch)) {
            return;
        }
        if (!m_filter && m_options.packet_limit == 0) return count(batch.frames);
        for (Frame& frame : batch.frames) {
            if (limit_reached()) break;
            if (!admit(frame)) continue;
            if (&batch.frames[kept] != &frame) batch.frames[kept] = frame;
            ++kept;
        }
        batch.frames.resize(kept);
    }
}

void FileSource::take_merged(FrameBatch& batch) {
    std::size_t octets = 0;
    const auto full = [&] { return octets >= limits::capture_buffer_octets && !batch.frames.empty(); };
    while (!m_turns.empty() && !full() && !limit_reached()) {
        std::ranges::pop_heap(m_turns, is_later);
        const std::size_t index = m_turns.back().input;
        m_turns.pop_back();

        Input& input = m_inputs[index];
        Frame frame = input.waiting.frames[input.position++];
        frame.number = ++m_merged;
        frame.time = frame.time + shift_of(index);
        frame.capture = static_cast<std::uint16_t>(index);
        octets += frame.bytes.size() + sizeof(Frame);
        if (admit(frame)) {
            batch.frames.push_back(frame);
            if (!std::exchange(input.lent, true))
                batch.buffers.insert(batch.buffers.end(), input.waiting.buffers.begin(),
                                     input.waiting.buffers.end());
        }
        if (input.position == input.waiting.frames.size()) {
            input.position = 0;
            input.lent = false;
            if (!refill(index, input.waiting)) continue;
        }
        add_turn(index);
    }
    for (Input& input : m_inputs) input.lent = false;
}

void FileSource::add_turn(std::size_t index) {
    const Input& input = m_inputs[index];
    m_turns.push_back({input.waiting.frames[input.position].time + shift_of(index), index});
    std::ranges::push_heap(m_turns, is_later);
}

bool FileSource::admit(const Frame& frame) {
    Summary& summary = m_captures[frame.capture];
    if (m_filter && !m_filter->keeps(frame)) {
        ++summary.filtered;
        return false;
    }
    count({&frame, 1});
    return true;
}

void FileSource::count(std::span<const Frame> frames) {
    Summary& summary = m_captures[frames.front().capture];
    Input& input = m_inputs[frames.front().capture];
    Timestamp first = summary.first, last = summary.last;
    for (const Frame& frame : frames) {
        summary.octets += frame.bytes.size();
        // Records of zeros, as at the end of a file that was not closed, say nothing about when the capture
        // ran.
        if (frame.original_length == 0 && frame.bytes.empty()) continue;
        if (!std::exchange(input.has_times, true)) first = last = frame.time;
        first = std::min(first, frame.time);
        last = std::max(last, frame.time);
    }
    summary.first = first;
    summary.last = last;
    summary.packets += frames.size();
    m_delivered += frames.size();
}

std::uint64_t FileSource::octets_read() const {
    std::uint64_t octets = 0;
    for (const Input& input : m_inputs) octets += input.reader->octets_read();
    return octets;
}

Result<std::unique_ptr<FrameSource>> open(const std::vector<std::string>& paths, const OpenOptions& options) {
    auto source = std::make_unique<FileSource>(options);
    if (auto opened = source->open(paths); !opened) return tl::unexpected(std::move(opened.error()));
    return source;
}

} // namespace rungs::capture
