#pragma once

#include "analyzer/grade/marks.hpp"

namespace rungs::test {

/// Two students: Ana has all of one task and half of the other, late; Ben is to be reviewed.
grade::ClassMarks class_marks();

} // namespace rungs::test
