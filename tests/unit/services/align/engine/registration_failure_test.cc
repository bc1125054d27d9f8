// What registration says when memory runs out, or a library throws something
// else. This program replaces operator new: while `largest_allowed` is set,
// larger requests fail, as a library would with `library_fails`.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>

#include "common/status/error.h"
#include "services/align/engine/page_registrar.h"
#include "services/align/engine/reasons.h"
#include "tests/unit/services/align/engine/generated_page.h"

namespace {

std::atomic<size_t> largest_allowed = SIZE_MAX;
std::atomic<bool> library_fails = false;

void* Allocate(size_t size) {
  if (size > largest_allowed) {
    if (library_fails) throw std::runtime_error("the library's words");
    throw std::bad_alloc();
  }
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

namespace sightline::align {
namespace {

TEST(RegistrationFailure, NoMemoryIsResourceExhausted) {
  const GeneratedPage page = DrawPage(PageDesign());
  const auto registrar = PageRegistrar::Create(page.WithImage());
  ASSERT_TRUE(registrar.ok()) << registrar.status();
  const GrayImage scan = FillIn(page, 1);
  ASSERT_GT(scan.size_bytes(), 300'000);
  for (const Method method : {Method::kAuto, Method::kPatches, Method::kOrb}) {
    RegistrationOptions options;
    options.method = method;
    // Not even a reduced copy of the scan.
    largest_allowed = 100'000;
    const absl::Status status =
        (*registrar)->Register(scan, options, StopToken()).status();
    largest_allowed = SIZE_MAX;
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
    EXPECT_EQ(DetailsOf(status).value_or(ErrorDetails{}).reason,
              kMemoryExhausted);
    EXPECT_TRUE((*registrar)->Register(scan, options, StopToken()).ok())
        << "and it works again";
  }
}

TEST(RegistrationFailure, AnythingElseThatIsThrownIsInternal) {
  const GeneratedPage page = DrawPage(PageDesign());
  const auto registrar = PageRegistrar::Create(page.WithImage());
  ASSERT_TRUE(registrar.ok()) << registrar.status();
  const GrayImage scan = FillIn(page, 1);
  library_fails = true;
  largest_allowed = 100'000;
  const absl::Status status =
      (*registrar)->Register(scan, RegistrationOptions(), StopToken()).status();
  largest_allowed = SIZE_MAX;
  library_fails = false;
  EXPECT_TRUE(absl::IsInternal(status)) << status;
  EXPECT_EQ(DetailsOf(status).value_or(ErrorDetails{}).reason,
            kRegistrationFailed);
  EXPECT_NE(std::string(status.message()).find("the library's words"),
            std::string::npos);
}

}  // namespace
}  // namespace sightline::align
