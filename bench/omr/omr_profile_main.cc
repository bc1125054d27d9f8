// Where the time of an answer sheet goes: CPU ms of each step, on one thread.
//
//   omr_profile [--json]
//
// Twenty-four office scans (A4, 300 dpi, colour JPEG, up to 4 degrees), each
// taken through decode, registration and reading as the services do it; of
// every step the least of five runs. Beside them the JPEG Huffman floor: what
// libjpeg-turbo needs to read the scan's coefficients and nothing else. Whoever
// looks at the whole scan cannot be faster than that.
#include <time.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

// libjpeg needs <cstdio> before it.
#include <jpeglib.h>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "bench/support/figures.h"
#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/status/status_macros.h"
#include "common/stop/stop_token.h"
#include "services/align/engine/page_registrar.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/sheet_reader.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::bench {
namespace {

constexpr int kScans = 24;
constexpr int kRuns = 5;
// As the services have them: A4 at 300 dpi is halved.
constexpr int kLongSide = 1600;
constexpr double kSurePosition = 0.95;

DecodeOptions HalfSize() {
  DecodeOptions options;
  options.min_long_side = kLongSide;
  return options;
}

double ThreadMilliseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) +
         1e-6 * static_cast<double>(now.tv_nsec);
}

// The least of kRuns runs; stops at the first failure.
absl::StatusOr<double> LeastMilliseconds(
    absl::FunctionRef<absl::Status()> run) {
  double least = 1e30;
  for (int i = 0; i < kRuns; ++i) {
    const double begin = ThreadMilliseconds();
    SL_RETURN_IF_ERROR(run());
    least = std::min(least, ThreadMilliseconds() - begin);
  }
  return least;
}

struct JumpingErrors {
  jpeg_error_mgr manager;
  jmp_buf jump;
};

// Reads every coefficient of a JPEG file.
absl::Status ReadCoefficients(const std::string& file) {
  jpeg_decompress_struct decoder;
  JumpingErrors errors;
  decoder.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = [](j_common_ptr common) {
    longjmp(reinterpret_cast<JumpingErrors*>(common->err)->jump, 1);
  };
  if (setjmp(errors.jump) != 0) {
    jpeg_destroy_decompress(&decoder);
    return absl::InternalError("libjpeg refuses a scan");
  }
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, reinterpret_cast<const unsigned char*>(file.data()),
               file.size());
  jpeg_read_header(&decoder, TRUE);
  jpeg_read_coefficients(&decoder);
  jpeg_destroy_decompress(&decoder);
  return absl::OkStatus();
}

// What is computed once for a form.
struct PreparedForm {
  std::shared_ptr<const generator::PrintedForm> form;
  std::unique_ptr<align::PageRegistrar> registrar;
  grade::Sheet sheet;
};

absl::StatusOr<PreparedForm> Prepare() {
  const auto form = std::make_shared<const generator::PrintedForm>(
      generator::PrintForm(generator::FormFamily::kStandard, 0));
  SL_ASSIGN_OR_RETURN(grade::Sheet sheet, grade::Sheet::Create(form->layout));
  align::Reference reference = generator::ToReference(*form, false);
  SL_ASSIGN_OR_RETURN(const std::string file, EncodePng(form->print.luma));
  SL_ASSIGN_OR_RETURN(Decoded<GrayImage> image, DecodeGray(file, HalfSize()));
  reference.image = std::move(image.pixels);
  SL_ASSIGN_OR_RETURN(auto registrar,
                      align::PageRegistrar::Create(std::move(reference)));
  return PreparedForm{form, std::move(registrar), std::move(sheet)};
}

// Mean over the scans, in ms of CPU.
struct Steps {
  double huffman = 0;
  double decode = 0;
  double register_page = 0;
  double read = 0;
  double kilobytes = 0;
};

absl::Status MeasureScan(const PreparedForm& prepared, const std::string& file,
                         Steps& sum) {
  const StopToken stop;
  SL_ASSIGN_OR_RETURN(const double huffman, LeastMilliseconds([&] {
                        return ReadCoefficients(file);
                      }));
  Decoded<GrayImage> scan;
  SL_ASSIGN_OR_RETURN(const double decode,
                      LeastMilliseconds([&]() -> absl::Status {
                        SL_ASSIGN_OR_RETURN(scan, DecodeGray(file, HalfSize()));
                        return absl::OkStatus();
                      }));
  align::Registration found;
  SL_ASSIGN_OR_RETURN(
      const double register_page, LeastMilliseconds([&]() -> absl::Status {
        SL_ASSIGN_OR_RETURN(
            found, prepared.registrar->Register(scan.pixels, {}, stop));
        return absl::OkStatus();
      }));
  grade::ReadOptions options;
  options.position_is_sure = found.confidence >= kSurePosition;
  SL_ASSIGN_OR_RETURN(const double read, LeastMilliseconds([&] {
                        return grade::ReadSheet(scan.pixels, found.scan_to_page,
                                                prepared.sheet, options, stop)
                            .status();
                      }));
  sum.huffman += huffman / kScans;
  sum.decode += decode / kScans;
  sum.register_page += register_page / kScans;
  sum.read += read / kScans;
  sum.kilobytes += static_cast<double>(file.size()) / 1000 / kScans;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Figure>> Measure() {
  SL_ASSIGN_OR_RETURN(const PreparedForm prepared, Prepare());
  Steps steps;
  for (int i = 0; i < kScans; ++i) {
    generator::SheetSpecification specification;
    specification.degradations = {generator::Degradation::kRotation};
    SL_ASSIGN_OR_RETURN(
        const generator::GeneratedSheet sheet,
        generator::GenerateSheet(prepared.form, specification, 1 + i));
    SL_RETURN_IF_ERROR(MeasureScan(prepared, sheet.jpeg, steps));
  }
  return std::vector<Figure>{
      {"omr_profile_scan_kb", steps.kilobytes, "KB"},
      {"omr_profile_huffman_floor_ms", steps.huffman, "ms"},
      {"omr_profile_decode_ms", steps.decode, "ms"},
      {"omr_profile_register_ms", steps.register_page, "ms"},
      {"omr_profile_read_ms", steps.read, "ms"},
      {"omr_profile_all_ms", steps.decode + steps.register_page + steps.read,
       "ms"}};
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  return sightline::bench::RunBenchmark(argc, argv, sightline::bench::Measure);
}
