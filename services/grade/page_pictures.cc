#include "services/grade/page_pictures.h"

#include <algorithm>
#include <utility>

#include "common/image_message/image_message.h"
#include "services/grade/engine/picture_evidence.h"

namespace sightline::grade {
namespace {

// What a thumbnail is made of: hardly more pixels than it has.
constexpr int kLongSide = 1000;
// A thumbnail.
constexpr int64_t kKeptBytes = int64_t{kLongSide} * kLongSide;

}  // namespace

PagePictures::PagePictures(std::vector<const common::v1::Image*> pictures,
                           const ImageLimits& limits)
    : limits_(limits), entries_(pictures.size()) {
  int64_t most = 0;
  for (size_t i = 0; i < pictures.size(); ++i) {
    entries_[i].source = pictures[i];
    if (pictures[i] == nullptr) continue;
    const auto header = InspectImage(ImageSource::Of(*pictures[i]), "reference",
                                     kLongSide, limits_);
    if (!header.ok()) continue;
    most = std::max(most, header->decode_bytes);
    bytes_ += kKeptBytes;
  }
  bytes_ += most;
}

const GrayImage* PagePictures::Find(int page) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Entry& entry = entries_[page];
  if (!entry.is_decoded && entry.source != nullptr) {
    const auto decoded = DecodeGrayMessage(ImageSource::Of(*entry.source),
                                           "reference", kLongSide, limits_);
    if (decoded.ok()) entry.picture = PageThumbnail(decoded->pixels);
  }
  entry.is_decoded = true;
  return entry.picture.empty() ? nullptr : &entry.picture;
}

}  // namespace sightline::grade
