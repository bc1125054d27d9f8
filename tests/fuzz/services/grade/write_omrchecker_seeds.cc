// Writes seeds for omrchecker_fuzzer: small folders that use every feature of
// the files.
//
//   write_omrchecker_seeds FOLDER
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"

namespace {

constexpr const char* kPreProcessors[] = {
    "[]",
    R"([{"name": "GaussianBlur", "options": {"kSize": [3, 3], "sigmaX": 0}},
 {"name": "CropPage", "options": {"morphKernel": [10, 10]}}])",
    R"([{"name": "CropOnMarkers", "options": {"relativePath": "m.png",
 "sheetToMarkerWidthRatio": 17}}])",
    R"([{"name": "Levels", "options": {"low": 0.7}}, {"name":
 "FeatureBasedAlignment", "options": {"reference": "page.png", "2d": true}}])",
};

constexpr const char* kBlocks[] = {
    R"("q": {"fieldType": "QTYPE_MCQ4", "origin": [10, 20], "bubblesGap": 30,
 "labelsGap": 30.5, "fieldLabels": ["q1..4"]}, "n": {"fieldType":
 "QTYPE_INT_FROM_1", "origin": [200, 20], "bubblesGap": 30, "labelsGap": 30,
 "fieldLabels": ["n1", "n2"], "emptyValue": "-"})",
    R"("q": {"bubbleValues": ["A", "HT"], "direction": "vertical", "origin":
 [10, 20], "bubblesGap": 30, "labelsGap": [30, 44], "fieldLabels": ["q1..3"],
 "bubbleDimensions": [9, 9]}, "n": {"fieldType": "QTYPE_MCQ5_RTL", "origin":
 [300, 20], "bubblesGap": 30, "labelsGap": 30, "fieldLabels": ["n1...2"]})",
};

constexpr const char* kEvaluations[] = {
    "",
    R"({"source_type": "custom", "options": {"questions_in_order": ["q1..3"],
 "answers_in_order": ["A", ["A", "B", "AB"], [["A", 2], ["B", "-1/2"]]]},
 "marking_schemes": {"DEFAULT": {"correct": "3", "incorrect": "-1/4",
 "unmarked": 0}, "BONUS_1": {"questions": "q1", "marking": {"correct": 1,
 "incorrect": 1, "unmarked": 1}}}})",
    R"({"source_type": "csv", "options": {"answer_key_csv_path": "k.csv",
 "answer_key_image_path": "k.png", "questions_in_order": ["q1..2"]},
 "marking_schemes": {"DEFAULT": {"correct": 1, "incorrect": [0, 1],
 "unmarked": 0}}})",
};

constexpr char kConfig[] =
    R"({"dimensions": {"display_width": 1189}, "threshold_params":
 {"MIN_JUMP": 30}, "outputs": {"show_image_level": 5}})";

constexpr char kKey[] =
    "q1,C\nq2,\"D,E\"\nq3,\"[['A', '1'], ['B', 0.5]]\"\nn,47\n";

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_omrchecker_seeds FOLDER\n");
    return 2;
  }
  std::filesystem::create_directories(argv[1]);
  int count = 0;
  for (const char* processors : kPreProcessors) {
    for (const char* blocks : kBlocks) {
      for (const char* evaluation : kEvaluations) {
        std::ofstream file(absl::StrCat(argv[1], "/", count++),
                           std::ios::binary);
        file << R"({"pageDimensions": [600, 800], "bubbleDimensions": [20, 20],
 "emptyValue": "", "preProcessors": )"
             << processors << R"(, "customLabels": {"n": ["n1..2"]},
 "outputColumns": ["n", "q1..2"], "fieldBlocks": {)"
             << blocks << "}}\n%%\n"
             << kConfig << "\n%%\n"
             << evaluation << "\n%%\n"
             << kKey;
        if (!file.good()) return 1;
      }
    }
  }
  return 0;
}
