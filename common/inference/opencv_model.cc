// The adapter to OpenCV's DNN module: a network for each run at the same time,
// because cv::dnn::Net is not thread-safe and its copies share their state.
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/inference/runtime_models.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

constexpr InferenceRuntime kRuntime = InferenceRuntime::kOpenCv;

// Within a catch clause.
template <typename Status>
absl::Status StatusOfException(Status failed) {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return ModelOutOfMemory(kRuntime);
  } catch (const cv::Exception& exception) {
    if (exception.code == cv::Error::StsNoMem) {
      return ModelOutOfMemory(kRuntime);
    }
    // err, not what(): the latter names source files.
    return failed(kRuntime, exception.err);
  } catch (const std::exception& exception) {
    return failed(kRuntime, exception.what());
  } catch (...) {
    return failed(kRuntime, "unknown exception");
  }
}

// The names of the layers that compute the outputs. OpenCV 4.6 calls them after
// the node if it has a name, else after its first output.
absl::StatusOr<std::vector<cv::String>> OutputLayers(const cv::dnn::Net& net,
                                                     const ModelCard& card,
                                                     const OnnxGraph& graph) {
  std::vector<cv::String> layers;
  for (const ModelOutput& output : card.outputs) {
    for (const OnnxValue& value : graph.outputs) {
      if (value.name != output.name) continue;
      if (value.node_output > 0) {
        return ModelUnsupported(kRuntime,
                                absl::StrCat("output \"", output.name,
                                             "\" is not its node's first one"));
      }
      for (const std::string& name :
           {value.name, absl::StrCat("onnx_node!", value.node), value.node}) {
        if (name.empty() || net.getLayerId(name) < 0) continue;
        layers.emplace_back(name);
        break;
      }
    }
  }
  if (layers.size() != card.outputs.size()) {
    return ModelUnsupported(kRuntime, "it lost an output of the model");
  }
  return layers;
}

// Networks, each used by one run at a time.
class NetworkPool {
 public:
  NetworkPool(absl::string_view file, int most) : file_(file), most_(most) {}

  // A network of one's own until Give(). Waits while all are taken. Throws what
  // OpenCV throws.
  absl::StatusOr<std::unique_ptr<cv::dnn::Net>> Take(const StopToken& stop) {
    const StopCallback wake(stop, [this] {
      const std::lock_guard<std::mutex> lock(mutex_);
      freed_.notify_all();
    });
    std::unique_lock<std::mutex> lock(mutex_);
    while (idle_.empty() && taken_ == most_) {
      SL_RETURN_IF_ERROR(stop.Poll());
      if (stop.deadline() == absl::InfiniteFuture()) {
        freed_.wait(lock);
      } else {
        freed_.wait_until(lock, absl::ToChronoTime(stop.deadline()));
      }
    }
    ++taken_;
    if (!idle_.empty()) {
      auto net = std::move(idle_.back());
      idle_.pop_back();
      return net;
    }
    lock.unlock();
    try {
      return Read();
    } catch (...) {
      Give(nullptr);
      throw;
    }
  }

  // Takes a network back; nullptr for one that is lost.
  void Give(std::unique_ptr<cv::dnn::Net> net) {
    const std::lock_guard<std::mutex> lock(mutex_);
    --taken_;
    if (net != nullptr) idle_.push_back(std::move(net));
    // All: the one woken may just have been stopped.
    freed_.notify_all();
  }

 private:
  std::unique_ptr<cv::dnn::Net> Read() const {
    auto net = std::make_unique<cv::dnn::Net>(
        cv::dnn::readNetFromONNX(file_.data(), file_.size()));
    net->setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net->setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    return net;
  }

  const std::string file_;
  const int most_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int taken_ = 0;
  std::vector<std::unique_ptr<cv::dnn::Net>> idle_;
};

// The network's own memory is written to by its next run: a copy.
Tensor CopyOf(const cv::Mat& mat) {
  Tensor tensor;
  tensor.shape.assign(mat.size.p, mat.size.p + mat.dims);
  const auto numbers = std::make_shared<std::vector<float>>(
      mat.ptr<float>(), mat.ptr<float>() + mat.total());
  tensor.values = *numbers;
  tensor.owner = numbers;
  return tensor;
}

class OpenCvModel final : public Model {
 public:
  OpenCvModel(absl::string_view file, const ModelCard& card,
              const ModelOptions& options)
      : Model(card, options), pool_(file, options.concurrent_runs) {}

  InferenceRuntime runtime() const override { return kRuntime; }

  // Makes the first network. Throws what OpenCV throws.
  absl::Status Prepare(const OnnxGraph& graph) {
    SL_ASSIGN_OR_RETURN(auto net, pool_.Take(StopToken()));
    auto layers = OutputLayers(*net, card(), graph);
    pool_.Give(std::move(net));
    SL_ASSIGN_OR_RETURN(output_layers_, std::move(layers));
    return absl::OkStatus();
  }

 protected:
  absl::StatusOr<std::vector<Tensor>> Compute(
      const TensorView& input, const StopToken& stop) const override {
    try {
      SL_ASSIGN_OR_RETURN(auto net, pool_.Take(stop));
      try {
        auto outputs = Forward(*net, input);
        pool_.Give(std::move(net));
        return outputs;
      } catch (...) {
        // What state it is in nobody knows: the next run makes a new one.
        pool_.Give(nullptr);
        throw;
      }
    } catch (...) {
      return StatusOfException(ModelRunFailed);
    }
  }

 private:
  absl::StatusOr<std::vector<Tensor>> Forward(cv::dnn::Net& net,
                                              const TensorView& input) const {
    const std::vector<int> sides(input.shape.begin(), input.shape.end());
    // OpenCV does not write to its inputs.
    const cv::Mat blob(sides, CV_32F, const_cast<float*>(input.values.data()));
    net.setInput(blob);
    std::vector<cv::Mat> mats;
    net.forward(mats, output_layers_);
    std::vector<Tensor> tensors;
    for (const cv::Mat& mat : mats) {
      if (mat.type() != CV_32F || !mat.isContinuous()) {
        return ModelRunFailed(kRuntime, "an output is not of 32-bit floats");
      }
      tensors.push_back(CopyOf(mat));
    }
    return tensors;
  }

  mutable NetworkPool pool_;
  std::vector<cv::String> output_layers_;
};

}  // namespace

std::string OpenCvVersion() { return cv::getVersionString(); }

absl::StatusOr<std::unique_ptr<Model>> CreateOpenCvModel(
    absl::string_view file, const ModelCard& card, const OnnxGraph& graph,
    const ModelOptions& options) {
  try {
    // Whatever goes wrong comes back as a status; stderr is the server's log.
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    cv::setNumThreads(options.threads_per_run);
    auto model = std::make_unique<OpenCvModel>(file, card, options);
    SL_RETURN_IF_ERROR(model->Prepare(graph));
    return model;
  } catch (...) {
    return StatusOfException(ModelUnsupported);
  }
}

}  // namespace sightline
