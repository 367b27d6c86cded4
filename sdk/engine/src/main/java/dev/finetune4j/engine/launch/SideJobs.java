package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Further work with what an ended run left: its model as one of its own, and its last steps again. Each is a job of its own at the run's provider. */
public final class SideJobs {
    private final LaunchContext context;
    private final FollowThreads threads;

    SideJobs(LaunchContext context, FollowThreads threads) {
        this.context = context;
        this.threads = threads;
    }

    /**
     * Where the base model of a run lies, with which its adapter can be merged.
     *
     * @throws FineTuneException with FT0510 if the run's place keeps its weights, FT0512 if one of the two is gone, FT0540 or FT0541 if one is
     *     not as it was
     */
    Path base(RunFolder run) {
        RunView view = RunView.read(run);
        WorkOrder order = mergeOrder(run, ModelHosting.MERGED);
        return Objects.requireNonNull(merging(run, view, order).channels().get(WorkOrder.MODEL_CHANNEL));
    }

    /**
     * Writes the tuned model of a run as a model of its own, its adapter added to the weights of the base model.
     *
     * @param format its form
     * @param target a folder that does not exist or is empty; for GGUF a file that does not exist
     * @throws FineTuneException with FT0512 if the run has no adapter, FT0540 if its weights or settings are not those of the run's
     *     report, FT0541 if its base model is not the one that it was trained with, FT0516 if the folder is not empty, FT0519 if there is
     *     such a file; the handle fails with FT0510 where the provider does no such work
     */
    public RunHandle<MergedModel> export(RunFolder run, ModelFormat format, Path target) {
        RunView view = RunView.read(run);
        ExportTarget place = format instanceof ModelFormat.Gguf ? ExportFile.at(target) : ExportFolder.at(target);
        WorkOrder order = mergeOrder(run, format);
        Submission submission = merging(run, view, order);
        return threads.start(submission.id(), Begin.LAUNCHED, events -> {
            try (Provider provider = Outcomes.openForSideWork(view, context.providers())) {
                Path output = work(run, provider, submission, events);
                MergedModel merged = RunRecords.read(output.resolve(WorkOrder.MERGED_FILE), MergedModel.class);
                place.fill(output.resolve(WorkOrder.MERGED_FOLDER));
                provider.delete(submission.id()); // the target has it; a second copy would only fill the disk
                return merged;
            }
        });
    }

    private static WorkOrder mergeOrder(RunFolder run, ModelFormat format) {
        return WorkOrders.merge(Json.digest(Map.of("run", run.id().value(), "format", format)), format);
    }

    /**
     * Goes over the last steps of a stopped or failed run again, from its last checkpoint but one to its last, and compares by SHA-256.
     *
     * @throws FineTuneException with FT0509 if it was never launched, FT0541 if its base model is another one now; the handle fails with
     *     FT0518 where the steps come out otherwise, with FT0509 or FT0635 where there are no two checkpoints, with FT0505 if another process
     *     drives the run
     */
    public RunHandle<Replay> verify(RunFolder run) {
        RunView view = RunView.read(run);
        JournalEntry.Prepared prepared = view.prepared();
        if (prepared == null || view.submitted() == null) {
            throw RunProblems.notResumable(
                    run.id(), "it was never launched", NextCommand.launch(view, context.providers()));
        }
        if (view.state() == RunState.SUCCEEDED) {
            throw RunProblems.notResumable(run.id(), "it has succeeded");
        }
        context.bases().refuseChanged(view);
        WorkOrder trained = order(run);
        String digest = Json.digest(Map.of("run", run.id().value(), "replays", trained.digest()));
        WorkOrder order = WorkOrders.verification(digest, trained);
        RunId id = new ModelWork(context, run).id("verify", order);
        return threads.start(id, Begin.LAUNCHED, events -> {
            try (Provider provider = Outcomes.openForSideWork(view, context.providers())) {
                Path checkpoints =
                        new EndedRunFetch(context).fetch(run).folder().resolve(WorkOrder.CHECKPOINTS_FOLDER);
                if (Files.notExists(checkpoints)) {
                    throw RunProblems.notResumable(run.id(), "it left no checkpoint");
                }
                Submission submission = Submission.builder(id, view.job().model(), order)
                        .channel(WorkOrder.MODEL_CHANNEL, prepared.model())
                        .channel(WorkOrder.DATA_CHANNEL, prepared.data())
                        .channel(WorkOrder.CHECKPOINTS_CHANNEL, checkpoints)
                        .label(Submission.RUN_LABEL, run.id().value())
                        .label("finetune4j-version", context.version())
                        .build();
                Path output = work(run, provider, submission, events);
                Replay replay = RunRecords.read(output.resolve(WorkOrder.REPLAY_FILE), Replay.class);
                // The checkpoints may be others when it is asked again.
                provider.delete(id);
                Folders.remove(ModelWork.folder(run).resolve(id.value()));
                if (!replay.isEqual()) {
                    throw RunModelProblems.replayDiffers(run.id(), replay);
                }
                return replay;
            }
        });
    }

    private Submission merging(RunFolder run, RunView view, WorkOrder order) {
        return new ModelWork(context, run).submission(view, "export", order, null);
    }

    private Path work(RunFolder run, Provider provider, Submission submission, EventLog events)
            throws InterruptedException {
        return new ModelWork(context, run).output(provider, submission, events::add);
    }

    private static WorkOrder order(RunFolder run) {
        return RunRecords.read(run.order(), WorkOrder.class);
    }
}
