#include "services/preprocess/engine/instruction_set.h"

#include <algorithm>

namespace sightline::preprocess {
namespace {

std::vector<InstructionSet> Find() {
  std::vector<InstructionSet> found = {InstructionSet::kScalar};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    found.push_back(InstructionSet::kAvx2);
  }
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vbmi")) {
    found.push_back(InstructionSet::kAvx512);
  }
#endif
  return found;
}

}  // namespace

const std::vector<InstructionSet>& SupportedInstructionSets() {
  static const std::vector<InstructionSet>& found =
      *new std::vector<InstructionSet>(Find());
  return found;
}

InstructionSet BestInstructionSet() {
  return SupportedInstructionSets().back();
}

bool IsSupported(InstructionSet instructions) {
  const std::vector<InstructionSet>& all = SupportedInstructionSets();
  return std::find(all.begin(), all.end(), instructions) != all.end();
}

const char* InstructionSetName(InstructionSet instructions) {
  switch (instructions) {
    case InstructionSet::kScalar:
      return "scalar";
    case InstructionSet::kAvx2:
      return "avx2";
    case InstructionSet::kAvx512:
      return "avx512";
  }
  return "unknown";
}

}  // namespace sightline::preprocess
