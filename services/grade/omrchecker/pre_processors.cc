#include "services/grade/omrchecker/pre_processors.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/image/sniff.h"

namespace sightline::grade::omrchecker {
namespace {

using Kind = JsonValue::Kind;

// OMRChecker's default marker, and the width to which it reduces scans.
constexpr char kDefaultMarker[] = "omr_marker.jpg";
constexpr double kDefaultProcessingWidth = 666;
// The least and most that a marker may take of the page's width.
constexpr double kMinMarkerShare = 0.004;
constexpr double kMaxMarkerShare = 0.25;

constexpr char kTuning[] =
    "not needed: the page is looked for at every size, and every find is "
    "verified";

// The picture that `options` names under one of `names`, or `otherwise`.
std::string PictureName(const Place& options,
                        std::initializer_list<absl::string_view> names,
                        absl::string_view otherwise) {
  for (const absl::string_view name : names) {
    const Place place = options[name];
    if (place.exists() && place.value->kind == Kind::kString) {
      return place.value->text;
    }
  }
  return std::string(otherwise);
}

// What a pre-processor of that name names; "" if none.
std::string PictureOf(absl::string_view name, const Place& options) {
  if (name == "CropOnMarkers") {
    return PictureName(options, {"relativePath", "referenceImage"},
                       kDefaultMarker);
  }
  if (name == "FeatureBasedAlignment") {
    return PictureName(options, {"reference"}, "");
  }
  if (name == "CropOnLogo") return PictureName(options, {"relativePath"}, "");
  return "";
}

class Reader {
 public:
  Reader(const JsonFile& file, PixelSize page, const Pictures& pictures)
      : file_(file), page_(page), pictures_(pictures) {}

  PageFinding Read(const Place& list) {
    for (size_t i = 0; i < list.value->items.size(); ++i) {
      if (file_.findings().Full()) break;
      const Place item = list.Item(i);
      if (!file_.IsObject(item)) continue;
      const Place name = item["name"];
      if (!name.exists()) {
        file_.Missing(item, "name", "which pre-processor this is");
        continue;
      }
      const auto text = file_.String(name);
      if (text.has_value()) ReadOne(item, *text);
    }
    return finding_;
  }

 private:
  void ReadOne(const Place& item, const std::string& name) {
    Place options = item["options"];
    static const JsonValue kNone = [] {
      JsonValue none;
      none.kind = Kind::kObject;
      return none;
    }();
    if (!options.exists()) options.value = &kNone;
    if (!file_.IsObject(options)) return;
    if (name == "CropPage") {
      Use(item, {PageSource::kOutline, "", 0, 0});
      file_.NoteUnknown(options, {}, kTuning);
    } else if (name == "CropOnMarkers") {
      ReadMarkers(item, options);
    } else if (name == "FeatureBasedAlignment") {
      ReadReference(item, options);
    } else if (name == "GaussianBlur" || name == "MedianBlur" ||
               name == "Levels") {
      file_.Note(item, absl::StrCat(name,
                                    " is not applied: ink is measured relative "
                                    "to the paper around each bubble"));
    } else if (name == "CropOnLogo") {
      file_.Note(item,
                 "CropOnLogo is not known: the page is found by its outline "
                 "and its bubbles");
      Use(item, {PageSource::kOutline, "", 0, 0});
    } else {
      file_.Note(item, absl::StrCat("the pre-processor ", name.substr(0, 64),
                                    " is not known, nothing is done for it"));
    }
  }

  // The last pre-processor that crops decides what the template measures.
  void Use(const Place& item, PageFinding finding) {
    if (finding_.source == PageSource::kReference &&
        finding.source != PageSource::kReference) {
      file_.Note(item,
                 "not needed: the reference picture says where the page lies");
      return;
    }
    if (finding_.source != PageSource::kScan) {
      file_.Note(item,
                 "takes the place of the croppings before it: the page is "
                 "found in one step");
    }
    finding_ = std::move(finding);
  }

  const std::string* Picture(const Place& place, const std::string& name) {
    const auto found = pictures_.find(name);
    if (found == pictures_.end()) {
      file_.Error(place, absl::StrCat("the picture '", name.substr(0, 200),
                                      "' is missing"));
      return nullptr;
    }
    return &found->second;
  }

  void ReadMarkers(const Place& item, const Place& options) {
    PageFinding finding;
    finding.source = PageSource::kMarkers;
    finding.picture = PictureOf("CropOnMarkers", options);
    file_.NoteUnknown(options,
                      {"relativePath", "referenceImage", "type",
                       "sheetToMarkerWidthRatio", "markerDimensions"},
                      kTuning);
    const Place type = options["type"];
    if (type.exists()) {
      const auto text = file_.String(type);
      if (!text.has_value()) return;
      if (*text != "FOUR_MARKERS") {
        file_.Note(type,
                   "only FOUR_MARKERS is known: the page is found by its "
                   "outline and its bubbles");
        return Use(item, {PageSource::kOutline, "", 0, 0});
      }
    }
    const std::string* picture = Picture(item, finding.picture);
    if (picture == nullptr) return;
    const auto info = SniffImage(*picture);
    if (!info.ok()) {
      file_.Error(item, absl::StrCat("the picture '", finding.picture,
                                     "': ", info.status().message()));
      return;
    }
    const double aspect =
        static_cast<double>(info->oriented_height()) / info->oriented_width();
    double width =
        info->oriented_width() / kDefaultProcessingWidth * page_.width;
    const Place ratio = options["sheetToMarkerWidthRatio"];
    const Place size = options["markerDimensions"];
    if (size.exists()) {
      const auto pair = file_.Pair(size, 0);
      if (!pair.has_value()) return;
      width = pair->x;
    } else if (ratio.exists()) {
      const auto number = file_.Number(ratio, 1);
      if (!number.has_value()) return;
      width = page_.width / *number;
    }
    finding.marker_width = std::clamp(width, kMinMarkerShare * page_.width,
                                      kMaxMarkerShare * page_.width);
    finding.marker_height =
        std::clamp(finding.marker_width * aspect, kMinMarkerShare * page_.width,
                   kMaxMarkerShare * page_.width);
    Use(item, finding);
  }

  void ReadReference(const Place& item, const Place& options) {
    PageFinding finding;
    finding.source = PageSource::kReference;
    finding.picture = PictureOf("FeatureBasedAlignment", options);
    file_.NoteUnknown(options, {"reference"}, kTuning);
    if (finding.picture.empty()) {
      return file_.Missing(options, "reference", "a picture of the page");
    }
    if (Picture(item, finding.picture) != nullptr) Use(item, finding);
  }

  const JsonFile& file_;
  const PixelSize page_;
  const Pictures& pictures_;
  PageFinding finding_;
};

}  // namespace

std::vector<std::string> PicturesNamedBy(const JsonValue& root) {
  std::vector<std::string> names;
  const Place list = Place{&root, ""}["preProcessors"];
  if (!list.exists() || list.value->kind != Kind::kArray) return names;
  for (size_t i = 0; i < list.value->items.size(); ++i) {
    const Place item = list.Item(i);
    const Place name = item["name"];
    if (!name.exists() || name.value->kind != Kind::kString) continue;
    std::string picture = PictureOf(name.value->text, item["options"]);
    if (!picture.empty()) names.push_back(std::move(picture));
  }
  return names;
}

PageFinding ReadPreProcessors(const JsonFile& file, const Place& list,
                              PixelSize page, const Pictures& pictures) {
  if (!list.exists() || !file.IsList(list)) return {};
  return Reader(file, page, pictures).Read(list);
}

}  // namespace sightline::grade::omrchecker
