// A call with one request and many answers.
//
//   - One answer exists at a time: the next is asked for when the last one has
//     gone out, so a client that does not read holds the producer back, not a
//     thread.
//   - While the producer waits, the call is in no line and has neither thread
//     nor working memory; it keeps its place in the pool for streams.
//   - A server that drains lets a producer go on until it has to wait, then
//     ends the call with UNAVAILABLE DRAINING.
#ifndef SIGHTLINE_COMMON_SERVER_ANSWER_STREAM_REACTOR_H_
#define SIGHTLINE_COMMON_SERVER_ANSWER_STREAM_REACTOR_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "common/server/answer_stream.h"
#include "common/server/single_request_reactor.h"

namespace sightline {

class AnswerStreamReactor final : public SingleRequestReactor, public Wakeable {
 public:
  // `handler` outlives the call.
  AnswerStreamReactor(Runtime& runtime, ServicePool& pool, std::string method,
                      const AnswerStreamHandler& handler,
                      grpc::CallbackServerContext* context);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;
  void OnDrain() override;
  void OnAbort(absl::Status reason) override;
  void Wake() override;

 private:
  enum class State {
    kOpening,    // The request is awaited, read or looked at.
    kProducing,  // The producer is in line for a thread, or has one.
    kWriting,    // An answer goes out.
    kWaiting,    // Nothing happens before Wake().
    kClosed,     // Finish has been called, or is about to be.
  };

  void Compute(absl::Status admitted) override;
  absl::Status Open();
  // Puts the producer in line; the state is kProducing.
  void SubmitProduce();
  void Produce(absl::Status admitted);
  // The producer has nothing to say; what follows.
  void Rest();
  // Asks for a thread again when the executor says that there may be one.
  void TryAgainLater(const absl::Status& busy);
  // Ends the call if it waits; whoever is busy with it sees to it otherwise.
  void CloseIfWaiting(const absl::Status& status);
  // Ends the call; only for whoever is busy with it.
  void Close(const absl::Status& status);

  const AnswerStreamHandler& handler_;
  // Belong to whoever is busy with the call.
  Lease session_lease_;  // Of the pool for streams, to the end.
  WireProducer producer_;
  std::unique_ptr<Call> call_;  // Holds the answer's memory until it is sent.
  grpc::ByteBuffer answer_;

  std::mutex mutex_;
  // All guarded by mutex_.
  State state_ = State::kOpening;
  bool woken_ = false;  // While the producer was looking.
  bool draining_ = false;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_ANSWER_STREAM_REACTOR_H_
