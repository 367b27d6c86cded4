package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.data.source.FileTree;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep.Rehearse.Extent;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Does the first steps of a job at a place, and keeps what they showed. */
final class RehearsalJob {
    private final LaunchContext context;
    private final FollowThreads threads;
    private final KeptRehearsals kept;

    RehearsalJob(LaunchContext context, FollowThreads threads, KeptRehearsals kept) {
        this.context = context;
        this.threads = threads;
        this.kept = kept;
    }

    /** Begins; one that is under way already is taken up. */
    RunHandle<Rehearsal> start(PreparedJob prepared, ProviderId place, Extent extent) {
        String digest = Json.digest(Map.of("rehearses", prepared.digest(), "extent", extent));
        WorkOrder order;
        try (Provider provider = context.providers().open(place, prepared.file().job())) {
            order = WorkOrders.rehearsal(StageDataStep.order(prepared, provider.capabilities()), digest, extent);
        }
        RunId id = RunStore.id(prepared.file().job().name() + "-rehearsal", digest, 1);
        return threads.start(id, Begin.LAUNCHED, events -> {
            Path folder = kept.folder(id);
            Optional<RunLock> lock = RunLock.tryTake(new RunFolder(id, folder), context.files());
            try (Provider provider =
                    context.providers().open(place, prepared.file().job())) {
                removeForsaken(provider);
                Path data = folder.resolve("data");
                StageDataStep.copyRows(data, id, prepared);
                Submission submission = Submission.builder(id, prepared.model().ref(), order)
                        .channel(WorkOrder.MODEL_CHANNEL, prepared.model().path())
                        .channel(WorkOrder.DATA_CHANNEL, data)
                        .label(Submission.RUN_LABEL, id.value())
                        .label("finetune4j-version", context.version())
                        .build();
                Path output = new SideWork(context, provider).output(submission, events::add, folder.resolve("output"));
                Rehearsal rehearsal = RunRecords.read(output.resolve(WorkOrder.REHEARSAL_FILE), Rehearsal.class);
                kept.keep(prepared, rehearsal);
                provider.delete(id); // asked for again, it is done again
                FileTree.remove(folder);
                return rehearsal;
            } catch (IOException e) {
                throw RunProblems.unwritable(folder, e);
            } finally {
                lock.ifPresent(RunLock::close);
            }
        });
    }

    /** Rehearsals that somebody killed, or that failed, leave their rows and their job; what cannot be removed now, a later one may. */
    private void removeForsaken(Provider place) {
        try {
            for (RunFolder other : kept.folders()) {
                Optional<RunLock> lock = RunLock.tryTake(other, context.files());
                try {
                    if (lock.isPresent() && isOver(place, other.id())) {
                        place.delete(other.id());
                        FileTree.remove(other.path());
                    }
                } finally {
                    lock.ifPresent(RunLock::close);
                }
            }
        } catch (IOException | FineTuneException e) {
            System.getLogger(RehearsalJob.class.getName())
                    .log(System.Logger.Level.DEBUG, "rehearsals before this one are not removed", e);
        }
    }

    private static boolean isOver(Provider place, RunId id) {
        return place.find(id).map(job -> job.state().isTerminal()).orElse(true);
    }
}
