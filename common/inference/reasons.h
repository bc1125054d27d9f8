// Why a model could not be loaded or run: the reasons of common/inference.
#ifndef SIGHTLINE_COMMON_INFERENCE_REASONS_H_
#define SIGHTLINE_COMMON_INFERENCE_REASONS_H_

namespace sightline {

// A model card lacks something, or says what makes no sense.
inline constexpr char kModelCardInvalid[] = "MODEL_CARD_INVALID";
// A model's folder, card or file is not there or cannot be read.
inline constexpr char kModelFileUnreadable[] = "MODEL_FILE_UNREADABLE";
// The file is not the one that the card describes.
inline constexpr char kModelChecksumMismatch[] = "MODEL_CHECKSUM_MISMATCH";
// The file is no ONNX model, or a damaged one.
inline constexpr char kModelCorrupt[] = "MODEL_CORRUPT";
// The model keeps its weights in other files.
inline constexpr char kModelNotSelfContained[] = "MODEL_NOT_SELF_CONTAINED";
// The model's inputs, outputs or classes are not those of its card, or not
// those that its user needs.
inline constexpr char kModelCardMismatch[] = "MODEL_CARD_MISMATCH";
// The runtime has not got an operator of the model, or fails at it.
inline constexpr char kModelUnsupported[] = "MODEL_UNSUPPORTED";
// The model does not compute what its card says.
inline constexpr char kModelSelfCheckFailed[] = "MODEL_SELF_CHECK_FAILED";
// A tensor of a shape that the model does not take.
inline constexpr char kModelInputInvalid[] = "MODEL_INPUT_INVALID";
// The output has a number that is none, or a shape of its own.
inline constexpr char kModelOutputInvalid[] = "MODEL_OUTPUT_INVALID";
// The runtime failed at a model that it ran before.
inline constexpr char kModelRunFailed[] = "MODEL_RUN_FAILED";
// Memory ran out while a model was loaded or ran.
inline constexpr char kModelOutOfMemory[] = "MODEL_OUT_OF_MEMORY";
// The program was built without the runtime, or without any.
inline constexpr char kInferenceRuntimeMissing[] = "INFERENCE_RUNTIME_MISSING";

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_REASONS_H_
