#include "services/georef/engine/overlay/overlay_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/overlay/field_decoder.h"
#include "services/georef/engine/overlay/field_value.h"
#include "services/georef/engine/overlay/glyph_scores.h"
#include "services/georef/engine/overlay/ink_strip.h"
#include "services/georef/engine/overlay/reasons.h"

namespace sightline::georef {
namespace {

constexpr int kMaxSide = 65535;
constexpr double kSmallestScale = 0.5;
constexpr double kLargestScale = 2;
// Pixels that an overlay may lie off its place: recorders cut and scale.
constexpr int kReach = 1;
// A field whose cells all look like this is at its place.
constexpr double kInPlace = 0.85;
// Places are compared by the characters that looked likeliest at the first.
constexpr int kLikeliest = 3;

absl::Status CheckFrame(const OverlayFrame& frame) {
  const auto fail = [](absl::string_view field, absl::string_view what) {
    return Error(absl::StatusCode::kInvalidArgument, kOverlayFrameInvalid)
        .Field(field, what);
  };
  if (frame.channels != 1 && frame.channels != 3) {
    return fail("channels", "must be 1 or 3");
  }
  if (frame.pixels == nullptr || frame.width < 1 || frame.height < 1) {
    return fail("pixels", "there are none");
  }
  if (frame.width > kMaxSide || frame.height > kMaxSide) {
    return fail("width", "a side has at most 65,535 pixels");
  }
  if (frame.stride_bytes < int64_t{frame.width} * frame.channels) {
    return fail("stride_bytes", "is shorter than a row");
  }
  return absl::OkStatus();
}

// Frame pixels per reference pixel.
absl::StatusOr<double> ScaleOf(const OverlayFrame& frame,
                               const OverlayProfile& profile) {
  const double across = static_cast<double>(frame.width) / profile.frame_width;
  const double down = static_cast<double>(frame.height) / profile.frame_height;
  // Sizes are whole: a pixel on one side is no other shape.
  const double slack =
      1.0 / std::min(profile.frame_width, profile.frame_height);
  if (std::abs(across - down) <= slack && across >= kSmallestScale &&
      across <= kLargestScale) {
    return across == down ? across : (across + down) / 2;
  }
  return Error(absl::StatusCode::kInvalidArgument, kOverlayFrameSize)
      .Message(absl::StrCat("the frame is ", frame.width, " x ", frame.height,
                            "; the overlay profile is of ", profile.frame_width,
                            " x ", profile.frame_height,
                            ", or that scaled by 0.5 to 2"))
      .Field("width", "is not the profile's, scaled");
}

// Left edge of cell `index` of the longest alternative.
double CellX(const OverlayField& field, double pitch, int index) {
  if (field.alignment == OverlayAlignment::kLeft) {
    return *field.anchor_x + index * pitch;
  }
  return *field.anchor_x - (field.pattern.longest() - index) * pitch;
}

class FieldReader {
 public:
  FieldReader(const OverlayField& field, const OverlayFont& font,
              const GlyphPictures& pictures, const OverlayFrame& frame,
              double scale, const OverlayThresholds& thresholds)
      : field_(field),
        font_(font),
        pictures_(pictures),
        thresholds_(thresholds),
        cells_(field.pattern.longest()),
        top_(static_cast<int>(std::lround(*field.top_y))) {
    box_.left = static_cast<int>(std::floor(X(-1))) - kReach - 1;
    box_.top = top_ - kReach;
    box_.width = static_cast<int>(std::ceil(X(cells_))) + font.cell_width +
                 kReach + 2 - box_.left;
    box_.height = font.cell_height + 2 * kReach;
    strip_ = InkStrip(frame, font.ink, box_, scale);
    ink_ = InkAlone(strip_, kReach);
    frame_width_ = frame.width / scale;
  }

  FieldReading Read() const {
    const std::vector<CellScores> cells = CellsInPlace();
    const auto within = [&](int index) {
      return X(index) >= 0 && X(index) + font_.cell_width <= frame_width_;
    };
    const DecodedField decoded = DecodeField(
        field_, pictures_, absl::MakeConstSpan(cells).subspan(1, cells_),
        within(-1) ? &cells.front() : nullptr,
        within(cells_) ? &cells.back() : nullptr, thresholds_);
    FieldReading reading;
    reading.name = field_.name;
    reading.text = ToUtf8(decoded.text);
    reading.confidence = decoded.confidence;
    if (decoded.alternative == nullptr) {
      Withdraw(reading, decoded.problem, decoded.why);
      return reading;
    }
    const FieldValue value =
        ValueOfField(field_, *decoded.alternative, decoded.text);
    if (!value.out_of_range.empty()) {
      Withdraw(reading, FieldProblem::kOutOfRange, value.out_of_range);
      return reading;
    }
    reading.number = value.number;
    reading.second_number = value.second_number;
    reading.resolution = value.resolution;
    return reading;
  }

 private:
  double X(int index) const { return CellX(field_, font_.pitch, index); }

  void Cut(const GrayImage& strip, int index, int dx, int dy,
           CellPatch& patch) const {
    pictures_.Cut(strip, X(index) + dx - box_.left, top_ + dy - box_.top,
                  patch);
  }

  // The cells with one on either side, where they look most like characters.
  std::vector<CellScores> CellsInPlace() const {
    std::vector<CellScores> cells = Score(0, 0);
    double lowest = 1;
    for (const CellScores& cell : cells) {
      lowest = std::min(lowest, cell.glyphs[cell.best].correlation);
    }
    if (lowest >= kInPlace) return cells;
    const std::vector<std::vector<int>> likeliest = Likeliest(cells);
    double most = Likeness(likeliest, 0, 0);
    int best_dx = 0;
    int best_dy = 0;
    for (int dy = -kReach; dy <= kReach; ++dy) {
      for (int dx = -kReach; dx <= kReach; ++dx) {
        if (dx == 0 && dy == 0) continue;
        const double likeness = Likeness(likeliest, dx, dy);
        if (likeness <= most) continue;
        most = likeness;
        best_dx = dx;
        best_dy = dy;
      }
    }
    if (best_dx == 0 && best_dy == 0) return cells;
    return Score(best_dx, best_dy);
  }

  std::vector<CellScores> Score(int dx, int dy) const {
    std::vector<CellScores> cells(cells_ + 2);
    CellPatch patch;
    for (int i = 0; i < cells_ + 2; ++i) {
      CellScores& cell = cells[i];
      Cut(strip_, i - 1, dx, dy, patch);
      cell.variation = pictures_.Variation(patch);
      cell.level = pictures_.Level(patch);
      cell.edge = pictures_.Edge(patch);
      Cut(ink_, i - 1, dx, dy, patch);
      cell.ink_variation = pictures_.Variation(patch);
      cell.glyphs.reserve(pictures_.count());
      for (int g = 0; g < pictures_.count(); ++g) {
        cell.glyphs.push_back(pictures_.Score(patch, g));
        if (cell.glyphs[g].correlation > cell.glyphs[cell.best].correlation) {
          cell.best = g;
        }
      }
    }
    return cells;
  }

  // Of every cell within the field.
  std::vector<std::vector<int>> Likeliest(
      const std::vector<CellScores>& cells) const {
    std::vector<std::vector<int>> likeliest(cells_);
    for (int i = 0; i < cells_; ++i) {
      std::vector<int>& glyphs = likeliest[i];
      for (int g = 0; g < pictures_.count(); ++g) glyphs.push_back(g);
      const size_t kept = std::min<size_t>(kLikeliest, glyphs.size());
      const auto& scores = cells[i + 1].glyphs;
      std::partial_sort(glyphs.begin(), glyphs.begin() + kept, glyphs.end(),
                        [&](int a, int b) {
                          return scores[a].correlation > scores[b].correlation;
                        });
      glyphs.resize(kept);
    }
    return likeliest;
  }

  double Likeness(const std::vector<std::vector<int>>& likeliest, int dx,
                  int dy) const {
    double sum = 0;
    CellPatch patch;
    for (int i = 0; i < cells_; ++i) {
      Cut(ink_, i, dx, dy, patch);
      double best = 0;
      for (const int glyph : likeliest[i]) {
        best = std::max(best, pictures_.Score(patch, glyph).correlation);
      }
      sum += best;
    }
    return sum;
  }

  const OverlayField& field_;
  const OverlayFont& font_;
  const GlyphPictures& pictures_;
  const OverlayThresholds& thresholds_;
  const int cells_;
  const int top_;
  OverlayBox box_;
  // As it is, and with the ink alone.
  GrayImage strip_;
  GrayImage ink_;
  double frame_width_ = 0;
};

}  // namespace

struct OverlayReader::Impl {
  OverlayProfile profile;
  OverlayThresholds thresholds;
  // One for each font.
  std::vector<GlyphPictures> pictures;
};

OverlayReader::OverlayReader(std::unique_ptr<const Impl> impl)
    : impl_(std::move(impl)) {}
OverlayReader::OverlayReader(OverlayReader&&) noexcept = default;
OverlayReader& OverlayReader::operator=(OverlayReader&&) noexcept = default;
OverlayReader::~OverlayReader() = default;

absl::StatusOr<OverlayReader> OverlayReader::Create(
    OverlayProfile profile, OverlayThresholds thresholds) {
  SL_RETURN_IF_ERROR(CheckCalibrated(profile));
  auto impl = std::make_unique<Impl>();
  for (const OverlayFont& font : profile.fonts) {
    impl->pictures.emplace_back(font);
  }
  impl->profile = std::move(profile);
  impl->thresholds = thresholds;
  return OverlayReader(std::move(impl));
}

absl::StatusOr<OverlayReading> OverlayReader::Read(
    const OverlayFrame& frame) const {
  SL_RETURN_IF_ERROR(CheckFrame(frame));
  SL_ASSIGN_OR_RETURN(const double scale, ScaleOf(frame, impl_->profile));
  OverlayReading reading;
  for (const OverlayField& field : impl_->profile.fields) {
    const FieldReader reader(field, impl_->profile.fonts[field.font],
                             impl_->pictures[field.font], frame, scale,
                             impl_->thresholds);
    reading.fields.push_back(reader.Read());
  }
  return reading;
}

const OverlayProfile& OverlayReader::profile() const { return impl_->profile; }

}  // namespace sightline::georef
