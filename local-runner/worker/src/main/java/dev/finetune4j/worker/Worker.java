package dev.finetune4j.worker;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.training.loop.TrainingLoop.Surroundings;
import dev.finetune4j.training.model.TorchEnvironment;
import dev.finetune4j.worker.WorkSite.Engines;
import dev.finetune4j.worker.dialogue.DialogueChannel;
import dev.finetune4j.worker.folder.AnotherTry;
import dev.finetune4j.worker.folder.EventLog;
import dev.finetune4j.worker.folder.EventReader;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.JobTicket;
import dev.finetune4j.worker.folder.MemoryAtStart;
import dev.finetune4j.worker.folder.WorkerLock;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the steps of one job's order in its folder. Steps whose result is complete are skipped, so that a worker may be started again at any time;
 * however it ends, {@code status.json} says how, unless the process itself dies.
 */
public final class Worker {
    /** The message of the first event of each worker. */
    private static final String BEGUN = "the worker has begun";

    private static final System.Logger LOG = System.getLogger(Worker.class.getName());

    private final JobFolder folder;
    private final Engines engines;
    private final Clock clock;
    private final DialogueChannel dialogue;
    private final Consumer<RunEvent> listener;
    private volatile @Nullable StopRequests stop;
    private volatile boolean terminated;

    /** A worker that nobody talks to. */
    Worker(JobFolder folder, Engines engines, Clock clock) {
        this(folder, engines, clock, event -> {});
    }

    /** A worker that nobody talks to, but that somebody listens to: told each event once it is written down. */
    Worker(JobFolder folder, Engines engines, Clock clock, Consumer<RunEvent> listener) {
        this(
                folder,
                engines,
                clock,
                new DialogueChannel(InputStream.nullInputStream(), OutputStream.nullOutputStream()),
                listener);
    }

    /** A worker that people talk to. */
    Worker(JobFolder folder, Engines engines, Clock clock, DialogueChannel dialogue) {
        this(folder, engines, clock, dialogue, event -> {});
    }

    private Worker(
            JobFolder folder, Engines engines, Clock clock, DialogueChannel dialogue, Consumer<RunEvent> listener) {
        this.folder = folder;
        this.engines = engines;
        this.clock = clock;
        this.dialogue = dialogue;
        this.listener = listener;
    }

    /** Winds down at the next chance, with a checkpoint. Safe to call from any thread, before or while it runs. */
    void terminate() {
        terminated = true;
        StopRequests requests = stop;
        if (requests != null) {
            requests.terminate();
        }
    }

    /** Works to the end, and says how it ended. Never throws for what went wrong in a step. */
    ExitCode run() throws IOException {
        try (WorkerLock lock = WorkerLock.take(folder).orElse(null)) {
            if (lock == null) {
                Problem problem = WorkerProblems.ALREADY_RUNNING
                        .error("a worker already works in " + folder.root())
                        .build();
                LOG.log(System.Logger.Level.ERROR, problem.code() + ": " + problem.summary());
                return problem.kind().exitCode();
            }
            Duration ranBefore = runningTime();
            try (EventLog events = EventLog.open(folder)) {
                return work(events.andThen(listener), ranBefore);
            }
        }
    }

    private ExitCode work(Consumer<RunEvent> events, Duration ranBefore) throws IOException {
        JobTicket ticket = JobTicket.read(folder)
                .orElseThrow(() -> WorkerProblems.FOLDER_DAMAGED
                        .error("there is no job in " + folder.root())
                        .asException());
        StopRequests requests =
                new StopRequests(folder, clock, ticket.timeLimitIfAny().orElse(null), ranBefore);
        stop = requests;
        if (terminated) {
            requests.terminate();
        }
        WorkSite site = new WorkSite(
                folder, ticket, new Surroundings(events, requests, clock, engines.machine()::residentBytes), engines);
        try {
            rememberMemory();
            site.enter(RunState.STARTING, BEGUN, null);
            site.tell(new RunEvent.WorkerStarted(site.now(), engines.machine().host(), TorchEnvironment.versions()));
            Optional<String> stopped = runSteps(site);
            if (stopped.isPresent()) {
                site.enter(RunState.STOPPED, stopped.get(), null);
                return requests.isOverTime() ? ExitCode.BUDGET_STOPPED : ExitCode.INTERRUPTED;
            }
            site.enter(RunState.SUCCEEDED, "all results are complete", null);
            return ExitCode.OK;
        } catch (FineTuneException e) {
            LOG.log(System.Logger.Level.ERROR, e.getMessage(), e);
            return fail(
                    site,
                    e.problems().stream()
                            .map(problem -> AnotherTry.named(problem, ticket))
                            .toList());
        } catch (OutOfMemoryError e) {
            return fail(site, List.of(heapFull()));
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "unexpected error", e);
            return fail(site, List.of(defect(e)));
        }
    }

    private Optional<String> runSteps(WorkSite site) throws IOException, InterruptedException {
        Files.createDirectories(folder.output());
        try (AnswerSession answers = new AnswerSession(site)) {
            for (WorkStep step : site.ticket().order().steps()) {
                if (step instanceof WorkStep.Converse) {
                    site.enter(RunState.EVALUATING, "answering questions", null);
                    new DialogueStep(answers, dialogue).run();
                    continue;
                }
                Optional<String> stopped = site.surroundings().stop().reason().or(() -> run(step, site, answers));
                site.lookAtThreads();
                if (stopped.isPresent()) {
                    return stopped;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> run(WorkStep step, WorkSite site, AnswerSession answers) {
        if (step instanceof WorkStep.Train train) {
            TrainStep training = new TrainStep(site, train);
            if (training.isComplete()) {
                return Optional.empty();
            }
            site.enter(RunState.TRAINING, "reading rows", null);
            return training.run();
        }
        if (step instanceof WorkStep.Rehearse rehearse) {
            RehearseStep rehearsing = new RehearseStep(site, rehearse, answers);
            if (rehearsing.isComplete()) {
                return Optional.empty();
            }
            site.enter(RunState.TRAINING, "rehearsing: reading rows", null);
            return rehearsing.run();
        }
        if (step instanceof WorkStep.Verify verify) {
            VerifyStep verifying = new VerifyStep(site, verify);
            if (verifying.isComplete()) {
                return Optional.empty();
            }
            site.enter(RunState.TRAINING, "replaying the last steps", null);
            return verifying.run();
        }
        if (step instanceof WorkStep.Predict predict) {
            if (answers.isComplete(predict)) {
                return Optional.empty();
            }
            site.enter(RunState.EVALUATING, words(predict) + " answers " + answers.rowsInWords(predict), null);
            return answers.run(predict);
        }
        if (step instanceof WorkStep.Merge merge) {
            MergeStep merging = new MergeStep(site, merge);
            if (!merging.isComplete()) {
                site.enter(RunState.EVALUATING, merging.words(), null);
                merging.run();
            }
            return Optional.empty();
        }
        WorkStep.Generate generate = (WorkStep.Generate) step;
        if (!answers.isGenerated()) {
            site.enter(RunState.EVALUATING, "answering a prompt", null);
            answers.run(generate);
        }
        return Optional.empty();
    }

    private static String words(WorkStep.Predict step) {
        return step.variant().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static ExitCode fail(WorkSite site, List<Problem> problems) {
        Problem problem = problems.get(0);
        try {
            problems.forEach(site::notice);
            site.enter(RunState.FAILED, problem.code() + ": " + problem.summary(), problem);
        } catch (FineTuneException e) {
            // The disk may be full: the exit code and the log still tell.
            LOG.log(System.Logger.Level.ERROR, "the end could not be written down", e);
        }
        return problem.kind().exitCode();
    }

    private Problem heapFull() {
        return WorkerProblems.HEAP_FULL
                .error("the Java heap of the worker is full")
                .because("it has " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB")
                .build();
    }

    private Problem defect(Throwable failure) {
        return WorkerProblems.DEFECT
                .error("the worker met an unexpected error")
                .because(String.valueOf(failure.getMessage()))
                .because("the trace is in " + folder.log())
                .build();
    }

    private void rememberMemory() throws IOException {
        new MemoryAtStart(engines.machine().availableBytes(), engines.machine().outOfMemoryKills()).write(folder);
    }

    /** Time that earlier workers of this job ran, from the first to the last event of each. */
    private Duration runningTime() {
        Duration total = Duration.ZERO;
        Instant begin = Instant.EPOCH;
        Instant last = Instant.EPOCH;
        for (RunEvent event : new EventReader(folder).all()) {
            if (isBegin(event)) {
                total = total.plus(Duration.between(begin, last));
                begin = event.at();
            }
            last = event.at();
        }
        return total.plus(Duration.between(begin, last));
    }

    private static boolean isBegin(RunEvent event) {
        return event instanceof RunEvent.StateChanged change && change.message().equals(BEGUN);
    }
}
