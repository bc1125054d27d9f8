// Which of the machine's instructions the engine may use. Every choice gives
// the same bits.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_INSTRUCTION_SET_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_INSTRUCTION_SET_H_

#include <vector>

namespace sightline::preprocess {

enum class InstructionSet {
  // What every processor of the architecture has.
  kScalar,
  // x86-64 with AVX2 (2013 on).
  kAvx2,
  // x86-64 with AVX-512 F, BW, DQ, VL and VBMI (Ice Lake and Zen 4 on; what
  // came before slows down under AVX-512, so it gets AVX2).
  kAvx512,
};

// The best one that this processor and this build have.
InstructionSet BestInstructionSet();

// All that this processor and this build have, kScalar first.
const std::vector<InstructionSet>& SupportedInstructionSets();

bool IsSupported(InstructionSet instructions);

// "scalar", "avx2", "avx512".
const char* InstructionSetName(InstructionSet instructions);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_INSTRUCTION_SET_H_
