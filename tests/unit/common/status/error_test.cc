#include "common/status/error.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/cord.h"

namespace sightline {
namespace {

ErrorDetails EverythingSet() {
  ErrorDetails details;
  details.reason = "IMAGE_TOO_LARGE";
  details.metadata = {{"limit", "20000"},
                      {"", "an empty key"},
                      {"empty value", ""},
                      // What the payload itself is made of.
                      {"colons: 3:abc", "5:retry"},
                      {"zero", std::string("a\0b", 3)},
                      {"not ASCII", "\xC3\xA4\xFF"}};
  details.fields = {{"layout.page", "too wide"}, {"", "path is empty"}};
  details.retry_after = absl::Milliseconds(1500);
  details.quota = NamedCause{"memory", "needs 3 of 2"};
  details.resource = NamedCause{"template", "a"};
  details.precondition = NamedCause{"", ""};
  return details;
}

TEST(Error, CarriesItsDetailsThroughAStatus) {
  const absl::Status status =
      Error(absl::StatusCode::kResourceExhausted, "BUSY")
          .Message("all workers are busy")
          .RetryAfter(absl::Seconds(2))
          .Quota("workers", "8 of 8")
          .Resource("template", "a4")
          .Precondition("model", "mount it")
          .Field("scan", "send it again")
          .Field("layout", "or another")
          .With("workers", "8")
          .With("workers", "9");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(), "all workers are busy");
  const auto details = DetailsOf(status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "BUSY");
  EXPECT_EQ(details->retry_after, absl::Seconds(2));
  EXPECT_EQ(details->quota, (NamedCause{"workers", "8 of 8"}));
  EXPECT_EQ(details->resource, (NamedCause{"template", "a4"}));
  EXPECT_EQ(details->precondition, (NamedCause{"model", "mount it"}));
  ASSERT_EQ(details->fields.size(), 2u);
  EXPECT_EQ(details->fields[1], (FieldViolation{"layout", "or another"}));
  EXPECT_EQ(details->metadata.size(), 1u);
  EXPECT_EQ(details->metadata.at("workers"), "9");
}

TEST(Error, ConvertsToAnyStatusOr) {
  const auto fails = []() -> absl::StatusOr<int> {
    return Error(absl::StatusCode::kNotFound, "NOT_THERE").Message("gone");
  };
  EXPECT_EQ(fails().status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(DetailsOf(fails().status())->reason, "NOT_THERE");
}

TEST(Error, TakesTheFirstFieldForItsMessage) {
  absl::Status status = Error(absl::StatusCode::kInvalidArgument, "BAD")
                            .Field("page.width", "must be positive")
                            .Field("page.height", "too");
  EXPECT_EQ(status.message(), "page.width: must be positive");
  status = Error(absl::StatusCode::kInvalidArgument, "BAD")
               .Field("", "must be positive");
  EXPECT_EQ(status.message(), "must be positive");
  status = Error(absl::StatusCode::kInvalidArgument, "BAD");
  EXPECT_EQ(status.message(), "");
}

TEST(WithDetails, GivesBackWhateverItWasGiven) {
  const absl::Status plain = absl::InternalError("x");
  const ErrorDetails full = EverythingSet();
  EXPECT_EQ(DetailsOf(WithDetails(plain, full)), full);
  EXPECT_EQ(DetailsOf(WithDetails(plain, ErrorDetails())), ErrorDetails());
  for (const absl::Duration delay : {absl::ZeroDuration(), -absl::Seconds(1),
                                     absl::Nanoseconds(1), absl::Hours(1000)}) {
    ErrorDetails details;
    details.retry_after = delay;
    EXPECT_EQ(DetailsOf(WithDetails(plain, details))->retry_after, delay);
  }
}

TEST(WithDetails, ReplacesDetailsAndLeavesOkAlone) {
  const absl::Status first =
      WithDetails(absl::InternalError("x"), EverythingSet());
  ErrorDetails other;
  other.reason = "OTHER";
  EXPECT_EQ(DetailsOf(WithDetails(first, other)), other);
  EXPECT_TRUE(WithDetails(absl::OkStatus(), other).ok());
  EXPECT_FALSE(DetailsOf(WithDetails(absl::OkStatus(), other)).has_value());
}

TEST(DetailsOf, HasNothingToSayOfForeignStatuses) {
  EXPECT_FALSE(DetailsOf(absl::OkStatus()).has_value());
  EXPECT_FALSE(DetailsOf(absl::InternalError("x")).has_value());
}

TEST(DetailsOf, RefusesDamagedPayloads) {
  // The payload's name, found the way any reader of a status can.
  std::string url;
  const absl::Status made =
      WithDetails(absl::InternalError("x"), EverythingSet());
  std::string payload;
  made.ForEachPayload([&](absl::string_view type, const absl::Cord& value) {
    url = std::string(type);
    payload = std::string(value);
  });
  ASSERT_FALSE(url.empty());
  // Cut anywhere: whole entries may be missing, but nothing is made up.
  for (size_t size = 0; size < payload.size(); ++size) {
    absl::Status cut = absl::InternalError("x");
    cut.SetPayload(url, absl::Cord(payload.substr(0, size)));
    const auto details = DetailsOf(cut);
    if (details.has_value()) {
      EXPECT_LE(details->metadata.size(), 6u);
      EXPECT_EQ(details->reason, "IMAGE_TOO_LARGE");
      EXPECT_NE(details, EverythingSet());
    }
  }
  for (const char* bad :
       {"", ":", "x", "-1:", "99999999999999999999:a", "18446744073709551615:a",
        "1:a5:retry1:x0:", "3:abc4:quot"}) {
    SCOPED_TRACE(bad);
    absl::Status damaged = absl::InternalError("x");
    damaged.SetPayload(url, absl::Cord(bad));
    EXPECT_FALSE(DetailsOf(damaged).has_value());
  }
}

TEST(PrefixFields, JoinsPaths) {
  struct Case {
    const char* path;
    const char* joined;
  };
  for (const Case& c : {Case{"page.width", "layout.page.width"},
                        Case{"", "layout"}, Case{"[2].x", "layout[2].x"}}) {
    const absl::Status status = PrefixFields(
        Error(absl::StatusCode::kInvalidArgument, "BAD").Field(c.path, "why"),
        "layout");
    const auto details = DetailsOf(status);
    ASSERT_TRUE(details.has_value());
    EXPECT_EQ(details->fields[0].field, c.joined);
    EXPECT_EQ(details->fields[0].description, "why");
    EXPECT_EQ(details->reason, "BAD");
  }
}

TEST(PrefixFields, PrefixesEveryFieldAndMayBeRepeated) {
  const absl::Status status =
      PrefixFields(PrefixFields(Error(absl::StatusCode::kInvalidArgument, "BAD")
                                    .Field("x", "one")
                                    .Field("y", "two"),
                                "origin"),
                   "blocks[3]");
  const auto details = DetailsOf(status);
  EXPECT_EQ(details->fields[0].field, "blocks[3].origin.x");
  EXPECT_EQ(details->fields[1].field, "blocks[3].origin.y");
  EXPECT_EQ(status.message(), "blocks[3].origin.x: one");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
}

TEST(PrefixFields, LeavesAMessageOfItsOwnAlone) {
  const absl::Status status =
      PrefixFields(Error(absl::StatusCode::kInvalidArgument, "BAD")
                       .Message("the page is too wide")
                       .Field("x", "one"),
                   "page");
  EXPECT_EQ(status.message(), "the page is too wide");
}

TEST(PrefixFields, LeavesStatusesWithoutFieldsAlone) {
  EXPECT_TRUE(PrefixFields(absl::OkStatus(), "a").ok());
  const absl::Status foreign = absl::InternalError("x");
  EXPECT_EQ(PrefixFields(foreign, "a"), foreign);
  const absl::Status without =
      Error(absl::StatusCode::kUnavailable, "BUSY").Message("m");
  EXPECT_EQ(PrefixFields(without, "a"), without);
}

}  // namespace
}  // namespace sightline
