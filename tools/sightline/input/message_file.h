// Layout files, key files and whatever else is a message in JSON.
//
// A file is the JSON form of a protobuf message, with one addition: wherever
// the message takes bytes or an image, the file may name another file instead
// of carrying it in base64:
//
//   "reference": {"file": "blank_page.png"},
//   "markers": [{"kind": "MARKER_KIND_IMAGE", "image": {"file": "ring.jpg"}}]
//
// Such a path is relative to the folder of the file it stands in, and may not
// lead out of that folder, also not by a link: a layout that somebody sends
// must not make us read other files and send them away.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_MESSAGE_FILE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_MESSAGE_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace sightline::cli {

struct MessageFileOptions {
  // Lets {"file": ...} name files anywhere.
  bool allow_outside = false;
  // Of the file itself and of each file it names.
  int64_t limit_bytes = int64_t{32} << 20;
  // If set, the paths of all files named by {"file": ...} are added.
  std::vector<std::string>* named_files = nullptr;
};

// Reads `path` into `message`. Errors: as ReadFile(); InvalidArgument
// FILE_INVALID with a message such as
//   layout.json:14:7: blocks[2]: there is no field "orgin"; "origin"?
// for syntax, unknown fields, values of the wrong kind and unreadable or
// forbidden {"file": ...}.
absl::Status ReadMessageFile(const std::string& path,
                             const MessageFileOptions& options,
                             google::protobuf::Message* message);

// The same for text that is in memory already. `name` stands for the file in
// messages, {"file": ...} is relative to `folder`.
absl::Status ParseMessageText(absl::string_view text, absl::string_view name,
                              const std::string& folder,
                              const MessageFileOptions& options,
                              google::protobuf::Message* message);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_MESSAGE_FILE_H_
