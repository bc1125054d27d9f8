#include "common/jobs/job_context.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/jobs/job_rules.h"
#include "common/jobs/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::jobs {

ArtifactWriter::ArtifactWriter(JobStore* store, Lease lease, Artifact artifact,
                               std::unique_ptr<BlobWriter> blob)
    : store_(store),
      lease_(std::move(lease)),
      artifact_(std::move(artifact)),
      blob_(std::move(blob)) {}

absl::Status ArtifactWriter::Finish() {
  SL_ASSIGN_OR_RETURN(artifact_.blob, blob_->Commit());
  return store_->AddArtifact(lease_, artifact_);
}

JobContext::JobContext(JobStore* store, ArtifactStore* artifacts, Claim claim,
                       StopToken stop, absl::Duration progress_interval)
    : store_(store),
      artifacts_(artifacts),
      claim_(std::move(claim)),
      stop_(std::move(stop)),
      progress_interval_(progress_interval),
      begun_(absl::Now()) {}

absl::Status JobContext::SetProgress(const Progress& progress) {
  SL_RETURN_IF_ERROR(CheckProgress(progress));
  SL_RETURN_IF_ERROR(stop_.Poll());
  std::lock_guard<std::mutex> lock(mutex_);
  const absl::Time now = absl::Now();
  waiting_ = progress;
  if (!waiting_->remaining.has_value()) {
    waiting_->remaining = EstimateRemaining(claim_.job.progress.fraction,
                                            progress.fraction, now - begun_);
  }
  if (progress.stage == last_stage_ &&
      now - last_report_ < progress_interval_) {
    return absl::OkStatus();
  }
  return FlushLocked();
}

void JobContext::FlushIfDue() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (absl::Now() - last_report_ < progress_interval_) return;
  // The function's own next report would fail the same way.
  FlushLocked().IgnoreError();
}

absl::Status JobContext::FlushProgress() {
  std::lock_guard<std::mutex> lock(mutex_);
  return FlushLocked();
}

absl::Status JobContext::FlushLocked() {
  if (!waiting_.has_value()) return absl::OkStatus();
  const Progress progress = *std::exchange(waiting_, std::nullopt);
  last_stage_ = progress.stage;
  last_report_ = absl::Now();
  return store_->ReportProgress(claim_.lease, progress);
}

absl::Status JobContext::ShowPreview(const Preview& preview) {
  SL_RETURN_IF_ERROR(FlushProgress());
  return store_->AddPreview(claim_.lease, preview);
}

absl::StatusOr<std::optional<std::string>> JobContext::LoadCheckpoint() {
  SL_ASSIGN_OR_RETURN(const std::optional<Blob> blob,
                      store_->Checkpoint(claim_.lease));
  if (!blob.has_value()) return std::optional<std::string>();
  absl::StatusOr<std::string> bytes =
      ReadAll(*artifacts_, claim_.lease.job_id, *blob);
  if (absl::IsDataLoss(bytes.status())) {
    return Error(absl::StatusCode::kDataLoss, kJobCheckpointCorrupt)
        .Message(absl::StrCat("the job's checkpoint is damaged (",
                              bytes.status().message(),
                              "); create the job again"));
  }
  if (!bytes.ok()) return bytes.status();
  return std::optional<std::string>(*std::move(bytes));
}

absl::Status JobContext::SaveCheckpoint(absl::string_view bytes) {
  SL_RETURN_IF_ERROR(FlushProgress());
  SL_ASSIGN_OR_RETURN(const auto writer,
                      artifacts_->Write(claim_.lease.job_id));
  SL_RETURN_IF_ERROR(writer->Append(bytes));
  SL_ASSIGN_OR_RETURN(const Blob blob, writer->Commit());
  return store_->SetCheckpoint(claim_.lease, blob);
}

absl::StatusOr<std::unique_ptr<ArtifactWriter>> JobContext::BeginArtifact(
    const std::string& name, const std::string& media_type) {
  SL_RETURN_IF_ERROR(CheckArtifactName(name, media_type));
  SL_ASSIGN_OR_RETURN(auto blob, artifacts_->Write(claim_.lease.job_id));
  Artifact artifact;
  artifact.name = name;
  artifact.media_type = media_type;
  return std::unique_ptr<ArtifactWriter>(new ArtifactWriter(
      store_, claim_.lease, std::move(artifact), std::move(blob)));
}

absl::Status JobContext::WriteArtifact(const std::string& name,
                                       const std::string& media_type,
                                       absl::string_view bytes) {
  SL_ASSIGN_OR_RETURN(const auto writer, BeginArtifact(name, media_type));
  SL_RETURN_IF_ERROR(writer->Append(bytes));
  return writer->Finish();
}

}  // namespace sightline::jobs
