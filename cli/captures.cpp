#include "cli/captures.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analyzer/pipeline.hpp"
#include "cli/failure.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/say.hpp"
#include "cli/terminal.hpp"
#include "core/limits/input.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace rungs::cli {
namespace {

/// Octets of all files together; 0 when one of them is a pipe and the sum means nothing.
std::uint64_t total_octets(const std::vector<std::string>& paths) {
    std::uint64_t total = 0;
    for (const std::string& path : paths) {
        std::error_code error;
        if (path == "-" || !std::filesystem::is_regular_file(path, error)) return 0;
        const auto size = std::filesystem::file_size(path, error);
        if (error) return 0;
        total += size;
    }
    return total;
}

void tell_about(const capture::Summary& file, bool verbose) {
    const std::string path = printable(file.path);
    if (verbose) {
        say_note(fmt::format("{}: {}, {} packets, {} filtered out", path, file.format, file.packets,
                             file.filtered));
        for (const std::string& remark : file.remarks) say_warning(fmt::format("{}: {}", path, remark));
        if (!file.remarks.empty()) return;
    }
    if (file.remarks.empty()) {
        if (file.truncated)
            say_warning(fmt::format("{}: the file breaks off; all before that was read", path));
        return;
    }
    const std::size_t more = file.remarks.size() - 1;
    say_warning(fmt::format("{}: {}{}", path, file.remarks.front(),
                            more == 0 ? "" : fmt::format(" ({} more like this; -v shows them)", more)));
}

Id call_of(const Analysis& analysis, const Dialog& dialog) {
    return dialog.call <= analysis.calls.size() ? dialog.call : 0;
}

[[noreturn]] void refuse_call(const Analysis& analysis, std::string_view wanted) {
    Failure failure{{fmt::format("no call is \"{}\"", printable(wanted)), {}}, ExitStatus::negative};
    std::vector<std::string_view> known;
    known.reserve(analysis.dialogs.size());
    for (const Dialog& dialog : analysis.dialogs) known.push_back(analysis.text(dialog.call_id));
    const auto near = nearest(wanted, known);
    std::vector<std::string> shown;
    shown.reserve(near.size());
    for (const std::string_view call_id : near) shown.push_back(fmt::format("\"{}\"", printable(call_id)));
    if (!near.empty()) {
        failure.error.hint = fmt::format("the nearest Call-IDs are {}", fmt::join(shown, ", "));
    } else if (analysis.calls.empty()) {
        failure.error.hint = "there are no calls here; rungs FILE shows what there is";
    } else if (analysis.calls.size() == 1) {
        failure.error.hint = "there is one call, number 1";
    } else {
        failure.error.hint =
            fmt::format("calls are numbered 1 to {}; rungs calls FILE lists them", analysis.calls.size());
    }
    throw Failure{failure};
}

/// A number first, then a Call-ID: those may be all digits too.
Id find_call(const Analysis& analysis, std::string_view wanted) {
    const auto number = parse_number<Id>(wanted);
    if (number && *number >= 1 && *number <= analysis.calls.size()) return *number;
    for (const Dialog& dialog : analysis.dialogs) {
        if (call_of(analysis, dialog) != 0 && analysis.text(dialog.call_id) == wanted) return dialog.call;
    }
    refuse_call(analysis, wanted);
}

} // namespace

std::optional<check::Passwords> read_passwords(const Options& options,
                                               const std::vector<std::string>& captures) {
    if (options.password_file.empty()) return std::nullopt;
    const std::string& path = options.password_file;
    const bool standard_input = path == "-";
    if (standard_input && (captures.empty() || std::ranges::find(captures, "-") != captures.end())) {
        throw Failure{{"standard input cannot be both the capture and the passwords",
                       "--password-file FILE reads them from a file"}};
    }
    std::ifstream file;
    if (!standard_input) file.open(path, std::ios::binary);
    std::istream& in = standard_input ? std::cin : file;
    if (!in) throw Failure{{fmt::format("{}: cannot be read", printable(path)), {}}};
    std::string text(limits::password_file_octets + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    auto passwords = check::Passwords::parse(text);
    if (!passwords) {
        const Error& error = passwords.error();
        throw Failure{{fmt::format("{}: {}", printable(path), error.message), error.hint}};
    }
    return std::move(*passwords);
}

Analysis read_captures(const Options& options, const std::vector<std::string>& captures) {
    return read_captures(options, captures, read_passwords(options, captures));
}

Analysis read_captures(const Options& options, const std::vector<std::string>& captures,
                       const std::optional<check::Passwords>& passwords) {
    std::vector<std::string> paths = captures;
    if (paths.empty()) {
        if (::isatty(STDIN_FILENO) == 1) throw NothingToRead{};
        paths.emplace_back("-");
    }
    AnalysisOptions analysis_options;
    analysis_options.capture_filter = options.capture_filter;
    analysis_options.packet_limit = options.packet_limit;
    analysis_options.threads = thread_count(options);
    if (passwords) analysis_options.passwords = &*passwords;
    analysis_options.profile = options.profile;
    analysis_options.stop = &interrupted();
    std::optional<Progress> progress;
    if (wants_progress(options)) {
        progress.emplace(total_octets(paths));
        analysis_options.progress = [&progress](std::uint64_t octets) { progress->show(octets); };
    }
    auto analysis = analyze(paths, analysis_options);
    progress.reset();
    if (!analysis) throw Failure{analysis.error()};
    // Also when the end of the input came before the flag was looked at: who interrupts gets no "complete".
    if (interrupted()) analysis->complete = false;
    if (options.quiet) return std::move(*analysis);
    for (const Capture& capture : analysis->captures) tell_about(capture.file, options.verbose > 0);
    if (interrupted()) say_warning("interrupted: this is what was read until then");
    return std::move(*analysis);
}

reports::Selection select_calls(const Analysis& analysis, const Options& options) {
    reports::Selection selection;
    for (const std::string& wanted : options.calls) selection.calls.push_back(find_call(analysis, wanted));
    std::ranges::sort(selection.calls);
    selection.calls.erase(std::unique(selection.calls.begin(), selection.calls.end()), selection.calls.end());
    if (!options.filter) return selection;

    const std::vector<Id> fitting = options.filter->select_calls(analysis);
    if (selection.all()) {
        selection.calls = fitting;
    } else {
        std::erase_if(selection.calls, [&](Id call) { return !std::ranges::binary_search(fitting, call); });
    }
    if (selection.calls.empty()) {
        throw Failure{{"no call fits the filter", "rungs calls FILE lists all of them"},
                      ExitStatus::negative};
    }
    return selection;
}

} // namespace rungs::cli
