// Lists of labels: in the order of OMRChecker's tables, and written short.
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_COLUMN_ORDER_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_COLUMN_ORDER_H_

#include <string>
#include <vector>

namespace sightline::grade::omrchecker {

// By what stands before the first digits, then by these as a number, then by
// the rest: Roll, q2, q10, q10_1.
void SortAsColumns(std::vector<std::string>& labels);

// q1, q2, q3, x as "q1..3", "x".
std::vector<std::string> AsRanges(const std::vector<std::string>& labels);

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_COLUMN_ORDER_H_
