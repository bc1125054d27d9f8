#include "tests/support/overlay/overlay_scene.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "opencv2/imgproc.hpp"
#include "services/georef/engine/camera/ellipsoid.h"
#include "services/georef/engine/overlay/json_quote.h"
#include "services/georef/engine/overlay/overlay_pattern.h"

namespace sightline::testing {
namespace {

using georef::GeoPoint;

constexpr double kDegree = std::numbers::pi / 180;
constexpr double kMetresPerFoot = 0.3048;
constexpr int kDrift = 200;
constexpr int kGrain = 512;

// A place so many metres off, on the ellipsoid's tangent plane: near enough
// for some kilometres, and an overlay's own numbers say the rest.
GeoPoint Moved(const GeoPoint& from, double bearing_deg, double metres) {
  const double east = std::sin(bearing_deg * kDegree) * metres;
  const double north = std::cos(bearing_deg * kDegree) * metres;
  const georef::Vector3 there =
      georef::ToEarthCentred(from) +
      georef::EastNorthUp(from).Apply({east, north, 0});
  GeoPoint place = georef::ToGeodetic(there);
  place.height_m = from.height_m;
  return place;
}

std::string Arc(double value, const char* hemispheres, int digits) {
  const char hemisphere = hemispheres[value >= 0 ? 0 : 1];
  const auto hundredths =
      static_cast<int64_t>(std::floor(std::abs(value) * 360000));
  return absl::StrFormat("%c%0*d\u00B0%02d'%02d.%02d\"", hemisphere, digits,
                         hundredths / 360000, hundredths / 6000 % 60,
                         hundredths / 100 % 60, hundredths % 100);
}

double Wrapped(double degrees) {
  return degrees - 360 * std::floor(degrees / 360);
}

}  // namespace

void BurnIn(RgbImage& picture, const DrawnFont& font, Backing backing,
            absl::string_view text, double x, int y) {
  const std::u32string characters = georef::ToCodePoints(text);
  const int margin = 3;
  const int left = static_cast<int>(std::floor(x)) - margin;
  const int top = y - margin;
  cv::Mat coverage(font.cell_height + 2 * margin,
                   static_cast<int>(std::ceil(
                       font.TextWidth(static_cast<int>(characters.size())))) +
                       font.cell_width + 2 * margin,
                   CV_32F, cv::Scalar(0));
  for (size_t k = 0; k < characters.size(); ++k) {
    const auto mask = font.masks.find(characters[k]);
    if (mask == font.masks.end()) continue;
    const double at = x + static_cast<double>(k) * font.pitch - left;
    const int column = static_cast<int>(std::floor(at));
    const auto share = static_cast<float>(at - column);
    for (int row = 0; row < font.cell_height; ++row) {
      float* out = coverage.ptr<float>(row + margin) + column;
      for (int i = 0; i < font.cell_width; ++i) {
        const float covered = mask->second.row(row)[i] / 255.0f;
        out[i] = std::min(1.0f, out[i] + covered * (1 - share));
        out[i + 1] = std::min(1.0f, out[i + 1] + covered * share);
      }
    }
  }
  cv::Mat dark(coverage.size(), CV_32F, cv::Scalar(0));
  if (backing == Backing::kShadow) {
    coverage(cv::Rect(0, 0, coverage.cols - 2, coverage.rows - 2))
        .copyTo(dark(cv::Rect(2, 2, coverage.cols - 2, coverage.rows - 2)));
  } else if (backing == Backing::kOutline) {
    cv::dilate(coverage, dark,
               cv::getStructuringElement(cv::MORPH_ELLIPSE, {5, 5}));
  }
  for (int row = 0; row < coverage.rows; ++row) {
    if (top + row < 0 || top + row >= picture.height()) continue;
    for (int i = 0; i < coverage.cols; ++i) {
      if (left + i < 0 || left + i >= picture.width()) continue;
      uint8_t* pixel = picture.row(top + row) + 3 * (left + i);
      const float white = coverage.at<float>(row, i);
      const float black = dark.at<float>(row, i);
      for (int c = 0; c < 3; ++c) {
        pixel[c] = static_cast<uint8_t>(pixel[c] * (1 - black) * (1 - white) +
                                        255 * white + 0.5f);
      }
    }
  }
}

OverlayScene::OverlayScene(const DrawnFont& font, SceneOptions options)
    : font_(font), options_(options), random_(options.seed) {
  generator::Random flight = random_.For("flight");
  start_latitude_ = flight.Sign() * flight.Uniform(5, 65);
  start_longitude_ = flight.Sign() * flight.Uniform(5, 175);
  altitude_m_ = flight.Uniform(250, 4000);
  course_deg_ = flight.Uniform(0, 360);
  speed_m_s_ = flight.Uniform(50, 130);
  climb_m_s_ = flight.Uniform(-4, 4);
  target_bearing_deg_ = flight.Uniform(0, 360);
  target_distance_m_ = flight.Uniform(400, 9000);
  field_of_view_deg_ = flight.Uniform(1, 30);
  zoom_per_s_ = flight.Uniform(-0.01, 0.01);
  start_day_ = flight.Integer(10000, 21000);
  start_clock_s_ = flight.Uniform(0, 86000);

  const int width = options_.width + kDrift;
  const int height = options_.height + kDrift;
  generator::Random waves = random_.For("waves");
  cv::Mat colour;
  std::vector<cv::Mat> channels;
  // Of the three channels: the sea is blue.
  for (const double tint : {0.8, 1.0, 1.1}) {
    cv::Mat coarse(height / 4, width / 4, CV_32F);
    for (int y = 0; y < coarse.rows; ++y) {
      for (int x = 0; x < coarse.cols; ++x) {
        coarse.at<float>(y, x) = static_cast<float>(waves.Uniform(-1, 1));
      }
    }
    cv::GaussianBlur(coarse, coarse, {0, 0}, 3, 1.5);
    cv::Scalar mean;
    cv::Scalar deviation;
    cv::meanStdDev(coarse, mean, deviation);
    cv::Mat fine;
    cv::resize(coarse, fine, {width, height}, 0, 0, cv::INTER_CUBIC);
    fine = fine * (options_.waves / deviation[0]) + options_.level * tint;
    cv::Mat bytes;
    fine.convertTo(bytes, CV_8U);
    channels.push_back(bytes);
  }
  cv::merge(channels, colour);
  sea_ = RgbImage(width, height);
  std::memcpy(sea_.data(), colour.data, sea_.size_bytes());
  grain_ = GrayImage(kGrain, kGrain);
  generator::Random grain = random_.For("grain");
  for (int64_t i = 0; i < grain_.size_bytes(); ++i) {
    grain_.data()[i] = static_cast<uint8_t>(
        std::clamp(128 + options_.noise * grain.Normal(), 0.0, 255.0));
  }
}

RgbImage OverlayScene::Background(int number) const {
  generator::Random random = random_.For(absl::StrCat("frame ", number));
  RgbImage picture(options_.width, options_.height);
  const int left = number * 3 % kDrift;
  const int top = number * 2 % kDrift;
  for (int y = 0; y < picture.height(); ++y) {
    const uint8_t* sea = sea_.row(y + top) + 3 * left;
    const uint8_t* grain = grain_.row(random.Integer(0, kGrain - 1));
    const int offset = random.Integer(0, kGrain - 1);
    uint8_t* out = picture.row(y);
    for (int i = 0; i < picture.width() * 3; ++i) {
      out[i] = static_cast<uint8_t>(
          std::clamp(sea[i] + grain[(i + offset) % kGrain] - 128, 0, 255));
    }
  }
  return picture;
}

std::map<std::string, OverlayScene::Place> OverlayScene::Places() const {
  const int line = font_.cell_height + 6;
  const auto right = static_cast<int>(options_.width - 40 - 12 * font_.pitch);
  const int low = options_.height - 40 - 3 * line;
  std::map<std::string, Place> places;
  const auto add = [&](const char* name, double x, int y, int cells,
                       bool is_right = false) {
    places[name] = {name, x, y, is_right, cells};
  };
  add("ACLAT", 40, 30, 16);
  add("ACLON", 40, 30 + line, 17);
  add("ALT", 40, 30 + 2 * line, 11);
  add("HDG", 40, 30 + 3 * line, 9);
  add("DATE", right, 30, 10);
  add("TIME", right, 30 + line, 9);
  add("TGLAT", 40, low, 16);
  add("TGLON", 40 + 4 * font_.pitch, low + line, 13);
  add("SLR", 40 + 12 * font_.pitch, low + 2 * line, 6, true);
  add("AZ", right, low, 8);
  add("EL", right, low + line, 8);
  add("FOV", right, low + 2 * line, 8);
  return places;
}

std::map<std::string, std::string> OverlayScene::Texts(int number) const {
  const double time = number / options_.frames_per_second;
  const GeoPoint start = {start_longitude_, start_latitude_, 0};
  GeoPoint sensor = Moved(start, course_deg_, speed_m_s_ * time);
  sensor.height_m = altitude_m_ + climb_m_s_ * time;
  const GeoPoint target = Moved(start, target_bearing_deg_, target_distance_m_);
  const georef::Vector3 line =
      georef::ToEarthCentred(target) - georef::ToEarthCentred(sensor);
  const georef::Vector3 local = georef::EastNorthUp(sensor).ApplyInverse(line);
  const double bearing = std::atan2(local.x, local.y) / kDegree;
  const double elevation =
      std::atan2(local.z, std::hypot(local.x, local.y)) / kDegree;
  const double clock = start_clock_s_ + time;
  const auto seconds = static_cast<int64_t>(std::floor(clock));
  const absl::CivilDay day =
      absl::CivilDay(1970, 1, 1) + start_day_ + seconds / 86400;
  const int64_t of_day = seconds % 86400;
  // Truncated, as Arc() does: 359.96 must not become 360.0.
  const auto tenths = [](double value) { return std::floor(value * 10) / 10; };
  return {
      {"ACLAT", "LAT " + Arc(sensor.latitude_deg, "NS", 2)},
      {"ACLON", "LON " + Arc(sensor.longitude_deg, "EW", 3)},
      {"ALT", absl::StrFormat("ALT %.0fFT", sensor.height_m / kMetresPerFoot)},
      {"HDG", absl::StrFormat("HDG %05.1f", tenths(course_deg_))},
      {"DATE",
       absl::StrFormat("%d-%02d-%02d", day.year(), day.month(), day.day())},
      {"TIME", absl::StrFormat("%02d:%02d:%02dZ", of_day / 3600,
                               of_day / 60 % 60, of_day % 60)},
      {"TGLAT", "TGT " + Arc(target.latitude_deg, "NS", 2)},
      {"TGLON", Arc(target.longitude_deg, "EW", 3)},
      {"SLR", absl::StrFormat("%.0fM", Length(line))},
      {"AZ",
       absl::StrFormat("AZ %05.1f", tenths(Wrapped(bearing - course_deg_)))},
      {"EL", absl::StrFormat("EL %05.1f", elevation)},
      {"FOV", absl::StrFormat("FOV %04.1f",
                              field_of_view_deg_ * (1 + zoom_per_s_ * time))},
  };
}

SceneFrame OverlayScene::Frame(int number) const {
  SceneFrame frame;
  frame.pixels = Background(number);
  frame.texts = Texts(number);
  for (const auto& [name, place] : Places()) {
    const std::string& text = frame.texts.at(name);
    double x = place.x + options_.shift_x;
    if (place.is_right) {
      x -= font_.pitch * static_cast<double>(georef::ToCodePoints(text).size());
    }
    BurnIn(frame.pixels, font_, options_.backing, text, x,
           place.y + options_.shift_y);
  }
  const Place slant = Places().at("SLR");
  BurnIn(frame.pixels, font_, options_.backing, "SLR", 40 + options_.shift_x,
         slant.y + options_.shift_y);
  return frame;
}

std::string OverlayScene::DraftProfile() const {
  struct Words {
    const char* name;
    const char* meaning;
    const char* pattern;
    const char* unit;
  };
  constexpr Words kWords[] = {
      {"ACLAT", "sensor_latitude",
       "LAT {ns}{deg:2}\u00B0{arcmin:2}'{arcsec:2.2}\"", "deg"},
      {"ACLON", "sensor_longitude",
       "LON {ew}{deg:3}\u00B0{arcmin:2}'{arcsec:2.2}\"", "deg"},
      {"ALT", "sensor_altitude", "ALT {num:1-5}FT", "ft"},
      {"HDG", "platform_heading", "HDG {num:3.1}", "deg"},
      {"DATE", "date", "{year:4}-{month:2}-{day:2}", ""},
      {"TIME", "clock", "{hour:2}:{minute:2}:{second:2}Z", ""},
      {"TGLAT", "target_latitude",
       "TGT {ns}{deg:2}\u00B0{arcmin:2}'{arcsec:2.2}\"", "deg"},
      {"TGLON", "target_longitude",
       "{ew}{deg:3}\u00B0{arcmin:2}'{arcsec:2.2}\"", "deg"},
      {"SLR", "slant_range", "{num:1-5}M", "m"},
      {"AZ", "sensor_relative_azimuth", "AZ {num:3.1}", "deg"},
      {"EL", "sensor_relative_elevation", "EL {sign?}{num:2.1}", "deg"},
      {"FOV", "horizontal_field_of_view", "FOV {num:2.1}", "deg"},
  };
  std::string fields;
  const std::map<std::string, Place> places = Places();
  for (const Words& words : kWords) {
    const Place& place = places.at(words.name);
    const double width = font_.TextWidth(place.cells);
    const double left = place.is_right ? place.x - width : place.x;
    absl::StrAppendFormat(
        &fields,
        "%s    {\"name\": \"%s\", \"meaning\": \"%s\", \"pattern\": %s, "
        "\"box\": {\"left\": %d, \"top\": %d, \"width\": %d, \"height\": %d}",
        fields.empty() ? "" : ",\n", words.name, words.meaning,
        georef::JsonQuoted(words.pattern), static_cast<int>(left) - 6,
        place.y - 3, static_cast<int>(width) + 14, font_.cell_height + 8);
    if (words.unit[0] != 0) {
      absl::StrAppend(&fields, ", \"unit\": \"", words.unit, "\"");
    }
    if (place.is_right) absl::StrAppend(&fields, ", \"align\": \"right\"");
    fields += "}";
  }
  return absl::StrFormat(
      "{\"name\": \"patrol\", \"frame_width\": %d, \"frame_height\": %d,\n"
      " \"fonts\": [{\"name\": \"main\"}],\n \"fields\": [\n%s\n]}\n",
      options_.width, options_.height, fields);
}

}  // namespace sightline::testing
