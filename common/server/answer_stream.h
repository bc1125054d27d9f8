// Methods with one request and many answers, such as a watch: answers go out
// as things happen, and while nothing happens nothing is held.
//
// A producer is asked for one answer at a time, when the client has room for
// it. It gives one, says that there will be no more, or says that it has none
// yet; then it is asked again after StreamWaker::Wake():
//
//   AnswerStream<v1::WatchJobRequest, v1::WatchJobResponse>(
//       "WatchJob",
//       [this](Call& call, const v1::WatchJobRequest& request,
//              StreamWaker waker)
//           -> absl::StatusOr<Producer<v1::WatchJobResponse>> {
//         SL_ASSIGN_OR_RETURN(auto watcher, jobs_.Watch(request.job_id(),
//                                                       waker));
//         return [watcher](Call& call)
//                    -> absl::StatusOr<NextAnswer<v1::WatchJobResponse>> {
//           if (auto event = watcher->Take()) return ToResponse(*event);
//           if (watcher->is_over()) return StreamEnd();
//           return StreamWait();
//         };
//       });
#ifndef SIGHTLINE_COMMON_SERVER_ANSWER_STREAM_H_
#define SIGHTLINE_COMMON_SERVER_ANSWER_STREAM_H_

#include <grpcpp/support/byte_buffer.h>

#include <functional>
#include <memory>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "common/server/call.h"

namespace sightline {

// No answer yet: ask again after Wake(), or sooner.
struct StreamWait {};
// All answers have been given: the call ends with OK.
struct StreamEnd {};

template <typename Response>
using NextAnswer = std::variant<Response, StreamWait, StreamEnd>;

// Gives the next answer. Called on the executor, by one thread at a time, with
// a Call of its own for every answer; what that reserves is held until the
// answer is sent, and never while the stream waits. A failure ends the call
// after the answers before it. Destroyed when the call has ended, on a thread
// that holds no lock of the service.
template <typename Response>
using Producer = std::function<absl::StatusOr<NextAnswer<Response>>(Call&)>;

// A stream that waits for its producer.
class Wakeable {
 public:
  virtual ~Wakeable() = default;
  virtual void Wake() = 0;
};

// Says that a producer has something to say. Thread-safe; cheap to copy; may
// outlive its stream.
class StreamWaker {
 public:
  // Wakes nobody.
  StreamWaker() = default;
  explicit StreamWaker(std::weak_ptr<Wakeable> stream)
      : stream_(std::move(stream)) {}

  // Has the producer asked again, soon, on an executor thread; never calls it
  // from here, so that the caller may hold locks. A wake that comes while the
  // producer is looking counts: it is asked once more.
  void Wake() const {
    if (const auto stream = stream_.lock()) stream->Wake();
  }

 private:
  std::weak_ptr<Wakeable> stream_;
};

// The same without message types.
using WireProducer = Producer<grpc::ByteBuffer>;
// Parses the request and makes the producer of its answers.
using AnswerStreamHandler = std::function<absl::StatusOr<WireProducer>(
    Call&, grpc::ByteBuffer& request, StreamWaker)>;

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_ANSWER_STREAM_H_
