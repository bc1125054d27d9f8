// Keeps what was computed for references, so that a template sent once is not
// worked through again.
#ifndef SIGHTLINE_SERVICES_ALIGN_REFERENCE_CACHE_H_
#define SIGHTLINE_SERVICES_ALIGN_REFERENCE_CACHE_H_

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "services/align/engine/page_registrar.h"

namespace sightline::align {

// Least recently used out first, bounded by the registrars' own
// ResidentBytes(). A registrar larger than the whole cache is not kept.
// Thread-safe.
class ReferenceCache {
 public:
  explicit ReferenceCache(int64_t capacity_bytes);

  // Null if unknown.
  std::shared_ptr<const PageRegistrar> Find(const std::string& id);
  void Insert(const std::string& id,
              std::shared_ptr<const PageRegistrar> registrar);

  int64_t resident_bytes() const;

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const PageRegistrar>>;

  int64_t ResidentBytesLocked() const;

  const int64_t capacity_bytes_;
  mutable std::mutex mutex_;
  // Most recently used first; a handful of entries, so a list is searched.
  std::list<Entry> entries_;  // Guarded by mutex_.
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_REFERENCE_CACHE_H_
