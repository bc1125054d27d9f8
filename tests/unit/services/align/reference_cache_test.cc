#include "services/align/reference_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "services/align/engine/reference.h"

namespace sightline::align {
namespace {

// A page of bubbles; nothing is registered to it.
std::shared_ptr<const PageRegistrar> MakeRegistrar() {
  Reference reference;
  reference.page = {1000, 1400};
  for (int row = 0; row < 10; ++row) {
    for (int column = 0; column < 5; ++column) {
      reference.shapes.push_back({{150.0 + 90 * column, 200.0 + 100 * row},
                                  {40, 40},
                                  ShapeKind::kEllipse});
    }
  }
  for (const double x : {60, 940}) {
    for (const double y : {60, 1340}) {
      reference.markers.push_back({MarkerKind::kRing, {x, y}, {50, 50}, {}});
    }
  }
  auto registrar = PageRegistrar::Create(std::move(reference));
  EXPECT_TRUE(registrar.ok()) << registrar.status();
  return *std::move(registrar);
}

class ReferenceCacheTest : public ::testing::Test {
 protected:
  const std::shared_ptr<const PageRegistrar> registrar_ = MakeRegistrar();
  const int64_t bytes_ = registrar_->ResidentBytes();
};

TEST_F(ReferenceCacheTest, FindsWhatWasInserted) {
  ReferenceCache cache(10 * bytes_);
  EXPECT_EQ(cache.Find("a"), nullptr);
  cache.Insert("a", registrar_);
  EXPECT_EQ(cache.Find("a"), registrar_);
  EXPECT_EQ(cache.Find("b"), nullptr);
  EXPECT_EQ(cache.resident_bytes(), bytes_);
}

TEST_F(ReferenceCacheTest, DropsWhatWasUsedLongestAgo) {
  ReferenceCache cache(2 * bytes_);
  cache.Insert("a", registrar_);
  cache.Insert("b", MakeRegistrar());
  EXPECT_NE(cache.Find("a"), nullptr);  // Now b is the oldest.
  cache.Insert("c", MakeRegistrar());
  EXPECT_NE(cache.Find("a"), nullptr);
  EXPECT_EQ(cache.Find("b"), nullptr);
  EXPECT_NE(cache.Find("c"), nullptr);
  EXPECT_LE(cache.resident_bytes(), 2 * bytes_);
}

TEST_F(ReferenceCacheTest, KeepsNothingThatIsLargerThanItself) {
  ReferenceCache cache(bytes_ - 1);
  cache.Insert("a", registrar_);
  EXPECT_EQ(cache.Find("a"), nullptr);
  EXPECT_EQ(cache.resident_bytes(), 0);
}

TEST_F(ReferenceCacheTest, AnIdIsKeptOnce) {
  ReferenceCache cache(10 * bytes_);
  cache.Insert("a", registrar_);
  const auto other = MakeRegistrar();
  cache.Insert("a", other);
  EXPECT_EQ(cache.Find("a"), other);
  EXPECT_EQ(cache.resident_bytes(), bytes_);
}

TEST_F(ReferenceCacheTest, WhatIsInUseOutlivesItsPlace) {
  ReferenceCache cache(bytes_);
  cache.Insert("a", MakeRegistrar());
  const std::shared_ptr<const PageRegistrar> used = cache.Find("a");
  cache.Insert("b", registrar_);
  EXPECT_EQ(cache.Find("a"), nullptr);
  EXPECT_EQ(used->page(), (PixelSize{1000, 1400}));
}

TEST_F(ReferenceCacheTest, ManyThreadsMayUseIt) {
  ReferenceCache cache(3 * bytes_);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        const std::string id = std::to_string((i * 7 + t) % 6);
        const auto found = cache.Find(id);
        if (found == nullptr) cache.Insert(id, registrar_);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cache.resident_bytes(), 3 * bytes_);
}

}  // namespace
}  // namespace sightline::align
