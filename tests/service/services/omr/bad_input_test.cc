// Bad input to align and grade over TCP: exactly which code, reason and field.
// docs/errors.md says the same in words.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/image/encode.h"
#include "common/image/reasons.h"
#include "common/image_message/reasons.h"
#include "common/server/reasons.h"
#include "common/status/grpc_status.h"
#include "services/align/engine/reasons.h"
#include "services/grade/engine/reasons.h"
#include "services/grade/reasons.h"
#include "tests/support/images/image_files.h"
#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using absl::StatusCode;
using generator::GeneratedSheet;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using AlignRequest = align::v1::AlignRequest;
using GradeRequest = grade::v1::GradeSheetRequest;

class BadInput : public ::testing::Test {
 protected:
  OmrServer server_;
};

// A scan that nobody can use, and what both services say to it.
struct BadScan {
  const char* name;
  common::v1::Image scan;
  StatusCode code;
  const char* reason;
  // Path of the first violation; "" if the request is not what is wrong.
  const char* field;
};

common::v1::Image File(const std::string& bytes, int page = 0) {
  common::v1::Image image;
  image.set_encoded(bytes);
  image.set_page(page);
  return image;
}

common::v1::Image Raw(int width, int height, size_t bytes) {
  common::v1::Image image;
  image.mutable_gray()->set_width(width);
  image.mutable_gray()->set_height(height);
  image.mutable_gray()->set_data(std::string(bytes, '\x80'));
  return image;
}

// The file with one byte of its header changed so that it declares more rows
// than it has.
std::string HeaderThatLies(std::string jpeg) {
  // SOF0 or SOF2: marker, length, precision, height, width.
  for (size_t i = 2; i + 9 < jpeg.size();) {
    const auto byte = [&](size_t at) {
      return static_cast<unsigned char>(jpeg[at]);
    };
    const int marker = byte(i + 1);
    if (marker == 0xC0 || marker == 0xC2) {
      jpeg[i + 5] = static_cast<char>(byte(i + 5) * 2);
      return jpeg;
    }
    i += 2 + (byte(i + 2) << 8 | byte(i + 3));
  }
  return jpeg;
}

std::vector<BadScan> BadScans() {
  const std::string& jpeg = QuizSheet().jpeg;
  const StatusCode invalid = StatusCode::kInvalidArgument;
  const StatusCode lost = StatusCode::kDataLoss;
  const StatusCode unknown = StatusCode::kNotFound;
  return {
      {"nothing", {}, invalid, kImageEmpty, "scan.encoded"},
      {"empty bytes", File(""), invalid, kImageEmpty, "scan.encoded"},
      {"no image", File("this is a text"), invalid, kImageFormatUnknown,
       "scan.encoded"},
      {"a PDF", File("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), invalid,
       kImageFormatUnknown, "scan.encoded"},
      {"half a JPEG", File(jpeg.substr(0, jpeg.size() / 2)), lost,
       kImageTruncated, "scan.encoded"},
      {"a JPEG's first bytes", File(jpeg.substr(0, 40)), lost, kImageTruncated,
       "scan.encoded"},
      {"a JPEG that declares twice its rows", File(HeaderThatLies(jpeg)), lost,
       kImageTruncated, "scan.encoded"},
      {"a PNG without its end", File(PlainPng(300, 300, 200).substr(0, 200)),
       lost, kImageTruncated, "scan.encoded"},
      {"bomb: JPEG", File(testing::JpegBomb(60000, 60000, false)), invalid,
       kImageTooLarge, "scan.encoded"},
      {"bomb: progressive JPEG", File(testing::JpegBomb(60000, 60000, true)),
       invalid, kImageTooLarge, "scan.encoded"},
      {"bomb: PNG", File(testing::PngBomb(60000, 60000, false)), invalid,
       kImageTooLarge, "scan.encoded"},
      {"bomb: TIFF", File(testing::TiffBomb(60000, 60000, 1, false)), invalid,
       kImageTooLarge, "scan.encoded"},
      {"bomb: BMP", File(testing::BmpBomb(60000, 60000, 8)), invalid,
       kImageTooLarge, "scan.encoded"},
      {"bomb within the sides, too many pixels",
       File(testing::PngBomb(19000, 19000, false)), invalid, kImageTooLarge,
       "scan.encoded"},
      {"page 3 of a JPEG", File(jpeg, 3), invalid, kImagePageOutOfRange,
       "scan.encoded"},
      {"page -1", File(jpeg, -1), invalid, kImagePageOutOfRange,
       "scan.encoded"},
      {"1 x 1", File(PlainPng(1, 1, 255)), invalid, align::kImageTooSmall,
       "scan"},
      {"99 x 99", File(PlainPng(99, 99, 255)), invalid, align::kImageTooSmall,
       "scan"},
      {"1 x 1 raw", Raw(1, 1, 1), invalid, align::kImageTooSmall, "scan"},
      {"raw pixels, too few bytes", Raw(400, 500, 199999), invalid,
       kImageSizeMismatch, "scan.gray.data"},
      {"raw pixels, too many bytes", Raw(400, 500, 200001), invalid,
       kImageSizeMismatch, "scan.gray.data"},
      {"raw pixels without size", Raw(0, 0, 10), invalid, kImageSizeMismatch,
       "scan.gray"},
      {"raw pixels, sides whose product overflows",
       Raw(std::numeric_limits<int32_t>::max(),
           std::numeric_limits<int32_t>::max(), 1),
       invalid, kImageTooLarge, "scan.gray"},
      {"raw pixels, negative side", Raw(-5, 5, 25), invalid, kImageSizeMismatch,
       "scan.gray"},
      {"blank paper", File(PlainPng(1240, 1754, 252)), unknown,
       align::kPageNotFound, ""},
      {"all black", File(PlainPng(1240, 1754, 2)), unknown,
       align::kPageNotFound, ""},
      {"another form", File(SheetOf(generator::FormFamily::kBrackets).jpeg),
       unknown, align::kPageNotFound, ""},
  };
}

TEST_F(BadInput, ScansToAlign) {
  for (const BadScan& c : BadScans()) {
    AlignRequest request = AlignRequestOf(QuizSheet());
    *request.mutable_scan() = c.scan;
    const auto answer = Ask(server_, request);
    EXPECT_EQ(answer.status.code(), c.code) << c.name << answer.status;
    EXPECT_EQ(answer.reason(), c.reason) << c.name << answer.status;
    EXPECT_EQ(answer.field(), c.field) << c.name << answer.status;
  }
}

TEST_F(BadInput, ScansToGrade) {
  for (const BadScan& c : BadScans()) {
    GradeRequest request = GradeRequestOf(QuizSheet());
    *request.mutable_scan() = c.scan;
    const auto answer = Ask(server_, request);
    EXPECT_EQ(answer.status.code(), c.code) << c.name << answer.status;
    EXPECT_EQ(answer.reason(), c.reason) << c.name << answer.status;
    EXPECT_EQ(answer.field(), c.field) << c.name << answer.status;
  }
}

// Where the scan is said to be the page already, nobody looks for it: reading
// itself must see that there is no such page.
TEST_F(BadInput, AlignedPagesThatShowNoSheetAreNotReadAsEmpty) {
  struct Case {
    const char* name;
    std::string file;
  };
  for (const Case& c : std::vector<Case>{
           {"blank paper", PlainPng(1240, 1754, 252)},
           {"all black", PlainPng(1240, 1754, 2)},
           {"another form", SheetOf(generator::FormFamily::kBrackets).jpeg}}) {
    GradeRequest request = GradeRequestOf(QuizSheet());
    request.mutable_layout()->mutable_alignment()->set_mode(
        grade::v1::Alignment::MODE_ALIGNED);
    request.mutable_scan()->set_encoded(c.file);
    const auto answer = Ask(server_, request);
    EXPECT_EQ(answer.status.code(), StatusCode::kFailedPrecondition)
        << c.name << answer.status;
    EXPECT_EQ(answer.reason(), grade::kSheetUnreadable) << c.name;
  }
}

// The paths of every violation.
std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation :
       DetailsOf(status).value_or(ErrorDetails{}).fields) {
    fields.push_back(violation.field);
  }
  return fields;
}

struct BadLayout {
  const char* name;
  std::function<void(grade::v1::SheetLayout&)> spoil;
  const char* field;
};

TEST_F(BadInput, LayoutsNameEveryWrongField) {
  using Layout = grade::v1::SheetLayout;
  const auto two_fields = [](Layout& layout, double x, double y) {
    for (const char* label : {"extra1", "extra2"}) {
      auto* field = layout.add_fields();
      field->set_label(label);
      auto* bubble = field->add_bubbles();
      bubble->set_value("A");
      bubble->mutable_center()->set_x(x);
      bubble->mutable_center()->set_y(y);
    }
  };
  const std::vector<BadLayout> cases = {
      {"no page", [](Layout& l) { l.clear_page(); }, "layout.page"},
      {"page of infinity",
       [](Layout& l) {
         l.mutable_page()->set_width(std::numeric_limits<double>::infinity());
       },
       "layout.page.width"},
      {"no bubbles",
       [](Layout& l) {
         l.clear_blocks();
         l.clear_fields();
         l.clear_combined();
       },
       "layout"},
      {"overlapping bubbles", [&](Layout& l) { two_fields(l, 60, 60); },
       "layout.fields[1]"},
      {"bubble out of the page",
       [&](Layout& l) { two_fields(l, l.page().width() - 1, 60); },
       "layout.fields[0].bubbles[0]"},
      {"block out of the page",
       [](Layout& l) {
         l.mutable_blocks(0)->mutable_origin()->set_x(l.page().width());
       },
       "layout.blocks[0]"},
      {"negative gap",
       [](Layout& l) { l.mutable_blocks(0)->set_value_gap(-5); },
       "layout.blocks[0].value_gap"},
      {"gap that is no number",
       [](Layout& l) {
         l.mutable_blocks(0)->set_field_gap(
             std::numeric_limits<double>::quiet_NaN());
       },
       "layout.blocks[0].field_gap"},
      {"range that runs backwards",
       [](Layout& l) { l.mutable_blocks(0)->set_labels(0, "q9..1"); },
       "layout.blocks[0].labels[0]"},
      {"range without end",
       [](Layout& l) { l.mutable_blocks(0)->set_labels(0, "q1..999999999"); },
       "layout.blocks[0].labels"},
      {"kind that is not known",
       [](Layout& l) {
         l.mutable_blocks(0)->set_kind(static_cast<grade::v1::FieldKind>(77));
       },
       "layout.blocks[0].kind"},
      {"shape that is not known",
       [](Layout& l) {
         l.set_bubble_shape(static_cast<align::v1::ShapeKind>(77));
       },
       "layout.bubble_shape"},
      {"direction that is not known",
       [](Layout& l) {
         l.mutable_blocks(0)->set_value_direction(
             static_cast<grade::v1::Direction>(77));
       },
       "layout.blocks[0].value_direction"},
      {"combined field of nobody",
       [](Layout& l) {
         auto* combined = l.add_combined();
         combined->set_label("number");
         combined->add_fields("nobody");
       },
       "layout.combined["},
      {"label twice",
       [](Layout& l) {
         const std::string label = l.blocks(0).labels(0);
         *l.add_blocks() = l.blocks(0);
         l.mutable_blocks(l.blocks_size() - 1)->mutable_origin()->set_y(40);
       },
       "layout.blocks["},
  };
  for (const BadLayout& c : cases) {
    GradeRequest request = GradeRequestOf(QuizSheet());
    c.spoil(*request.mutable_layout());
    const auto answer = Ask(server_, request);
    EXPECT_EQ(answer.status.code(), StatusCode::kInvalidArgument)
        << c.name << answer.status;
    EXPECT_EQ(answer.reason(), grade::kLayoutInvalid) << c.name;
    EXPECT_THAT(Fields(answer.status), Contains(StartsWith(c.field))) << c.name;
  }
}

// What is wrong is told however much it is: gRPC clients drop a status whose
// details they find too long.
TEST_F(BadInput, ManyProblemsWithLongNamesStillArrive) {
  GradeRequest request = GradeRequestOf(QuizSheet());
  for (int i = 0; i < 200; ++i) {
    auto* field = request.mutable_layout()->add_fields();
    field->set_label(std::string(2000, 'x'));
    field->add_bubbles()->set_value(std::string(2000, 'y'));
  }
  const auto answer = Ask(server_, request);
  EXPECT_EQ(answer.status.code(), StatusCode::kInvalidArgument)
      << answer.status;
  EXPECT_EQ(answer.reason(), grade::kLayoutInvalid);
  EXPECT_THAT(answer.field(), StartsWith("layout.fields[0]"));

  AlignRequest unknown = AlignRequestOf(QuizSheet());
  unknown.set_reference_id(std::string(100000, 'z'));
  EXPECT_EQ(Ask(server_, unknown).reason(), "REFERENCE_UNKNOWN");
}

TEST_F(BadInput, NoLayoutAtAll) {
  GradeRequest request = GradeRequestOf(QuizSheet());
  request.clear_layout();
  const auto answer = Ask(server_, request);
  EXPECT_EQ(answer.status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(answer.reason(), grade::kLayoutMissing);
  EXPECT_EQ(answer.field(), "layout");
}

TEST_F(BadInput, KeysThatDoNotFitTheLayout) {
  struct Case {
    const char* name;
    std::function<void(grade::v1::AnswerKey&)> spoil;
    const char* field;
  };
  using Key = grade::v1::AnswerKey;
  for (const Case& c : std::vector<Case>{
           {"unknown field",
            [](Key& k) { k.mutable_questions(1)->set_field("q99"); },
            "key.questions[1].field"},
           {"asked twice",
            [](Key& k) {
              k.mutable_questions(1)->set_field(k.questions(0).field());
            },
            "key.questions[1].field"},
           {"an answer without a bubble",
            [](Key& k) {
              k.mutable_questions(2)->mutable_accepted(0)->set_answer("Z");
            },
            "key.questions[2].accepted[0]"},
           {"two answers of a single-mark field",
            [](Key& k) {
              k.mutable_questions(2)->mutable_accepted(0)->set_answer("AB");
            },
            "key.questions[2].accepted[0]"},
           {"no answer, no bonus",
            [](Key& k) { k.mutable_questions(0)->clear_accepted(); },
            "key.questions[0].accepted"},
           {"a share above 1",
            [](Key& k) {
              k.mutable_questions(0)->mutable_accepted(0)->set_share(1.5);
            },
            "key.questions[0].accepted[0].share"},
           {"a negative weight",
            [](Key& k) { k.mutable_questions(0)->set_weight(-1); },
            "key.questions[0].weight"},
           {"marks that are no number",
            [](Key& k) {
              k.mutable_marks()->set_correct(
                  std::numeric_limits<double>::quiet_NaN());
            },
            "key.marks"},
       }) {
    GradeRequest request = GradeRequestOf(QuizSheet());
    c.spoil(*request.mutable_key());
    const auto answer = Ask(server_, request);
    EXPECT_EQ(answer.status.code(), StatusCode::kInvalidArgument)
        << c.name << answer.status;
    EXPECT_EQ(answer.reason(), grade::kKeyInvalid) << c.name << answer.status;
    EXPECT_THAT(Fields(answer.status), Contains(StartsWith(c.field))) << c.name;
  }
}

// Bytes straight to a method, as a foreign client may send them.
absl::Status SendBytes(const OmrServer& server, const std::string& method,
                       const std::string& bytes) {
  grpc::GenericStub stub(server.Connect());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, grpc::StubOptions(), &request, &response,
                 [&](grpc::Status status) { done.set_value(status); });
  return FromGrpcStatus(done.get_future().get());
}

constexpr char kGradeSheet[] = "/sightline.grade.v1.GradeService/GradeSheet";

TEST_F(BadInput, BytesThatAreNoProtobuf) {
  for (const std::string& bytes :
       {std::string("\xff\xff\xff\xff"), std::string("\x0a\x7f short"),
        QuizSheet().jpeg.substr(0, 1000)}) {
    const absl::Status status = SendBytes(server_, kGradeSheet, bytes);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << status;
    EXPECT_EQ(DetailsOf(status)->reason, kMalformedRequest);
  }
}

// protobuf keeps the fields that a newer client may send and an older server
// does not know: on the wire they change nothing. (In files that people write
// they are refused; the command's tests show that.)
TEST_F(BadInput, UnknownFieldsOnTheWireChangeNothing) {
  const GradeRequest request = GradeRequestOf(QuizSheet());
  const auto plain = Ask(server_, request);
  ASSERT_TRUE(plain.ok()) << plain.status;
  GradeRequest more = request;
  more.GetReflection()->MutableUnknownFields(&more)->AddLengthDelimited(
      1000, "from the future");
  more.mutable_layout()
      ->GetReflection()
      ->MutableUnknownFields(more.mutable_layout())
      ->AddVarint(1001, 7);
  const auto answer = Ask(server_, more);
  ASSERT_TRUE(answer.ok()) << answer.status;
  ASSERT_EQ(answer.response.fields_size(), plain.response.fields_size());
  for (int i = 0; i < answer.response.fields_size(); ++i) {
    EXPECT_EQ(answer.response.fields(i).answer(),
              plain.response.fields(i).answer());
  }
}

// gRPC itself refuses it, before there is a call: no reason, and the limit in
// its words.
TEST_F(BadInput, AMessageAboveTheLimit) {
  GradeRequest request = GradeRequestOf(QuizSheet());
  request.mutable_scan()->set_encoded(
      std::string(wire::TestOptions().max_message_bytes, '\xff'));
  const auto answer = Ask(server_, request);
  EXPECT_EQ(answer.status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(answer.reason(), "");
  EXPECT_THAT(std::string(answer.status.message()), HasSubstr("8388608"));
  EXPECT_TRUE(Ask(server_, GradeRequestOf(QuizSheet())).ok())
      << "the server goes on";
}

TEST_F(BadInput, AFileAboveTheServersOwnLimit) {
  OmrOptions options;
  options.grade.image.max_file_bytes = 1000;
  options.align.image.max_side_pixels = 500;
  OmrServer server(options);
  const auto graded = Ask(server, GradeRequestOf(QuizSheet()));
  EXPECT_EQ(graded.reason(), kImageTooLarge);
  EXPECT_EQ(graded.field(), "scan.encoded");
  AlignRequest request = AlignRequestOf(QuizSheet());
  const auto aligned = Ask(server, request);
  EXPECT_EQ(aligned.reason(), kImageTooLarge);
  EXPECT_EQ(aligned.field(), "reference.image.encoded");
}

}  // namespace
}  // namespace sightline::omr
