// The metrics, the dashboard, the alerts and the manual speak of the same
// names.
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/observe/metrics.h"
#include "common/observe/server_metrics.h"

namespace sightline {
namespace {

using ::testing::IsEmpty;

std::string ReadRepositoryFile(const std::string& path) {
  std::ifstream file(std::string(SIGHTLINE_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(file) << path;
  std::ostringstream content;
  content << file.rdbuf();
  return std::move(content).str();
}

// What services count beside what every server does: every name in their
// sources, which alone can be read without the services' libraries.
std::set<std::string> ServiceFamilies() {
  std::set<std::string> names;
  const std::filesystem::path services =
      std::filesystem::path(SIGHTLINE_SOURCE_DIR) / "services";
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(services)) {
    if (entry.path().extension() != ".cc") continue;
    std::ifstream file(entry.path());
    std::ostringstream content;
    content << file.rdbuf();
    const std::vector<std::string> parts = absl::StrSplit(content.str(), '"');
    for (const std::string& part : parts) {
      const bool is_name =
          absl::StartsWith(part, "sightline_") &&
          part.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
              std::string::npos;
      if (is_name) names.insert(part);
    }
  }
  EXPECT_GE(names.size(), 5u);
  return names;
}

// Every metric a server has, by family name.
std::set<std::string> Families() {
  Metrics metrics;
  ServerMetrics server(metrics.registry());
  server.CallStarted("m");
  server.CallFinished("m", "OK", absl::ZeroDuration(), absl::ZeroDuration());
  server.StageFinished("m", "s", absl::ZeroDuration());
  server.Rejected("m", "r");
  server.SetPool("p", 1, 1, 1);
  server.SetExecutor("p", 1, 1, 1);
  // Those that only a limited container shows.
  std::set<std::string> names = {"sightline_cgroup_memory_limit_bytes",
                                 "sightline_cgroup_memory_used_bytes",
                                 "sightline_cgroup_cpu_count"};
  for (std::string name : ServiceFamilies()) names.insert(std::move(name));
  const std::vector<std::string> lines = absl::StrSplit(metrics.Render(), '\n');
  for (const std::string& line : lines) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() == 4 && words[1] == "TYPE") names.insert(words[2]);
  }
  return names;
}

// The names of metrics in a text; a histogram's series by its family.
std::set<std::string> Mentioned(absl::string_view text) {
  std::set<std::string> names;
  for (size_t at = text.find("sightline_"); at != absl::string_view::npos;
       at = text.find("sightline_", at + 1)) {
    size_t end = at;
    while (end < text.size() &&
           (absl::ascii_isalnum(text[end]) || text[end] == '_')) {
      ++end;
    }
    absl::string_view name = text.substr(at, end - at);
    for (const absl::string_view suffix : {"_bucket", "_sum", "_count"}) {
      // Of histograms only: "sightline_cgroup_cpu_count" is a name of its own.
      absl::string_view family = name;
      if (absl::ConsumeSuffix(&family, suffix) &&
          (absl::EndsWith(family, "_seconds") ||
           absl::EndsWith(family, "_batch_pages"))) {
        name = family;
      }
    }
    names.insert(std::string(name));
  }
  return names;
}

std::set<std::string> Difference(const std::set<std::string>& a,
                                 const std::set<std::string>& b) {
  std::set<std::string> only_a;
  for (const std::string& name : a) {
    if (b.count(name) == 0) only_a.insert(name);
  }
  return only_a;
}

TEST(MetricsDocuments, TheDashboardShowsEveryMetricAndNoOther) {
  const std::set<std::string> shown =
      Mentioned(ReadRepositoryFile("deploy/grafana/sightline.json"));
  EXPECT_THAT(Difference(shown, Families()), IsEmpty()) << "do not exist";
  EXPECT_THAT(Difference(Families(), shown), IsEmpty()) << "are not shown";
}

TEST(MetricsDocuments, AlertsWatchMetricsThatExist) {
  const std::set<std::string> watched =
      Mentioned(ReadRepositoryFile("deploy/prometheus/alerts.yml"));
  EXPECT_FALSE(watched.empty());
  EXPECT_THAT(Difference(watched, Families()), IsEmpty());
}

TEST(MetricsDocuments, TheManualExplainsEveryMetric) {
  const std::set<std::string> explained =
      Mentioned(ReadRepositoryFile("docs/operations.md"));
  EXPECT_THAT(Difference(Families(), explained), IsEmpty());
}

TEST(MetricsDocuments, TheDashboardIsJsonWithOnePlaceForEachPanel) {
  google::protobuf::Struct dashboard;
  const auto status = google::protobuf::util::JsonStringToMessage(
      ReadRepositoryFile("deploy/grafana/sightline.json"), &dashboard);
  ASSERT_TRUE(status.ok()) << status;
  std::set<std::pair<double, double>> cells;
  std::set<double> ids;
  for (const auto& value :
       dashboard.fields().at("panels").list_value().values()) {
    const auto& panel = value.struct_value().fields();
    const std::string& title = panel.at("title").string_value();
    EXPECT_TRUE(ids.insert(panel.at("id").number_value()).second) << title;
    const auto& place = panel.at("gridPos").struct_value().fields();
    const double left = place.at("x").number_value();
    const double top = place.at("y").number_value();
    EXPECT_LE(left + place.at("w").number_value(), 24) << title;
    for (double x = left; x < left + place.at("w").number_value(); ++x) {
      for (double y = top; y < top + place.at("h").number_value(); ++y) {
        EXPECT_TRUE(cells.insert({x, y}).second) << title << " overlaps";
      }
    }
  }
  EXPECT_GT(ids.size(), 20u);
}

}  // namespace
}  // namespace sightline
