#include "tests/generator/marks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/generator/pen.h"

namespace sightline::generator {
namespace {

// One person with one pencil on one day.
struct Person {
  MarkHabit habit = MarkHabit::kPencil;
  Pen pen;
  // How far a mark's centre strays, share of the bubble's size.
  double offset = 0.05;
  // Share of the bubble filled, before each mark's own variation.
  double coverage = 1;
  // Share of the right answers known.
  double knowledge = 0.5;
  // How often a field is left blank, marked twice, marked faintly, corrected.
  double blank = 0;
  double twice = 0;
  double faint = 0;
  double erased = 0;
};

Person DrawPerson(MarkProfile profile, Random& random) {
  Person person;
  switch (profile) {
    case MarkProfile::kClean:
    case MarkProfile::kBlank:
      person.habit = random.Chance(0.6) ? MarkHabit::kPencil : MarkHabit::kPen;
      break;
    case MarkProfile::kFaint:
      person.habit = MarkHabit::kPencil;
      break;
    case MarkProfile::kTicksAndCrosses:
      person.habit =
          random.Chance(0.5) ? MarkHabit::kTicks : MarkHabit::kCrosses;
      break;
    case MarkProfile::kSameValue:
    case MarkProfile::kMixed: {
      const double draw = random.Unit();
      person.habit = draw < 0.6    ? MarkHabit::kPencil
                     : draw < 0.84 ? MarkHabit::kPen
                     : draw < 0.92 ? MarkHabit::kTicks
                                   : MarkHabit::kCrosses;
      if (profile == MarkProfile::kSameValue) break;
      person.blank = random.Uniform(0.02, 0.1);
      person.twice = random.Uniform(0, 0.05);
      person.faint = random.Uniform(0, 0.03);
      person.erased = random.Uniform(0, 0.05);
      break;
    }
  }
  if (person.habit == MarkHabit::kPencil) {
    person.pen.darkness = random.Uniform(0.5, 0.85);
    person.pen.grain = random.Uniform(0.3, 0.8);
    person.pen.width = random.Uniform(5, 9);
  } else {
    person.pen.darkness = random.Uniform(0.8, 0.93);
    person.pen.grain = 0.08;
    person.pen.width = random.Uniform(5, 8);
    if (random.Chance(0.5)) {
      person.pen.cb = 45;
      person.pen.cr = -12;
      person.pen.darkness *= 0.85;
    }
  }
  if (profile == MarkProfile::kClean) {
    person.pen.darkness = std::max(person.pen.darkness, 0.7);
    person.pen.grain = std::min(person.pen.grain, 0.4);
    person.offset = 0.04;
  } else {
    person.offset = random.Uniform(0.02, 0.1);
    person.coverage = random.Uniform(0.8, 1.08);
  }
  person.knowledge = random.Uniform(0.4, 0.9);
  if (profile == MarkProfile::kFaint) {
    person.pen.darkness = random.Uniform(0.2, 0.4);
  }
  return person;
}

// The pen that fills in one sheet, at work.
class Hand {
 public:
  Hand(const PrintedForm& form, Person person, Random random, PageImage& page)
      : per_pixel_(1 / form.units_per_pixel),
        person_(std::move(person)),
        random_(std::move(random)),
        page_(page) {}

  const Person& person() const { return person_; }

  void Mark(const grade::Bubble& bubble) {
    DrawStrokes(page_, StrokesFor(bubble), Varied(person_.pen), 0, random_);
  }

  void MarkFaintly(const grade::Bubble& bubble) {
    Pen pen = person_.pen;
    pen.darkness = random_.Uniform(0.12, 0.3);
    pen.grain = 0.6;
    pen.cb = pen.cr = 0;
    DrawStrokes(page_, Filled(bubble), pen, 0, random_);
  }

  // What a rubber leaves of a mark.
  void MarkAndErase(const grade::Bubble& bubble) {
    Pen pen = person_.pen;
    pen.darkness = random_.Uniform(0.05, 0.13);
    pen.grain = 0.4;
    pen.cb = pen.cr = 0;
    DrawStrokes(page_, Filled(bubble), pen, random_.Uniform(2, 4), random_);
  }

  void Write(const std::vector<Stroke>& strokes) {
    Pen pen = person_.pen;
    pen.width = std::min(pen.width, 5.0);
    DrawStrokes(page_, strokes, pen, 0, random_);
  }

  // A slip of the pen across the page.
  void Slip() {
    const double x = random_.Uniform(0.1, 0.9) * page_.luma.width();
    const double y = random_.Uniform(0.1, 0.9) * page_.luma.height();
    const double length = random_.Uniform(150, 700);
    const double angle = random_.Uniform(-3, 3);
    Stroke stroke;
    for (double t = 0; t <= 1; t += 0.1) {
      stroke.push_back(
          {x + length * t * std::cos(angle) + 12 * std::sin(3 * t),
           y + length * t * std::sin(angle) + 12 * std::cos(4 * t)});
    }
    Pen pen = person_.pen;
    pen.width = random_.Uniform(2, 4);
    DrawStrokes(page_, {stroke}, pen, 0, random_);
  }

 private:
  Pen Varied(Pen pen) {
    pen.darkness =
        std::clamp(pen.darkness * random_.Uniform(0.88, 1.1), 0.05, 0.95);
    return pen;
  }

  // Where the hand hits a bubble, pixels.
  PixelPoint Aim(const grade::Bubble& bubble) {
    const double reach = person_.offset * per_pixel_;
    const auto stray = [&] {
      return std::clamp(random_.Normal(), -2.0, 2.0) * reach;
    };
    const double x = bubble.center.x * per_pixel_;
    const double y = bubble.center.y * per_pixel_;
    return {x + stray() * bubble.size.width, y + stray() * bubble.size.height};
  }

  PixelSize SizeOf(const grade::Bubble& bubble) const {
    return {bubble.size.width * per_pixel_, bubble.size.height * per_pixel_};
  }

  std::vector<Stroke> Filled(const grade::Bubble& bubble) {
    const double coverage =
        std::clamp(person_.coverage * random_.Uniform(0.9, 1.08), 0.6, 1.15);
    return Scribble(Aim(bubble), SizeOf(bubble), coverage, person_.pen.width,
                    bubble.shape == grade::BubbleShape::kEllipse, random_);
  }

  std::vector<Stroke> StrokesFor(const grade::Bubble& bubble) {
    switch (person_.habit) {
      case MarkHabit::kTicks:
        return Tick(Aim(bubble), SizeOf(bubble), random_);
      case MarkHabit::kCrosses:
        return Cross(Aim(bubble), SizeOf(bubble), random_);
      default:
        return Filled(bubble);
    }
  }

  double per_pixel_;
  Person person_;
  Random random_;
  PageImage& page_;
};

// Which bubbles of a field are meant. `answer` is the key's, or empty.
std::set<int> Choose(const grade::Field& field, const std::string& answer,
                     const Person& person, bool* twice, Random& random) {
  const int count = static_cast<int>(field.bubbles.size());
  *twice = false;
  std::set<int> chosen;
  if (field.kind == grade::FieldKind::kMultiple) {
    const int marks = std::min(count, random.Integer(1, 3));
    while (static_cast<int>(chosen.size()) < marks) {
      chosen.insert(random.Integer(0, count - 1));
    }
  } else {
    chosen.insert(random.Integer(0, count - 1));
    const bool knows = random.Chance(person.knowledge);
    for (int i = 0; i < count && knows; ++i) {
      if (field.bubbles[i].value == answer) chosen = {i};
    }
    if (count > 1 && random.Chance(person.twice)) {
      *twice = true;
      while (chosen.size() < 2) chosen.insert(random.Integer(0, count - 1));
    }
  }
  if (random.Chance(person.blank)) {
    chosen.clear();
    *twice = false;
  }
  return chosen;
}

void WriteByHand(const PrintedForm& form, const std::vector<FieldTruth>& truths,
                 Hand& hand, Random& random) {
  for (const PrintedForm::WritingBox& box : form.writing_boxes) {
    if (box.label.empty()) {
      const double length = box.size.width * random.Uniform(0.35, 0.7);
      hand.Write(Handwriting(
          {box.top_left.x + 90, box.top_left.y + box.size.height * 0.95},
          length, std::min(60.0, box.size.height * 0.7), random));
      continue;
    }
    // The digits that are marked below, each in its cell.
    std::vector<const FieldTruth*> columns;
    for (const FieldTruth& truth : truths) {
      if (truth.label.rfind(box.label, 0) == 0) columns.push_back(&truth);
    }
    const double cell = box.size.width / columns.size();
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i]->values.size() != 1) continue;
      hand.Write(Digit(columns[i]->values[0][0] - '0',
                       {box.top_left.x + cell * (i + 0.5),
                        box.top_left.y + box.size.height * 0.5},
                       {cell * 0.4, box.size.height * 0.6}, random));
    }
  }
}

}  // namespace

const std::vector<MarkProfile>& AllMarkProfiles() {
  static const auto& all = *new std::vector<MarkProfile>{
      MarkProfile::kClean,           MarkProfile::kMixed,
      MarkProfile::kBlank,           MarkProfile::kFaint,
      MarkProfile::kTicksAndCrosses, MarkProfile::kSameValue};
  return all;
}

const char* MarkProfileName(MarkProfile profile) {
  switch (profile) {
    case MarkProfile::kClean:
      return "clean";
    case MarkProfile::kMixed:
      return "mixed";
    case MarkProfile::kBlank:
      return "blank";
    case MarkProfile::kFaint:
      return "faint";
    case MarkProfile::kTicksAndCrosses:
      return "ticks_and_crosses";
    case MarkProfile::kSameValue:
      return "same_value";
  }
  return "";
}

std::optional<MarkProfile> FindMarkProfile(absl::string_view name) {
  for (const MarkProfile profile : AllMarkProfiles()) {
    if (name == MarkProfileName(profile)) return profile;
  }
  return std::nullopt;
}

std::vector<FieldTruth> FillIn(const PrintedForm& form, MarkProfile profile,
                               Random random, PageImage& page) {
  Random choices = random.For("choices");
  Random person_random = random.For("person");
  Hand hand(form, DrawPerson(profile, person_random), random.For("hand"), page);
  std::map<std::string, std::string> answers;
  for (const grade::Question& question : form.key.questions) {
    answers[question.field] = question.accepted[0].answer;
  }
  std::vector<FieldTruth> truths;
  std::vector<std::set<std::string>> doubts(form.fields.size());
  std::vector<std::set<int>> marked(form.fields.size());
  const int same = random.For("same value").Integer(0, 3);
  for (size_t f = 0; f < form.fields.size(); ++f) {
    const grade::Field& field = form.fields[f];
    FieldTruth truth;
    truth.label = field.label;
    if (profile != MarkProfile::kBlank) {
      bool twice = false;
      const auto answer = answers.find(field.label);
      marked[f] = Choose(field, answer == answers.end() ? "" : answer->second,
                         hand.person(), &twice, choices);
      if (twice) doubts[f].insert("double");
    }
    if (profile == MarkProfile::kSameValue) {
      marked[f] = {same % static_cast<int>(field.bubbles.size())};
    }
    const bool faint = choices.Chance(hand.person().faint);
    const bool erased = choices.Chance(hand.person().erased);
    for (const int i : marked[f]) {
      if (faint) {
        hand.MarkFaintly(field.bubbles[i]);
      } else {
        hand.Mark(field.bubbles[i]);
      }
      truth.values.push_back(field.bubbles[i].value);
      truth.answer += field.bubbles[i].value;
    }
    const int other =
        choices.Integer(0, static_cast<int>(field.bubbles.size()) - 1);
    if (erased && !marked[f].contains(other)) {
      hand.MarkAndErase(field.bubbles[other]);
      doubts[f].insert("erased");
    }
    if (truth.values.empty()) truth.answer = field.empty_value;
    truths.push_back(std::move(truth));
  }
  if (profile != MarkProfile::kBlank) {
    Random writing = random.For("writing");
    WriteByHand(form, truths, hand, writing);
  }
  if (profile == MarkProfile::kMixed && choices.Chance(0.25)) {
    for (int i = choices.Integer(1, 3); i > 0; --i) hand.Slip();
  }

  for (size_t f = 0; f < truths.size(); ++f) {
    truths[f].doubts.assign(doubts[f].begin(), doubts[f].end());
  }
  return truths;
}

}  // namespace sightline::generator
