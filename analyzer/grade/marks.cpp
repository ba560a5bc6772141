#include "analyzer/grade/marks.hpp"

namespace rungs::grade {

std::string_view to_string(TaskVerdict verdict) {
    switch (verdict) {
    case TaskVerdict::pass: return "pass";
    case TaskVerdict::partial: return "partial";
    case TaskVerdict::fail: return "fail";
    case TaskVerdict::not_assessable: return "not_assessable";
    }
    return "";
}

std::string_view to_string(MarkStatus status) {
    return status == MarkStatus::graded ? "graded" : "review";
}

} // namespace rungs::grade
