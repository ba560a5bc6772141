#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "analyzer/grade/intake.hpp"
#include "analyzer/grade/marking_rules.hpp"
#include "analyzer/grade/similarity.hpp"
#include "cli/archives.hpp"
#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/grade_one.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/pseudonyms.hpp"
#include "cli/say.hpp"
#include "cli/terminal.hpp"
#include "cli/version.hpp"
#include "cli/workers.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"
#include "reports/class_overview.hpp"
#include "reports/grades.hpp"
#include "reports/grades_json.hpp"
#include "reports/rubric_text.hpp"
#include "reports/similarity.hpp"

namespace rungs::cli {
namespace fs = std::filesystem;
namespace {

using reports::Language;

/// What the command line asked for beside what all commands share.
struct Wishes {
    std::string rubric, check_rubric;
    std::string roster, id_pattern, overrides;
    std::string moodle, canvas, canvas_assignment, gradescope;
    std::string grade_column, feedback_column;
    std::vector<std::string> base, previous;
    std::vector<Language> languages;
    unsigned parallel = std::max(1U, std::thread::hardware_concurrency());
    bool anonymous = false;
    bool classroom = false;
};

/// All fingerprints of one school have to be made with the same salt to be compared next year.
constexpr std::string_view fingerprint_salt = "rungs.grades/1";

// --- the rubric

grade::Rubric read_rubric(const std::string& path) {
    auto rubric = grade::read_rubric_file(path);
    if (!rubric) throw Failure{rubric.error()};
    return std::move(*rubric);
}

ExitStatus explain_rubric(const Options& options, const std::string& path) {
    const grade::Rubric rubric = read_rubric(path);
    const auto problems = grade::problems_of(rubric);
    Output output(options.output, {path});
    reports::TextStyle style = text_style(options, output.descriptor());
    reports::write_rubric(rubric, problems, style, output.sink());
    output.finish();
    const bool wrong = std::ranges::any_of(problems, &grade::RubricProblem::error);
    return wrong ? ExitStatus::negative : ExitStatus::done;
}

/// A class is not graded by what contradicts itself.
void refuse_contradictions(const grade::Rubric& rubric) {
    for (const grade::RubricProblem& problem : grade::problems_of(rubric)) {
        if (!problem.error) continue;
        const std::string place =
            problem.place.line == 0 ? "" : fmt::format(":{}:{}", problem.place.line, problem.place.column);
        throw Failure{
            {fmt::format("{}{}: {}", printable(rubric.source), place, problem.text.en),
             fmt::format("rungs grade --check-rubric {} explains the rubric", printable(rubric.source))}};
    }
}

// --- where results go

class Folder {
  public:
    Folder(const std::string& path, std::vector<std::string> inputs)
        : m_path(path), m_inputs(std::move(inputs)) {
        if (path == "-")
            throw Failure{
                {"grading writes a folder", "-o OUT names it; rungs grade DIR --rubric lab.yaml -o OUT"}};
        std::error_code error;
        fs::create_directories(m_path / "feedback", error);
        if (error)
            throw Failure{{fmt::format("{}: cannot be made: {}", printable(path), error.message()), {}}};
    }

    /// `write(sink)` makes the content of the file `name`.
    template <typename Write>
    void file(const std::string& name, Write write, bool durable = true) const {
        Output output((m_path / name).string(), m_inputs);
        write(output.sink());
        output.finish(durable);
    }

    [[nodiscard]] const fs::path& path() const { return m_path; }

  private:
    fs::path m_path;
    std::vector<std::string> m_inputs;
};

/// A name for the page of a student: what could be a path or hidden becomes `_`; each name once, whatever the
/// case.
class PageNames {
  public:
    std::string name_for(std::string_view id) {
        std::string name;
        for (const char c : printable(id).substr(0, 80)) {
            const bool plain =
                is_alpha(c) || is_digit(c) || c == '-' || c == '_' || static_cast<signed char>(c) < 0;
            name += plain ? c : '_';
        }
        while (!is_utf8(name)) name.pop_back(); // a character that was cut
        if (name.empty()) name = "_";
        std::string unique = name;
        for (unsigned i = 2; !m_taken.insert(lower(unique)).second; ++i)
            unique = fmt::format("{}-{}", name, i);
        return "feedback/" + unique + ".html";
    }

  private:
    static std::string lower(std::string text) {
        std::ranges::transform(text, text.begin(), ascii_lower);
        return text;
    }
    std::set<std::string> m_taken;
};

// --- the class

grade::MarkReason why(WorkEnd end) {
    const auto because = [](const grade::rule::Rule& rule, std::string en, std::string zh_cn) {
        return grade::MarkReason{std::string(rule.code), {std::move(en), std::move(zh_cn)}, {}, {}};
    };
    switch (end) {
    case WorkEnd::time_limit:
        return because(grade::rule::time_limit,
                       fmt::format("Grading took longer than {} s and was ended.", limits::grading_seconds),
                       fmt::format("批改超过 {} 秒，已终止。", limits::grading_seconds));
    case WorkEnd::memory_limit:
        return because(
            grade::rule::memory_limit,
            fmt::format("Grading took more than {} MiB and was ended.", limits::grading_octets >> 20U),
            fmt::format("批改占用内存超过 {} MiB，已终止。", limits::grading_octets >> 20U));
    case WorkEnd::done:
    case WorkEnd::crashed: break;
    }
    return because(grade::rule::crashed,
                   "The program failed while it read this submission; the others are not affected.",
                   "读取这份提交时程序出错；其他提交不受影响。");
}

class ClassGrader {
  public:
    ClassGrader(const Options& options, const Wishes& wishes, const Folder& folder,
                const grade::Rubric& rubric, GradingJob job, grade::ClassWork work)
        : m_options(options), m_wishes(wishes), m_folder(folder), m_rubric(rubric), m_job(std::move(job)),
          m_work(std::move(work)) {}

    grade::ClassMarks grade() {
        PageNames names;
        for (const grade::Submission& submission : m_work.submissions)
            m_pages.push_back(names.name_for(submission.id));
        m_marks.resize(m_work.submissions.size());
        run(
            m_work.submissions.size(), "grading",
            [this](std::size_t i, reports::Sink& sink) {
                grade_one(m_work.submissions[i], m_job, m_pages[i], sink);
            },
            [this](std::size_t i, const WorkResult& result) { take(i, result); });
        grade::ClassMarks marks;
        marks.rubric = m_rubric.title;
        marks.unmatched = m_work.unmatched;
        marks.students = std::move(m_marks);
        for (const grade::Submission& submission : m_work.missing) {
            grade::GradedSubmission nothing = grade::grade(submission, m_rubric);
            apply_own(nothing.mark, m_job.overrides);
            marks.students.push_back(std::move(nothing.mark));
        }
        std::ranges::stable_sort(marks.students, {}, &grade::StudentMark::id);
        return marks;
    }

    std::vector<grade::SimilarPair> compare() {
        std::vector<grade::Fingerprinted> captures = std::move(m_fingerprints);
        std::ranges::stable_sort(captures, [](const auto& a, const auto& b) {
            return std::tie(a.student, a.capture) < std::tie(b.student, b.capture);
        });
        m_folder.file("fingerprints.txt",
                      [&](reports::Sink& sink) { sink.write(grade::to_index(captures)); });
        for (const std::string& path : m_wishes.previous) add_previous(path, captures);
        std::vector<grade::Fingerprint> base;
        for (const std::string& path : m_wishes.base) base.push_back(base_of(path));
        return grade::compare(captures, base);
    }

    /// The frames that pairs name, read again.
    reports::FrameBook frames_of(const std::vector<grade::SimilarPair>& pairs) {
        std::map<std::pair<std::string, std::string>, std::set<std::uint64_t>> wanted;
        for (const grade::SimilarPair& pair : pairs) {
            for (const grade::SimilarPair::Signal& signal : pair.signals) {
                wanted[{pair.a, pair.capture_a}].insert(signal.frames_a.begin(), signal.frames_a.end());
                wanted[{pair.b, pair.capture_b}].insert(signal.frames_b.begin(), signal.frames_b.end());
            }
        }
        struct Place {
            const grade::SubmittedFile* file;
            std::string student, capture;
            std::vector<std::uint64_t> frames;
        };
        std::vector<Place> places;
        for (const auto& [key, frames] : wanted) {
            if (const auto* file = find_file(key.first, key.second); file != nullptr)
                places.push_back({file, key.first, key.second, {frames.begin(), frames.end()}});
        }
        reports::FrameBook book;
        run(
            places.size(), "comparing",
            [&places](std::size_t i, reports::Sink& sink) {
                show_frames(*places[i].file, places[i].frames, sink);
            },
            [&](std::size_t i, const WorkResult& result) {
                book.add(places[i].student, places[i].capture, read_lines(result.octets));
            });
        return book;
    }

  private:
    template <typename Work, typename Done>
    void run(std::size_t count, std::string_view doing, Work work, Done done) {
        std::optional<Progress> progress;
        if (wants_progress(m_options)) progress.emplace(count);
        std::size_t finished = 0;
        run_isolated(count, m_wishes.parallel, Box{}, work, [&](std::size_t i, WorkResult result) {
            done(i, std::move(result));
            ++finished;
            if (progress) progress->show(fmt::format("{}: {} of {}", doing, finished, count));
        });
        progress.reset();
        if (interrupted())
            throw Failure{
                {fmt::format("interrupted after {} of {}: no grades were written", finished, count), {}},
                ExitStatus::interrupted};
    }

    void take(std::size_t i, const WorkResult& result) {
        const grade::Submission& submission = m_work.submissions[i];
        auto graded = result.end == WorkEnd::done ? read_graded(result.octets) : std::nullopt;
        if (!graded) {
            m_marks[i] = grade::unassessable(submission, m_rubric, why(result.end));
            apply_own(m_marks[i], m_job.overrides);
            return;
        }
        m_marks[i] = std::move(graded->mark);
        for (NamedFingerprint& named : graded->fingerprints) {
            m_fingerprints.push_back({submission.id, submission.team, std::move(named.capture),
                                      std::move(named.fingerprint), false});
        }
        m_folder.file(
            m_pages[i], [&](reports::Sink& sink) { sink.write(graded->page); }, false);
    }

    [[nodiscard]] const grade::SubmittedFile* find_file(const std::string& student,
                                                        const std::string& name) const {
        for (const grade::Submission& submission : m_work.submissions) {
            if (submission.id != student) continue;
            for (const grade::SubmittedFile& file : submission.files) {
                if (printable(file.name) == name) return &file;
            }
        }
        return nullptr;
    }

    void add_previous(const std::string& path, std::vector<grade::Fingerprinted>& captures) const {
        const auto text = grade::read_table(path);
        if (!text) throw Failure{text.error()};
        auto previous = grade::from_index(*text, fs::path(path).stem().string() + ":", m_job.salt);
        if (!previous)
            throw Failure{
                {fmt::format("{}: {}", printable(path), previous.error().message), previous.error().hint}};
        captures.insert(captures.end(), previous->begin(), previous->end());
    }

    [[nodiscard]] grade::Fingerprint base_of(const std::string& path) const {
        auto fingerprint = grade::fingerprint(path, {}, m_job.salt);
        if (!fingerprint) throw Failure{fingerprint.error()};
        return std::move(*fingerprint);
    }

    const Options& m_options;
    const Wishes& m_wishes;
    const Folder& m_folder;
    const grade::Rubric& m_rubric;
    GradingJob m_job;
    grade::ClassWork m_work;
    std::vector<std::string> m_pages;
    std::vector<grade::StudentMark> m_marks;
    std::vector<grade::Fingerprinted> m_fingerprints;
};

// --- outputs

void tell(const reports::Gradebook& book, const std::string& table) {
    for (const std::string& warning : book.warnings) say_warning(warning);
    for (const std::string& row : book.rows_left)
        say_warning(fmt::format("{}: nobody graded is {}", printable(table), printable(row)));
    for (const std::string& id : book.students_left)
        say_warning(fmt::format("{}: has no row for {}", printable(table), printable(id)));
}

std::string table_text(const std::string& path) {
    auto text = grade::read_table(path);
    if (!text) throw Failure{text.error()};
    return std::move(*text);
}

void fill_table(const Folder& folder, const std::string& path, Result<reports::Gradebook> book) {
    if (!book)
        throw Failure{{fmt::format("{}: {}", printable(path), book.error().message), book.error().hint}};
    tell(*book, path);
    folder.file(fs::path(path).filename().string(), [&](reports::Sink& sink) { sink.write(book->text); });
}

/// `real` has the names that platforms know.
void write_platforms(const Wishes& wishes, const Folder& folder, const grade::ClassMarks& real) {
    if (!wishes.moodle.empty()) {
        const reports::WorksheetOptions how{wishes.grade_column, wishes.feedback_column, wishes.languages};
        fill_table(folder, wishes.moodle,
                   reports::fill_moodle_worksheet(table_text(wishes.moodle), real, how));
    }
    if (!wishes.canvas.empty()) {
        fill_table(folder, wishes.canvas,
                   reports::fill_canvas_gradebook(table_text(wishes.canvas), real, wishes.canvas_assignment));
    }
    if (wishes.gradescope.empty() && !wishes.classroom) return;
    if (real.students.size() != 1) {
        throw Failure{{fmt::format("--gradescope and --classroom are for one submission, here are {}",
                                   real.students.size()),
                       "the folder of one student"}};
    }
    const grade::StudentMark& mark = real.students.front();
    if (!wishes.gradescope.empty())
        folder.file("results.json", [&](reports::Sink& sink) {
            reports::write_gradescope_json(mark, wishes.languages, sink);
        });
    if (wishes.classroom)
        folder.file("classroom.json", [&](reports::Sink& sink) {
            reports::write_classroom_json(mark, wishes.languages.front(), sink);
        });
}

void write_class(const Folder& folder, const grade::ClassMarks& marks, Language language) {
    folder.file("grades.csv", [&](reports::Sink& sink) { reports::write_grades_csv(marks, sink); });
    folder.file("grades.json",
                [&](reports::Sink& sink) { reports::write_grades_json(marks, version(), sink); });
    folder.file("grades.ndjson", [&](reports::Sink& sink) { reports::write_grades_ndjson(marks, sink); });
    folder.file("grades.junit.xml", [&](reports::Sink& sink) { reports::write_grades_junit(marks, sink); });
    folder.file("overview.html",
                [&](reports::Sink& sink) { reports::write_class_page(marks, language, sink); });
}

std::vector<grade::Override> read_overrides(const std::string& path) {
    if (path.empty()) return {};
    auto overrides = grade::parse_overrides(table_text(path));
    if (!overrides)
        throw Failure{
            {fmt::format("{}: {}", printable(path), overrides.error().message), overrides.error().hint}};
    return std::move(*overrides);
}

void warn_of_strangers(const std::vector<grade::Override>& overrides, const grade::ClassMarks& marks) {
    for (const grade::Override& change : overrides) {
        const auto student = std::ranges::find(marks.students, change.student, &grade::StudentMark::id);
        if (student == marks.students.end()) {
            say_warning(fmt::format("line {} of the overrides: nobody is \"{}\"", change.line,
                                    printable(change.student)));
        } else if (!change.task.empty() && std::ranges::find(student->tasks, change.task,
                                                             &grade::TaskMark::id) == student->tasks.end()) {
            say_warning(fmt::format("line {} of the overrides: there is no task \"{}\"", change.line,
                                    printable(change.task)));
        }
    }
}

constexpr std::string_view mapping_file = "pseudonyms.csv";

Pseudonyms known_pseudonyms(const Folder& folder) {
    const fs::path path = folder.path() / mapping_file;
    std::error_code error;
    return fs::exists(path, error) ? Pseudonyms(table_text(path.string())) : Pseudonyms();
}

ExitStatus grade_class(const Options& options, const Wishes& wishes) {
    if (!wishes.check_rubric.empty()) return explain_rubric(options, wishes.check_rubric);
    if (options.words.size() != 1)
        throw Failure{
            {"grading takes one folder or archive", "rungs grade submissions/ --rubric lab.yaml -o OUT"}};
    if (wishes.rubric.empty())
        throw Failure{{"a rubric is missing", "--rubric lab.yaml; samples/rubrics has some to start from"}};
    // What can be wrong on the command line is told before the long work.
    const grade::Rubric rubric = read_rubric(wishes.rubric);
    refuse_contradictions(rubric);
    GradingJob job;
    job.rubric = &rubric;
    job.overrides = read_overrides(wishes.overrides);
    job.salt = grade::salt_from(fingerprint_salt);
    job.language = wishes.languages.front();
    job.anonymous = wishes.anonymous;
    const auto passwords = read_passwords(options, options.words);
    if (passwords) job.passwords = &*passwords;
    const Folder folder(options.output, {options.words.front(), wishes.rubric, wishes.moodle, wishes.canvas,
                                         wishes.roster, wishes.overrides});

    const auto read_inside = [](std::string_view octets, const grade::Path& place, grade::Budget& budget) {
        return read_archive_apart(octets, place, budget);
    };
    auto work = grade::read_class(options.words.front(),
                                  {wishes.roster, wishes.id_pattern, wishes.gradescope, read_inside});
    if (!work) throw Failure{work.error()};
    for (const grade::Remark& remark : work->remarks) say_warning(printable(remark.en));
    std::optional<Pseudonyms> pseudonyms;
    if (wishes.anonymous) {
        pseudonyms.emplace(known_pseudonyms(folder));
        for (grade::Submission& submission : work->submissions) pseudonyms->hide(submission);
        for (grade::Submission& submission : work->missing) pseudonyms->hide(submission);
        for (grade::Override& change : job.overrides) pseudonyms->hide(change);
        work->unmatched.clear(); // they are names
    }

    const std::vector<grade::Override> overrides = job.overrides;
    ClassGrader grader(options, wishes, folder, rubric, std::move(job), std::move(*work));
    grade::ClassMarks marks = grader.grade();
    warn_of_strangers(overrides, marks);
    marks.similar = grader.compare();
    const reports::FrameBook frames = grader.frames_of(marks.similar);
    folder.file("similarity.csv",
                [&](reports::Sink& sink) { reports::write_similarity_csv(marks.similar, sink); });
    folder.file("similarity.html", [&](reports::Sink& sink) {
        reports::write_similarity_page(marks.similar, frames, wishes.languages.front(), sink);
    });
    write_class(folder, marks, wishes.languages.front());
    write_platforms(wishes, folder, pseudonyms ? pseudonyms->reveal(marks) : marks);
    if (pseudonyms)
        folder.file(std::string(mapping_file), [&](reports::Sink& sink) { pseudonyms->write(sink); });

    Output screen("-", {});
    reports::write_class_overview(marks, text_style(options, screen.descriptor()), screen.sink());
    screen.finish();
    return ExitStatus::done;
}

// --- the command line

std::vector<Language> parse_languages(std::string_view text) {
    std::vector<Language> languages;
    const std::string all(text);
    while (!text.empty()) {
        const std::string_view word = trim(take_until(text, ','));
        if (word != "en" && word != "zh_CN") {
            constexpr std::array<std::string_view, 2> known{"en", "zh_CN"};
            std::string hint = did_you_mean(nearest(word, known));
            throw Failure{{fmt::format("--feedback-lang does not know \"{}\"", printable(word)),
                           hint.empty() ? "en, zh_CN, or both: zh_CN,en" : hint}};
        }
        languages.push_back(word == "en" ? Language::en : Language::zh_cn);
    }
    if (languages.empty())
        throw Failure{{"--feedback-lang needs a language", "en, zh_CN, or both: zh_CN,en"}};
    return languages;
}

unsigned parse_jobs(const std::string& text) {
    const auto number = parse_number<unsigned>(text);
    if (!number || *number == 0 || *number > 256)
        throw Failure{{fmt::format("-j needs a number from 1 to 256, not \"{}\"", printable(text)), "-j 4"}};
    return *number;
}

Action declare(CLI::App& app, Options& options) {
    app.add_option("DIR", options.words)->group("");
    const auto wishes = std::make_shared<Wishes>();
    const auto add_text = [&app](const char* name, std::string& to, const char* what, const char* value,
                                 const char* group) {
        app.add_option(name, to, what)->type_name(value)->take_last()->group(group);
    };
    const auto add_list = [&app](const char* name, std::vector<std::string>& to, const char* what) {
        app.add_option(name, to, what)
            ->type_name("FILE")
            ->expected(1)
            ->allow_extra_args(false)
            ->take_all()
            ->group("Similarity");
    };
    add_text("--rubric", wishes->rubric, "what is asked for and what it is worth", "FILE", "Class");
    add_text("--check-rubric", wishes->check_rubric,
             "explain a rubric and what contradicts itself in it, then stop", "FILE", "Class");
    add_text("--roster", wishes->roster, "who is in the class: a CSV with id, name, extension, team", "FILE",
             "Class");
    add_text("--id-pattern", wishes->id_pattern, "how names of files say who: an RE2 with groups id and name",
             "RE", "Class");
    add_text("--override", wishes->overrides,
             "marks that the instructor changed: a CSV with id, task, score, reason", "FILE", "Class");
    add_password_option(app, options);
    app.add_option_function<std::string>(
           "-j,--jobs", [wishes](const std::string& text) { wishes->parallel = parse_jobs(text); },
           "so many submissions at once; else as many as there are processors")
        ->type_name("N")
        ->take_last()
        ->group("Class");
    app.add_flag("--anonymous", wishes->anonymous,
                 "pseudonyms for students, people and addresses; OUT/pseudonyms.csv says who is who")
        ->group("Class");
    add_list("--base", wishes->base,
             "a capture that was given out: what it holds is no evidence; may be repeated");
    add_list("--previous", wishes->previous, "fingerprints.txt of an earlier class; may be repeated");
    add_text("--moodle-worksheet", wishes->moodle, "fill Moodle's offline grading worksheet, into OUT", "CSV",
             "Platforms");
    add_text("--col-grade", wishes->grade_column, "its column of grades, when it is not known by name",
             "NAME", "Platforms");
    add_text("--col-feedback", wishes->feedback_column, "its column of feedback comments", "NAME",
             "Platforms");
    add_text("--canvas", wishes->canvas, "fill Canvas' exported gradebook, into OUT", "CSV", "Platforms");
    add_text("--canvas-assignment", wishes->canvas_assignment, "which column: \"Title (123)\"", "NAME",
             "Platforms");
    add_text("--gradescope", wishes->gradescope,
             "the submission_metadata.json of one submission; writes OUT/results.json", "FILE", "Platforms");
    app.add_flag("--classroom", wishes->classroom, "write OUT/classroom.json for GitHub Classroom")
        ->group("Platforms");
    const auto language = std::make_shared<std::string>();
    add_text("--feedback-lang", *language, "language of feedback: en, zh_CN, or both: zh_CN,en", "WORD",
             "Output");
    app.add_option_function<std::string>(
           "-o,--output", [&options](const std::string& path) { options.output = path; },
           "the folder that gets grades, feedback pages and the overview")
        ->type_name("OUT")
        ->take_last()
        ->group("Output");
    add_text_options(app, options);
    return [&options, wishes, language] {
        const Language own = options.language.value_or(locale_language());
        wishes->languages = language->empty() ? std::vector{own} : parse_languages(*language);
        return grade_class(options, *wishes);
    };
}

constexpr std::array<Example, 4> examples{{
    {"rungs grade --check-rubric lab.yaml", "what the rubric asks for, before the night it is needed"},
    {"rungs grade submissions.zip --rubric lab.yaml -o OUT", "a class: grades, feedback pages, an overview"},
    {"rungs grade moodle.zip --rubric lab.yaml --roster roster.csv --moodle-worksheet Grades.csv -o OUT",
     "with the worksheet filled in"},
    {"rungs grade class/ --rubric lab.yaml --override changes.csv -o OUT", "again, with what you decided"},
}};

} // namespace

extern const Command grade_command;
const Command grade_command{"grade",  "DIR|ARCHIVE", "Grade what a class handed in",
                            examples, declare,       Access::processes};

} // namespace rungs::cli
