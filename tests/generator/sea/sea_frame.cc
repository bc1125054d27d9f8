#include "tests/generator/sea/sea_frame.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "tests/generator/random.h"
#include "tests/generator/sea/noise.h"

namespace sightline::generator {
namespace {

using Colour = std::array<float, 3>;

Colour DrawColour(Random& random, const Colour& low, const Colour& high) {
  // The channels go together, or nearly: no purple seas.
  const double share = random.Unit();
  Colour colour;
  for (int c = 0; c < 3; ++c) {
    const double own = std::clamp(share + random.Uniform(-0.2, 0.2), 0.0, 1.0);
    colour[c] = static_cast<float>(low[c] + (high[c] - low[c]) * own);
  }
  return colour;
}

float SmoothStep(float low, float high, float value) {
  const float t = std::clamp((value - low) / (high - low), 0.0f, 1.0f);
  return t * t * (3 - 2 * t);
}

Noise DrawNoise(Random& random, double shortest, double longest,
                double stretch) {
  const double wavelength = random.Uniform(shortest, longest);
  return Noise(random.Bits(), wavelength * stretch, wavelength,
               random.Uniform(0, std::numbers::pi));
}

// Water without anything in it.
class Water {
 public:
  Water(Random random, int width, int height)
      : colour_(DrawColour(random, {20, 45, 55}, {95, 120, 135})),
        wave_height_(random.Uniform(6, 24)),
        wind_(random.Uniform(0, std::numbers::pi)),
        swell_(random.Bits(), random.Uniform(25, 60), random.Uniform(8, 20),
               wind_),
        ripple_(random.Bits(), random.Uniform(5, 12), random.Uniform(2, 5),
                wind_ + random.Uniform(-0.4, 0.4)),
        shadow_(DrawNoise(random, 120, 300, 1.5)),
        shadow_depth_(random.Chance(0.5) ? random.Uniform(5, 35) : 0),
        caps_(random.Uniform(0.62, 1.1)),
        slope_x_(random.Uniform(-25, 25) / width),
        slope_y_(random.Uniform(-25, 25) / height),
        glint_x_(random.Uniform(-0.3, 1.3) * width),
        glint_y_(random.Uniform(-0.3, 1.3) * height),
        glint_radius_(random.Uniform(0.2, 0.6) * std::max(width, height)),
        glint_(random.Chance(0.4) ? random.Uniform(20, 90) : 0) {}

  // `calm`: 0 as the wind makes it, 1 without waves.
  Colour At(float x, float y, float calm) const {
    const float wave =
        0.6f * swell_.Octaves(x, y, 2) + 0.9f * ripple_.Octaves(x, y, 2);
    const float dx = x - glint_x_;
    const float dy = y - glint_y_;
    const float glint = glint_ * std::exp(-(dx * dx + dy * dy) /
                                          (glint_radius_ * glint_radius_));
    float light = slope_x_ * x + slope_y_ * y -
                  shadow_depth_ * SmoothStep(0, 0.5f, shadow_.Octaves(x, y, 3));
    // Glint is the sun on the slopes of the waves.
    light += (wave_height_ + glint * 0.5f) * wave * (1 - calm) + glint;
    // Whitecaps, where swell and ripples meet.
    light += 110 * SmoothStep(caps_, caps_ + 0.2f, wave) * (1 - calm);
    return {colour_[0] + light, colour_[1] + light, colour_[2] + light};
  }

 private:
  Colour colour_;
  float wave_height_;
  double wind_;
  Noise swell_, ripple_, shadow_;
  float shadow_depth_, caps_, slope_x_, slope_y_;
  float glint_x_, glint_y_, glint_radius_, glint_;
};

// A film that calms the waves.
class Slick {
 public:
  Slick(Random random, int width, int height)
      : x_(random.Uniform(0.1, 0.9) * width),
        y_(random.Uniform(0.1, 0.9) * height),
        angle_(random.Uniform(0, std::numbers::pi)),
        length_(random.Uniform(60, 220)),
        breadth_(length_ * random.Uniform(0.15, 0.6)),
        edge_(DrawNoise(random, 30, 80, random.Uniform(1, 2.5))),
        inner_(DrawNoise(random, 15, 60, 2)),
        calm_(random.Uniform(0.6, 0.92)),
        // Dark oil, or a silvery sheen.
        tint_(random.Chance(0.65)
                  ? DrawColour(random, {-38, -40, -42}, {-8, -12, -16})
                  : DrawColour(random, {12, 10, 8}, {34, 32, 30})),
        mottle_(random.Uniform(0, 8)) {}

  // 0 outside, 1 inside; 0.5 at the edge.
  float Cover(float x, float y) const {
    const float dx = x - x_;
    const float dy = y - y_;
    const float u = (dx * std::cos(angle_) + dy * std::sin(angle_)) / length_;
    const float v = (dy * std::cos(angle_) - dx * std::sin(angle_)) / breadth_;
    const float radius = std::sqrt(u * u + v * v);
    if (radius > 2) return 0;
    return SmoothStep(-0.06f, 0.06f,
                      1 - radius + 0.8f * edge_.Octaves(x, y, 3));
  }
  float calm() const { return calm_; }
  Colour Tint(float x, float y) const {
    const float mottle = mottle_ * inner_.Octaves(x, y, 2);
    return {tint_[0] + mottle, tint_[1] + mottle, tint_[2] + mottle};
  }

 private:
  float x_, y_, angle_, length_, breadth_;
  Noise edge_, inner_;
  float calm_;
  Colour tint_;
  float mottle_;
};

// A hull with a pointed bow, a deckhouse, and a wake that is sea.
class Ship {
 public:
  Ship(Random random, int width, int height)
      : x_(random.Uniform(0.05, 0.95) * width),
        y_(random.Uniform(0.05, 0.95) * height),
        angle_(random.Uniform(0, 2 * std::numbers::pi)),
        half_length_(random.Uniform(15, 60)),
        half_breadth_(half_length_ * random.Uniform(0.16, 0.28)),
        deck_(random.Chance(0.5)
                  ? DrawColour(random, {120, 40, 30}, {190, 90, 70})
                  : DrawColour(random, {90, 90, 90}, {210, 210, 210})),
        house_(random.Uniform(190, 250)),
        house_at_(random.Uniform(-0.75, -0.45)),
        wake_(random.Chance(0.6) ? random.Uniform(30, 90) : 0) {}

  bool Covers(float x, float y) const {
    const auto [u, v] = Local(x, y);
    if (std::abs(u) > 1) return false;
    return std::abs(v) <= (u > 0.5f ? (1 - u) * 2 : 1);
  }
  Colour DeckAt(float x, float y) const {
    const auto [u, v] = Local(x, y);
    if (std::abs(u - house_at_) < 0.18f && std::abs(v) < 0.7f) {
      return {house_, house_, house_};
    }
    // Hatches.
    const bool is_hatch = std::abs(v) < 0.5f && u < 0.6f &&
                          static_cast<int>((u + 1) * 8) % 2 == 0;
    const float light = is_hatch ? -25 : 0;
    return {deck_[0] + light, deck_[1] + light, deck_[2] + light};
  }
  // Foam behind the ship.
  float WakeAt(float x, float y) const {
    const auto [u, v] = Local(x, y);
    if (wake_ == 0 || u > -0.95f || u < -5) return 0;
    const float spread = 0.7f + 0.25f * (-1 - u);
    return wake_ * SmoothStep(spread, 0.3f * spread, std::abs(v)) * (5 + u) / 4;
  }

 private:
  // Along and across, -1..1 within the hull's box.
  std::array<float, 2> Local(float x, float y) const {
    const float dx = x - x_;
    const float dy = y - y_;
    return {(dx * std::cos(angle_) + dy * std::sin(angle_)) / half_length_,
            (dy * std::cos(angle_) - dx * std::sin(angle_)) / half_breadth_};
  }

  float x_, y_, angle_, half_length_, half_breadth_;
  Colour deck_;
  float house_, house_at_, wake_;
};

// Land to one side of a ragged line, with surf along it.
class Shore {
 public:
  Shore(Random random, int width, int height)
      : angle_(random.Uniform(0, 2 * std::numbers::pi)),
        x_(width / 2.0f),
        y_(height / 2.0f),
        offset_(random.Uniform(0.05, 0.4) * std::min(width, height)),
        line_(DrawNoise(random, 80, 160, 1)),
        sand_(DrawColour(random, {140, 125, 95}, {215, 200, 165})),
        green_(DrawColour(random, {45, 70, 30}, {110, 130, 75})),
        grain_(DrawNoise(random, 5, 14, 1)),
        fields_(DrawNoise(random, 40, 90, 1)),
        surf_(random.Uniform(20, 100)) {}

  // Pixels into the land; negative at sea.
  float Depth(float x, float y) const {
    return (x - x_) * std::cos(angle_) + (y - y_) * std::sin(angle_) - offset_ +
           45 * line_.Octaves(x, y, 4);
  }
  Colour LandAt(float x, float y, float depth) const {
    const float green =
        SmoothStep(10, 40, depth + 30 * fields_.Octaves(x, y, 2));
    const float grain = 22 * grain_.Octaves(x, y, 3);
    Colour colour;
    for (int c = 0; c < 3; ++c) {
      colour[c] = sand_[c] * (1 - green) + green_[c] * green + grain;
    }
    return colour;
  }
  float SurfAt(float depth) const {
    return depth > -9 ? surf_ * SmoothStep(-9, -2, depth) : 0;
  }

 private:
  float angle_, x_, y_, offset_;
  Noise line_;
  Colour sand_, green_;
  Noise grain_, fields_;
  float surf_;
};

struct Scene {
  Scene(uint64_t seed, int width, int height)
      : water(Random(seed).For("water"), width, height) {
    Random random(seed);
    // As dense in large frames as in small ones.
    constexpr double kNominalPixels = 512.0 * 512.0;
    const double frames = std::max(1.0, width * (height / kNominalPixels));
    const auto count = [&](int most) {
      return static_cast<int>(random.Integer(0, most) * frames);
    };
    for (int i = count(3); i > 0; --i) {
      slicks.emplace_back(Random(random.Bits()), width, height);
    }
    for (int i = count(3); i > 0; --i) {
      ships.emplace_back(Random(random.Bits()), width, height);
    }
    if (random.Chance(0.35)) {
      shores.emplace_back(Random(random.Bits()), width, height);
    }
    sensor_noise = random.Uniform(0.5, 4);
    noise_seed = random.Bits();
  }

  Water water;
  std::vector<Slick> slicks;
  std::vector<Ship> ships;
  std::vector<Shore> shores;
  double sensor_noise;
  uint64_t noise_seed;
};

struct Shade {
  Colour colour;
  SeaClass label = SeaClass::kSea;
};

Shade ShadeAt(const Scene& scene, float x, float y) {
  float surf = 0;
  for (const Shore& shore : scene.shores) {
    const float depth = shore.Depth(x, y);
    if (depth > 0) return {shore.LandAt(x, y, depth), SeaClass::kShore};
    surf += shore.SurfAt(depth);
  }
  for (const Ship& ship : scene.ships) {
    if (ship.Covers(x, y)) return {ship.DeckAt(x, y), SeaClass::kShip};
  }
  Shade shade;
  float calm = 0;
  Colour tint = {0, 0, 0};
  for (const Slick& slick : scene.slicks) {
    const float cover = slick.Cover(x, y);
    if (cover <= 0) continue;
    if (cover > 0.5f) shade.label = SeaClass::kSlick;
    calm = std::max(calm, cover * slick.calm());
    const Colour its = slick.Tint(x, y);
    for (int c = 0; c < 3; ++c) tint[c] += cover * its[c];
  }
  for (const Ship& ship : scene.ships) surf += ship.WakeAt(x, y);
  shade.colour = scene.water.At(x, y, calm);
  for (int c = 0; c < 3; ++c) shade.colour[c] += tint[c] + surf;
  return shade;
}

}  // namespace

SeaFrame DrawSeaFrame(uint64_t seed, int width, int height) {
  const Scene scene(seed, width, height);
  SeaFrame frame = {RgbImage(width, height), GrayImage(width, height)};
  for (int y = 0; y < height; ++y) {
    // A stream for each row: rows may be drawn in any order.
    Random sensor(scene.noise_seed + static_cast<uint64_t>(y));
    uint8_t* const pixels = frame.image.row(y);
    uint8_t* const classes = frame.classes.row(y);
    for (int x = 0; x < width; ++x) {
      const Shade shade = ShadeAt(scene, x + 0.5f, y + 0.5f);
      const double gray_noise = scene.sensor_noise * sensor.Normal();
      for (int c = 0; c < 3; ++c) {
        const double value = shade.colour[c] + gray_noise +
                             0.5 * scene.sensor_noise * sensor.Normal();
        pixels[3 * x + c] =
            static_cast<uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
      }
      classes[x] = static_cast<uint8_t>(shade.label);
    }
  }
  return frame;
}

}  // namespace sightline::generator
