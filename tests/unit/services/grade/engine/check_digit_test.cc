#include "services/grade/engine/check_digit.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace sightline::grade {
namespace {

// Numbers from the standards' own examples and from everyday things.
const std::pair<CheckDigit, std::string> kGood[] = {
    {CheckDigit::kLuhn, "79927398713"}, {CheckDigit::kLuhn, "4539148803436467"},
    {CheckDigit::kLuhn, "00"},          {CheckDigit::kMod11, "0306406152"},
    {CheckDigit::kMod11, "080442957X"}, {CheckDigit::kGs1, "4006381333931"},
    {CheckDigit::kGs1, "96385074"},     {CheckDigit::kGs1, "036000291452"}};

TEST(CheckDigit, HoldsForRealNumbers) {
  for (const auto& [rule, number] : kGood) {
    EXPECT_TRUE(CheckDigitHolds(rule, number)) << number;
  }
}

TEST(CheckDigit, EverySingleWrongDigitIsNoticed) {
  for (const auto& [rule, number] : kGood) {
    for (size_t i = 0; i < number.size(); ++i) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        if (number[i] == digit) continue;
        std::string wrong = number;
        wrong[i] = digit;
        EXPECT_FALSE(CheckDigitHolds(rule, wrong)) << wrong;
      }
    }
  }
}

TEST(CheckDigit, WhatIsNoNumberFails) {
  for (const auto rule :
       {CheckDigit::kLuhn, CheckDigit::kMod11, CheckDigit::kGs1}) {
    for (const char* text : {"", "0", "1 8", "-0", "7992739871X3", "AB"}) {
      EXPECT_FALSE(CheckDigitHolds(rule, text)) << text;
    }
  }
  // X stands for ten at the end only, and only where there is a ten.
  EXPECT_FALSE(CheckDigitHolds(CheckDigit::kLuhn, "7992739871X"));
  EXPECT_FALSE(CheckDigitHolds(CheckDigit::kMod11, "X306406152"));
}

TEST(CheckDigit, NoRuleHoldsAlways) {
  EXPECT_TRUE(CheckDigitHolds(CheckDigit::kNone, ""));
  EXPECT_TRUE(CheckDigitHolds(CheckDigit::kNone, "12a"));
}

}  // namespace
}  // namespace sightline::grade
