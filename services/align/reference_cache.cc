#include "services/align/reference_cache.h"

#include <algorithm>

namespace sightline::align {

ReferenceCache::ReferenceCache(int64_t capacity_bytes)
    : capacity_bytes_(capacity_bytes) {}

std::shared_ptr<const PageRegistrar> ReferenceCache::Find(
    const std::string& id) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto it =
      std::find_if(entries_.begin(), entries_.end(),
                   [&](const Entry& entry) { return entry.first == id; });
  if (it == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, it);
  return it->second;
}

void ReferenceCache::Insert(const std::string& id,
                            std::shared_ptr<const PageRegistrar> registrar) {
  std::list<Entry> dropped;  // Destroyed unlocked.
  std::lock_guard<std::mutex> lock(mutex_);
  entries_.remove_if([&](const Entry& entry) { return entry.first == id; });
  entries_.emplace_front(id, std::move(registrar));
  // Features are computed on first use, so a registrar grows after it was
  // inserted: what is kept is measured anew.
  while (!entries_.empty() && ResidentBytesLocked() > capacity_bytes_) {
    dropped.splice(dropped.end(), entries_, std::prev(entries_.end()));
  }
}

int64_t ReferenceCache::resident_bytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return ResidentBytesLocked();
}

int64_t ReferenceCache::ResidentBytesLocked() const {
  int64_t bytes = 0;
  for (const auto& [id, registrar] : entries_) {
    bytes += registrar->ResidentBytes();
  }
  return bytes;
}

}  // namespace sightline::align
