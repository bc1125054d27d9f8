#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/omr/side.h"
#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/status/status_macros.h"
#include "common/stop/stop_token.h"
#include "services/align/engine/page_registrar.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/sheet_reader.h"

namespace sightline::bench {
namespace {

// Pixels of the longer side that scans and references are reduced to at least:
// A4 at 300 dpi is halved.
constexpr int kLongSide = 1600;
// As the grade service has it.
constexpr double kSurePosition = 0.95;

class OurSide : public Side {
 public:
  absl::Status Prepare(const generator::PrintedForm& form) override {
    SL_ASSIGN_OR_RETURN(grade::Sheet sheet, grade::Sheet::Create(form.layout));
    sheet_ = std::move(sheet);
    align::Reference reference = generator::ToReference(form, false);
    // Of forms with markers every second one comes without a picture of the
    // blank page, as such forms do.
    has_picture_ = form.markers.empty() || form.seed % 2 == 0;
    if (has_picture_) {
      // It arrives as a file.
      SL_ASSIGN_OR_RETURN(const std::string file, EncodePng(form.print.luma));
      DecodeOptions options;
      options.min_long_side = kLongSide;
      SL_ASSIGN_OR_RETURN(Decoded<GrayImage> image, DecodeGray(file, options));
      reference.image = std::move(image.pixels);
    }
    SL_ASSIGN_OR_RETURN(registrar_,
                        align::PageRegistrar::Create(std::move(reference)));
    return absl::OkStatus();
  }

  SheetOutcome Grade(absl::string_view file) override {
    SheetOutcome outcome;
    const absl::Status status = Grade(file, &outcome);
    if (!status.ok()) {
      outcome.how = std::string(status.message());
      for (char& c : outcome.how) {
        if (c == '\n') c = ' ';
      }
    }
    return outcome;
  }

 private:
  absl::Status Grade(absl::string_view file, SheetOutcome* outcome) {
    DecodeOptions options;
    options.min_long_side = kLongSide;
    SL_ASSIGN_OR_RETURN(const Decoded<GrayImage> scan,
                        DecodeGray(file, options));
    const StopToken stop;
    SL_ASSIGN_OR_RETURN(const align::Registration found,
                        registrar_->Register(scan.pixels, {}, stop));
    grade::ReadOptions read;
    read.position_is_sure = has_picture_ && found.confidence >= kSurePosition;
    SL_ASSIGN_OR_RETURN(
        const grade::SheetReading reading,
        grade::ReadSheet(scan.pixels, found.scan_to_page, *sheet_, read, stop));
    outcome->accepted = true;
    const double reduced = 1.0 / scan.reduction;
    outcome->scan_to_page =
        found.scan_to_page * Homography::Scale(reduced, reduced);
    outcome->how =
        absl::StrCat(align::MethodName(found.method), " ", found.confidence);
    for (const grade::FieldReading& field : reading.fields) {
      outcome->fields.push_back(
          {field.answer, field.needs_review, field.confidence});
    }
    return absl::OkStatus();
  }

  bool has_picture_ = false;
  std::optional<grade::Sheet> sheet_;
  std::unique_ptr<align::PageRegistrar> registrar_;
};

}  // namespace

std::unique_ptr<Side> MakeOurSide() { return std::make_unique<OurSide>(); }

}  // namespace sightline::bench
