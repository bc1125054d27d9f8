// What stands in map.html; tests/end_to_end/map_page_test.py opens it.
#include "tools/sightline/report/map_page.h"

#include <string>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sightline::cli {
namespace {

using georef::v1::ProcessResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

ProcessResponse Answer(const std::string& geojson) {
  ProcessResponse response;
  response.mutable_features()->set_geojson(geojson);
  auto& feature = *response.mutable_features()->add_features();
  feature.set_label(1);
  feature.set_class_name("</script><script>alert(1)</script>");
  auto& point = *response.mutable_footprint()->add_outline();
  point.set_longitude_deg(9.5);
  point.set_latitude_deg(54);
  return response;
}

TEST(MapPage, HoldsFramesAndPolygonsAsData) {
  MapPage page;
  page.Add("a.jpg", Answer(R"({"features": []})"), {});
  const std::string html = page.Html();
  EXPECT_THAT(
      html,
      AllOf(HasSubstr("<h1>1 polygon in 1 frame</h1>"),
            HasSubstr(R"({"name": "a.jpg", "footprint": [[9.5, 54]]})"),
            HasSubstr("data-frame=\"0\">{\"features\": []}</script>"),
            HasSubstr("default-src 'none'"), Not(HasSubstr("http://www.g"))));
}

TEST(MapPage, LetsNothingOutOfItsData) {
  MapPage page;
  page.Add("</script><script>alert(2)</script>",
           Answer("</script><script>alert(3)</script>"), {});
  page.Add("<img src=x>",
           Error(absl::StatusCode::kInvalidArgument, "IMAGE_CORRUPT")
               .Message("<b>broken</b>"),
           {});
  const std::string html = page.Html();
  EXPECT_THAT(html,
              AllOf(Not(HasSubstr("<script>alert")), Not(HasSubstr("<img src")),
                    Not(HasSubstr("<b>")), HasSubstr("\\u003c/script>"),
                    HasSubstr("&lt;b&gt;broken"),
                    HasSubstr("INVALID_ARGUMENT, IMAGE_CORRUPT")));
}

TEST(MapPage, KeepsFootprintsOfFramesThatWouldBeTooMuch) {
  MapLimits limits;
  limits.polygon_bytes = 20;
  limits.failures = 1;
  MapPage page(limits);
  page.Add("a", Answer(R"({"first": []})"), {});
  page.Add("b", Answer(R"({"second": []})"), {});
  page.Add("c", absl::InternalError("one"), {});
  page.Add("d", absl::InternalError("two"), {});
  const std::string html = page.Html();
  EXPECT_THAT(html,
              AllOf(HasSubstr("first"), Not(HasSubstr("second")),
                    HasSubstr("Of 1 frame only the outline is drawn"),
                    HasSubstr("{\"name\": \"b\""), HasSubstr("2 frames failed"),
                    HasSubstr("one"), HasSubstr("1 more are not shown")));
}

}  // namespace
}  // namespace sightline::cli
