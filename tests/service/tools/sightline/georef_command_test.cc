// georef against a server of made-up answers.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/image/decode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/tools/sightline/fake_services.h"
#include "tests/service/tools/sightline/georef_answers.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;
using georef::v1::FrameSupplement;
using georef::v1::ProcessRequest;
using georef::v1::ProcessResponse;
using georef::v1::ProcessStreamResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

void AnswerProcess(FakeServer& server) {
  server.georef.process = [](const ProcessRequest& request,
                             ProcessResponse* response) {
    *response = OneSlick(request.output(), request.return_mask());
    if (request.return_stac_item()) response->set_stac_item("{}");
    if (request.has_raster()) {
      response->mutable_raster()->set_content("II*");
    }
    return grpc::Status::OK;
  };
}

// Answers every frame but "broken".
void AnswerStream(FakeServer& server) {
  server.georef.conveyor.answer = [&server](const ReceivedItem& item,
                                            ProcessStreamResponse* response) {
    const auto& settings = server.georef.conveyor.last_settings.settings();
    if (item.bytes.rfind("broken", 0) == 0) {
      *response->mutable_error() =
          RpcStatus(3, "no known format", "IMAGE_FORMAT_UNKNOWN");
    } else {
      *response->mutable_result() =
          OneSlick(settings.output(), settings.return_mask());
    }
    return GeorefConveyor::Next::kGoOn;
  };
}

std::string LocalSet(char byte) {
  return std::string(
             "\x06\x0E\x2B\x34\x02\x0B\x01\x01"
             "\x0E\x01\x03\x01\x01\x00\x00\x00\x02",
             17) +
         std::string(2, byte);
}

TEST(GeorefCommand, WritesAFrameOnTheMapAndTellsInALine) {
  FakeServer server;
  AnswerProcess(server);
  auto& model = *server.georef.models.add_models();
  auto& oil = *model.add_classes();
  oil.set_label(2);
  oil.set_name("oil");
  oil.set_color(0xFF0000);
  model.add_classes()->set_is_background(true);
  const std::string frame = server.folder().Write("frame.png", FramePng(100));
  const std::string pose = server.folder().Write(
      "pose.json", R"({"longitude_deg": 9.18, "latitude_deg": 54.9})");
  const std::string out = server.folder().Path("out");
  const CommandOutcome outcome = server.Run(
      {"georef", frame, "--pose", pose, "--out", out, "--geoid_height=41",
       "--sea_level", "--min_area=5", "--connectivity=8", "--raster=cog",
       "--epsg=32632", "--stac", "--mask_out"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(
      outcome.out,
      absl::StrCat(frame,
                   "  1 oil (1.24 ha); 6.40 km² in view, 25.0 cm to "
                   "1.50 m a pixel; 0 ms; ",
                   out, "/frame.geojson\n",
                   "  roll is assumed to be 0\nmap: ", out, "/map.html\n"));
  ASSERT_EQ(server.georef.requests.size(), 1);
  const ProcessRequest& request = server.georef.requests[0];
  EXPECT_EQ(request.frame().encoded(), FramePng(100));
  EXPECT_EQ(request.metadata().pose().longitude_deg(), 9.18);
  EXPECT_EQ(request.metadata().geoid_height_m(), 41);
  EXPECT_TRUE(request.metadata().assume_sea_level_ground());
  EXPECT_FALSE(request.metadata().assume_level());
  EXPECT_EQ(request.features().minimum_area_m2(), 5);
  EXPECT_EQ(request.features().connectivity(),
            georef::v1::CONNECTIVITY_SIDES_AND_CORNERS);
  EXPECT_EQ(request.output().format(), georef::v1::FEATURE_FORMAT_GEOJSON);
  EXPECT_EQ(request.output().epsg(), 0);
  EXPECT_EQ(request.raster().epsg(), 32632);
  EXPECT_EQ(request.raster().format(), georef::v1::RASTER_FORMAT_COG);
  EXPECT_EQ(request.stac_item_id(), "frame");

  EXPECT_EQ(server.folder().Read("out/frame.geojson"), kOneSquare);
  EXPECT_EQ(server.folder().Read("out/frame.stac.json"), "{}");
  EXPECT_EQ(server.folder().Read("out/frame.tif"), "II*");
  EXPECT_EQ(server.folder().Read("out/frame.mask.png"), BlockMaskPng());
  EXPECT_THAT(server.folder().Read("out/map.html"),
              AllOf(HasSubstr("1 polygon in 1 frame"), HasSubstr("12400.5"),
                    HasSubstr("#FF0000")));
  const auto picture =
      DecodeRgb(server.folder().Read("out/frame.overlay.jpg"), {});
  ASSERT_TRUE(picture.ok()) << picture.status();
  EXPECT_EQ(picture->pixels.width(), 8);
}

TEST(GeorefCommand, SendsManyFramesAsAStreamInOrderAndGoesOnAfterABadOne) {
  FakeServer server;
  AnswerStream(server);
  const std::string first = server.folder().Write("1.png", FramePng(10));
  const std::string second = server.folder().Write("2.png", "broken");
  const std::string third = server.folder().Write("3.png", FramePng(30));
  const std::string out = server.folder().Path("out");
  const CommandOutcome outcome =
      server.Run({"georef", first, second, third, "--out", out});
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_THAT(outcome.out, HasSubstr("3 frames: 2 on the map, 1 failed"));
  EXPECT_LT(outcome.out.find("1.png"), outcome.out.find("2.png"));
  EXPECT_LT(outcome.out.find("2.png"), outcome.out.find("3.png"));
  EXPECT_THAT(outcome.out, HasSubstr("no known format"));
  EXPECT_EQ(server.georef.conveyor.streams, 1);
  EXPECT_TRUE(server.georef.requests.empty());
  EXPECT_TRUE(fs::exists(out + "/1.overlay.jpg"));
  EXPECT_FALSE(fs::exists(out + "/2.geojson"));
  EXPECT_TRUE(fs::exists(out + "/3.geojson"));
  EXPECT_THAT(
      server.folder().Read("out/map.html"),
      AllOf(HasSubstr("2 polygons in 3 frames"), HasSubstr("1 frame failed"),
            HasSubstr("IMAGE_FORMAT_UNKNOWN")));
}

TEST(GeorefCommand, GivesEachFrameItsPoseItsMaskAndItsLocalSet) {
  FakeServer server;
  std::vector<FrameSupplement> supplements;
  server.georef.conveyor.answer = [&](const ReceivedItem& item,
                                      ProcessStreamResponse* response) {
    EXPECT_EQ(item.header.part_sizes_size(), 2);
    supplements.emplace_back();
    EXPECT_TRUE(supplements.back().ParseFromString(
        item.bytes.substr(item.header.part_sizes(0))));
    *response->mutable_result() = OneSlick({}, false);
    return GeorefConveyor::Next::kGoOn;
  };
  for (const char* name : {"a", "b"}) {
    server.folder().Write(absl::StrCat(name, ".png"), FramePng(7));
    server.folder().Write(
        absl::StrCat("poses/", name, ".json"),
        absl::StrCat("{\"longitude_deg\": ", name[0] == 'a' ? 1 : 2, "}"));
    server.folder().Write(absl::StrCat("masks/", name, ".png"),
                          absl::StrCat("mask ", name));
  }
  const std::string klv =
      server.folder().Write("flight.klv", LocalSet('x') + LocalSet('y'));
  const CommandOutcome outcome = server.Run(
      {"georef", server.folder().Path("a.png"), server.folder().Path("b.png"),
       "--pose", server.folder().Path("poses"), "--mask",
       server.folder().Path("masks"), "--klv", klv});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
  ASSERT_EQ(supplements.size(), 2);
  EXPECT_EQ(supplements[0].pose().longitude_deg(), 1);
  EXPECT_EQ(supplements[1].pose().longitude_deg(), 2);
  EXPECT_EQ(supplements[0].mask().png(), "mask a");
  EXPECT_EQ(supplements[1].mask().png(), "mask b");
  EXPECT_EQ(supplements[0].local_set(), LocalSet('x'));
  EXPECT_EQ(supplements[1].local_set(), LocalSet('y'));
  EXPECT_EQ(server.georef.conveyor.last_settings.settings().output().format(),
            georef::v1::FEATURE_FORMAT_NONE);
}

TEST(GeorefCommand, AFrameWithoutALocalSetFailsByItself) {
  FakeServer server;
  AnswerStream(server);
  const std::string a = server.folder().Write("a.png", FramePng(7));
  const std::string b = server.folder().Write("b.png", FramePng(8));
  const std::string klv = server.folder().Write("one.klv", LocalSet('x'));
  const CommandOutcome outcome = server.Run({"georef", a, b, "--klv", klv});
  EXPECT_EQ(outcome.exit_code, 15);
  EXPECT_THAT(outcome.out, HasSubstr("this is frame 2, and there are 1"));
  EXPECT_THAT(outcome.out, HasSubstr("LOCAL_SET_MISSING"));
  EXPECT_THAT(outcome.out, HasSubstr("2 frames: 1 on the map, 1 failed"));
}

TEST(GeorefCommand, PrintsOneJsonObjectPerFrame) {
  FakeServer server;
  AnswerStream(server);
  const std::string good = server.folder().Write("good.png", FramePng(1));
  const std::string bad = server.folder().Write("bad.png", "broken");
  const CommandOutcome outcome = server.Run({"georef", good, bad, "--json"});
  EXPECT_EQ(outcome.exit_code, 13);
  const std::vector<std::string> lines =
      absl::StrSplit(outcome.out, '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 2) << outcome.out;
  EXPECT_THAT(lines[0],
              AllOf(HasSubstr(absl::StrCat("{\"file\": \"", good,
                                           "\", \"page\": 1, \"error\": null, "
                                           "\"files\": {\"polygons\": null")),
                    HasSubstr("\"class_name\": \"oil\""),
                    HasSubstr("\"area_m2\": 12400.5"),
                    HasSubstr(absl::StrCat("\"geojson\": ", kOneSquare))));
  EXPECT_THAT(lines[1], AllOf(HasSubstr("\"reason\": \"IMAGE_FORMAT_UNKNOWN\""),
                              HasSubstr("\"response\": null"),
                              HasSubstr("\"geojson\": null")));
}

TEST(GeorefCommand, WritesWkbAsLinesOfCsv) {
  FakeServer server;
  AnswerProcess(server);
  const std::string frame = server.folder().Write("frame.png", FramePng(100));
  const std::string out = server.folder().Path("out");
  const CommandOutcome outcome =
      server.Run({"georef", frame, "--out", out, "--format=wkb", "--epsg=25832",
                  "--without_pictures"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(server.georef.requests[0].output().epsg(), 25832);
  EXPECT_FALSE(server.georef.requests[0].return_mask());
  EXPECT_EQ(server.folder().Read("out/frame.wkb.csv"),
            "wkb,label,class,area_m2,perimeter_m,centroid_longitude_deg,"
            "centroid_latitude_deg,pixel_count,holes,truncated_by_edge,"
            "mean_confidence,min_confidence,position_error_m\n"
            "0103AB,2,oil,12400.5,450,0,0,6,0,false,0.75,,\n");
  EXPECT_FALSE(fs::exists(out + "/map.html"));
}

TEST(GeorefCommand, WritesOtherFormatsByAProgramBesideItOrSaysThatItIsMissing) {
  FakeServer server;
  AnswerProcess(server);
  const std::string frame = server.folder().Write("frame.png", FramePng(100));
  const std::string out = server.folder().Path("out");
  const std::vector<std::string> arguments = {
      "georef",        frame,          "--out",      out,
      "--format=gpkg", "--epsg=25832", "--overwrite"};
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  const CommandOutcome missing = server.Run(arguments);
  EXPECT_EQ(missing.exit_code, 15);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("sightline-georef-export"),
                                 HasSubstr("PROGRAM_NOT_FOUND")));
  EXPECT_TRUE(server.georef.requests.empty());

  server.folder().Write(
      "bin/sightline-georef-export",
      "#!/bin/sh\necho \"$1 $2 $3 $5 $6\" > \"$4\"\ncat >> \"$4\"\n",
      fs::perms::owner_all);
  setenv("PATH", absl::StrCat(server.folder().Path("bin"), ":", path).c_str(),
         1);
  const CommandOutcome written = server.Run(arguments);
  EXPECT_EQ(written.exit_code, 0) << written.out << written.err;
  EXPECT_EQ(server.folder().Read("out/frame.gpkg"),
            absl::StrCat("--format gpkg --out --epsg 25832\n", kOneSquare));

  server.folder().Write("bin/sightline-georef-export",
                        "#!/bin/sh\necho 'no such system'\nexit 3\n",
                        fs::perms::owner_all);
  const CommandOutcome failed = server.Run(arguments);
  EXPECT_EQ(failed.exit_code, 23);
  EXPECT_THAT(failed.out,
              AllOf(HasSubstr("no such system"), HasSubstr("EXPORT_FAILED")));
  setenv("PATH", path.c_str(), 1);
}

TEST(GeorefCommand, WritesOverNothingUnlessAsked) {
  FakeServer server;
  AnswerProcess(server);
  const std::string frame = server.folder().Write("frame.png", FramePng(100));
  const std::string out = server.folder().Path("out");
  server.folder().Write("out/map.html", "mine");
  const CommandOutcome refused = server.Run({"georef", frame, "--out", out});
  EXPECT_EQ(refused.exit_code, 13);
  EXPECT_THAT(refused.err, HasSubstr("map.html is there already"));
  EXPECT_EQ(server.folder().Read("out/map.html"), "mine");
  EXPECT_EQ(
      server.Run({"georef", frame, "--out", out, "--overwrite"}).exit_code, 0);
  EXPECT_NE(server.folder().Read("out/map.html"), "mine");
}

TEST(GeorefCommand, RefusesAMaskOfAnotherSizeFromTheServer) {
  FakeServer server;
  server.georef.process = [](const ProcessRequest& request,
                             ProcessResponse* response) {
    *response = OneSlick(request.output(), true);
    GrayImage mask(4, 4);
    std::fill_n(mask.data(), mask.size_bytes(), 0);
    response->set_mask_png(*EncodePng(mask));
    return grpc::Status::OK;
  };
  const std::string frame = server.folder().Write("frame.png", FramePng(100));
  const CommandOutcome outcome =
      server.Run({"georef", frame, "--out", server.folder().Path("out")});
  EXPECT_EQ(outcome.exit_code, 23);
  EXPECT_THAT(outcome.out, HasSubstr("MASK_INVALID"));
}

TEST(GeorefCommand, RefusesFlagsThatDoNotGoTogether) {
  FakeServer server;
  const std::string frame = server.folder().Write("frame.png", FramePng(100));
  const std::string other = server.folder().Write("other.png", FramePng(1));
  const std::string out = server.folder().Path("out");
  const struct {
    std::vector<std::string> flags;
    const char* complaint;
  } kCases[] = {
      {{"--klv=a", "--ts=b"}, "--klv or --ts"},
      {{"--ts_at=3"}, "--ts_at is about --ts"},
      {{"--overlay=a", "--overlay_name=b"}, "--overlay or --overlay_name"},
      {{"--fps=0.001"}, "--fps must lie in"},
      {{"--raster=cog"}, "about --out DIR"},
      {{"--mask=a", "--model=b"}, "--mask or --model"},
      {{"--out", out, "--stac", "--stream"}, "--stac or --stream"},
      {{"--out", out, "--stac"}, "--stac describes a raster"},
      {{"--out", out, "--epsg=25832"}, "GeoJSON is WGS84"},
      {{"--out", out, "--pixel_size=2"}, "about --raster"},
      {{"--in_flight=0"}, "--in_flight must lie in"},
      {{"--label=300"}, "--label must lie in 0..255"},
      {{other, "--mask", other}, "--mask names one file for 2 frames"},
      {{"--format=kml"}, "--format"},
  };
  for (const auto& [flags, complaint] : kCases) {
    std::vector<std::string> arguments = {"georef", frame};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const CommandOutcome outcome = server.Run(arguments);
    EXPECT_EQ(outcome.exit_code, 13) << complaint;
    EXPECT_THAT(outcome.err,
                AllOf(HasSubstr(complaint), HasSubstr("FLAG_INVALID")));
  }
  EXPECT_FALSE(fs::exists(out));
}

}  // namespace
}  // namespace sightline::cli
