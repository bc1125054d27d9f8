// What a load run gave, for people and as JSON.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_BENCH_LOAD_REPORT_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_BENCH_LOAD_REPORT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "tools/sightline/bench/load_driver.h"

namespace sightline::cli {

// `payload`: what was called, such as "health".
std::string LoadText(absl::string_view payload, const LoadPlan& plan,
                     const LoadResult& result);

// One JSON object in one line without the newline; members: docs/cli.md.
std::string LoadJson(absl::string_view payload, const LoadPlan& plan,
                     const LoadResult& result);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_BENCH_LOAD_REPORT_H_
