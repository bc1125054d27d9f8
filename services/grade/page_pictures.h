// Pictures of the blank pages of a layout, for telling pages that look alike.
#ifndef SIGHTLINE_SERVICES_GRADE_PAGE_PICTURES_H_
#define SIGHTLINE_SERVICES_GRADE_PAGE_PICTURES_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "common/image/image.h"
#include "common/image/sniff.h"
#include "sightline/common/v1/image.pb.h"

namespace sightline::grade {

// Decodes a picture when it is first asked for and keeps it at a small size.
// Thread-safe.
class PagePictures {
 public:
  // One per page; nullptr for a page without. They must outlive this.
  PagePictures(std::vector<const common::v1::Image*> pictures,
               const ImageLimits& limits);

  // See PageThumbnail(); nullptr if the page has no picture, or one that can't
  // be decoded.
  const GrayImage* Find(int page);

  // Upper bound of the bytes that Find() allocates, all that it keeps included.
  int64_t bytes() const { return bytes_; }

 private:
  struct Entry {
    const common::v1::Image* source = nullptr;
    bool is_decoded = false;
    GrayImage picture;
  };

  const ImageLimits limits_;
  int64_t bytes_ = 0;
  std::mutex mutex_;
  // Guarded by mutex_. Entries stay where they are.
  std::vector<Entry> entries_;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_PAGE_PICTURES_H_
