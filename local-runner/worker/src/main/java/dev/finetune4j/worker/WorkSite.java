package dev.finetune4j.worker;

import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.spi.TextCodecFactory;
import dev.finetune4j.training.loop.TrainingLoop.Surroundings;
import dev.finetune4j.training.model.LanguageModelLoader;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.predict.TextLengths;
import dev.finetune4j.training.problem.WriteFailure;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.JobTicket;
import dev.finetune4j.worker.folder.WorkerStatus;
import dev.finetune4j.worker.machine.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the steps of one worker share: the job, the ways to open its model, and the ways to report. */
final class WorkSite {
    private final JobFolder folder;
    private final JobTicket ticket;
    private final Surroundings surroundings;
    private final Engines engines;
    private RunState state = RunState.STARTING;

    /**
     * How models are opened; tests give small ones.
     *
     * @param codecs opens the text side
     * @param loader opens the weights
     * @param machine tells memory and cores
     */
    record Engines(TextCodecFactory codecs, LanguageModelLoader loader, Machine machine) {}

    WorkSite(JobFolder folder, JobTicket ticket, Surroundings surroundings, Engines engines) {
        this.folder = folder;
        this.ticket = ticket;
        this.surroundings = surroundings;
        this.engines = engines;
    }

    JobFolder folder() {
        return folder;
    }

    JobTicket ticket() {
        return ticket;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Path channel(String name) {
        return ticket.channel(name);
    }

    Optional<Path> channelIfAny(String name) {
        return ticket.channels().containsKey(name) ? Optional.of(channel(name)) : Optional.empty();
    }

    TextCodec openCodec() {
        return engines.codecs().open(modelFiles(channel(WorkOrder.MODEL_CHANNEL)));
    }

    /**
     * Loads the base model, with a finished adapter where one is given.
     *
     * @param batchTokens the largest micro-batch that is learned, 0 for none
     * @param lengths the longest texts that are answered, with this model or after its training
     */
    LanguageModelLoader.Loaded load(
            Purpose purpose,
            TuningMethod method,
            TrainingSpec spec,
            int batchTokens,
            TextLengths lengths,
            Optional<Path> adapter) {
        return load(channel(WorkOrder.MODEL_CHANNEL), purpose, method, spec, batchTokens, lengths, adapter);
    }

    /** Loads another model than the job's base. */
    LanguageModelLoader.Loaded load(
            Path model,
            Purpose purpose,
            TuningMethod method,
            TrainingSpec spec,
            int batchTokens,
            TextLengths lengths,
            Optional<Path> adapter) {
        int passage = purpose == Purpose.ANSWER ? lengths.passage() : 0;
        return engines.loader()
                .load(
                        modelFiles(model),
                        adapter.orElse(null),
                        new LanguageModelLoader.Settings(
                                purpose,
                                method,
                                spec.precision(),
                                spec.recompute(),
                                threads(spec),
                                spec.seed(),
                                Math.max(1, Math.max(batchTokens, passage)),
                                lengths.passage(),
                                lengths.conversation(),
                                memoryBytes()));
    }

    /** What this process may hold in all: what it has already is used again, so it counts with what it may still take. */
    private long memoryBytes() {
        return engines.machine().availableBytes()
                + Math.max(0, engines.machine().residentBytes());
    }

    /** Compute threads: as asked, or the physical cores. */
    int threads(TrainingSpec spec) {
        return spec.threads() > 0 ? spec.threads() : engines.machine().physicalCores();
    }

    Instant now() {
        return surroundings.clock().instant();
    }

    void tell(RunEvent event) {
        surroundings.events().accept(event);
    }

    void notice(Problem problem) {
        tell(new RunEvent.Noticed(now(), problem));
    }

    /** The same state goes on with something else. */
    void say(String message) {
        tell(new RunEvent.StateChanged(now(), state, message));
    }

    /** Goes to another state: first the event, then the status, so that whoever sees the status finds the event. */
    void enter(RunState next, String message, @Nullable Problem problem) {
        state = next;
        Instant at = now();
        tell(new RunEvent.StateChanged(at, next, message));
        try {
            new WorkerStatus(next, at, problem).write(folder);
        } catch (IOException e) {
            throw WriteFailure.of("status", folder.status(), e);
        }
    }

    /** The adapter that tuned answers come from: this job's own, or one that it was given. */
    Optional<Path> finishedAdapter() {
        Path own = folder.output().resolve(WorkOrder.ADAPTER_FOLDER);
        return Files.isDirectory(own) ? Optional.of(own) : channelIfAny(WorkOrder.ADAPTER_CHANNEL);
    }

    /** The order's digest covers the model's files, so they are not read once more to tell theirs. */
    private ModelFiles modelFiles(Path path) {
        return new ModelFiles(ticket.model(), path, ticket.order().digest(), name(path));
    }

    private ModelName name(Path path) {
        return ticket.order().steps().stream()
                .filter(WorkStep.Train.class::isInstance)
                .map(step -> ((WorkStep.Train) step).base())
                .findFirst()
                .orElseGet(() -> ModelName.ofPath(path));
    }
}
