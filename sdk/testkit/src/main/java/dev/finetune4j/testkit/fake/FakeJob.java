package dev.finetune4j.testkit.fake;

import dev.finetune4j.error.Problem;
import dev.finetune4j.run.Divergence;
import dev.finetune4j.run.Host;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A job of the fake place: what it went through is a function of its scripts, its stops and the time. */
final class FakeJob {
    static final int STEPS = 10;
    private static final double BEST_LEARNING_RATE = 3e-4;
    private static final Duration WINDING_DOWN = Duration.ofSeconds(10);
    private static final Set<RunState> FREE = EnumSet.of(RunState.QUEUED, RunState.INTERRUPTED);
    private static final long BYTES = 1L << 20;
    private static final Host HOST = new Host("fake system", "fake architecture", "cpu", 1, BYTES);

    private final Submission submission;
    private final boolean tellsSteps;
    private final boolean billsTime;
    private final boolean keepsModel;
    private final Instant submittedAt;
    private final Duration keepAlive;
    private final List<Attempt> attempts = new ArrayList<>();

    FakeJob(
            Submission submission,
            Capabilities place,
            Instant submittedAt,
            Life life,
            String machine,
            Duration keepAlive) {
        this.keepAlive = keepAlive;
        this.submission = submission;
        tellsSteps = place.supportsStepEvents();
        billsTime = place.billsTime();
        keepsModel = !place.givesModel();
        this.submittedAt = submittedAt;
        attempts.add(new Attempt(submittedAt, life, machine, submission.timeLimit()));
    }

    Submission submission() {
        return submission;
    }

    int attempts() {
        return attempts.size();
    }

    void resume(Instant now, Life life) {
        attempts.add(new Attempt(now, life, last().machine, last().limit));
    }

    void move(Instant now, Life life, String machine, @Nullable Duration limit) {
        attempts.add(new Attempt(now, life, machine, limit));
    }

    /** Whether it has ended because its machine was not to be had. */
    boolean lacksMachine(Instant now) {
        return last().life.lacksMachine() && state(now) == RunState.FAILED;
    }

    /** The machine of its last attempt. */
    String machine() {
        return last().machine;
    }

    private Attempt last() {
        return attempts.get(attempts.size() - 1);
    }

    void stop(Instant now) {
        Attempt current = last();
        if (current.stoppedAt == null && !state(now).isTerminal()) {
            current.stoppedAt = now;
        }
    }

    RunState state(Instant now) {
        return lastChange(now).state();
    }

    JobSnapshot snapshot(Instant now) {
        RunEvent.StateChanged last = lastChange(now);
        boolean ended = last.state().isTerminal();
        Problem problem = null;
        if (lacksMachine(now)) {
            problem = FakeProblems.NO_MACHINE
                    .error("no " + machine() + " was free")
                    .build();
        } else if (last.state() == RunState.FAILED && tellsSteps) {
            problem = (last().life.isDivergence() ? Divergence.KIND : FakeProblems.TRAINING_FAILED)
                    .error("training of " + submission.id() + " failed by script")
                    .build();
        }
        return new JobSnapshot(
                submission.id(),
                submission.order().digest(),
                reference(),
                last.state(),
                submittedAt,
                ended ? last.at() : null,
                problem,
                billsTime ? billedTime(now) : Duration.ZERO,
                null,
                billsTime && ended ? keepAlive : Duration.ZERO,
                last.state() == RunState.FAILED ? last().life.exitCode() : null);
    }

    private Problem notCompared() {
        return FakeProblems.NOT_COMPARED
                .warning("base and tuned model of " + submission.id() + " were not compared")
                .remedy("finetune host " + submission.id())
                .build();
    }

    /** A launch that follows another has a reference of its own. */
    private String reference() {
        return "fake:job/" + submission.id() + (attempts.size() == 1 ? "" : "-" + attempts.size());
    }

    /** Whether its last attempt is the failed one of this reference. */
    boolean hasFailedAs(@Nullable String reference, Instant now) {
        return reference().equals(reference) && state(now) == RunState.FAILED;
    }

    /** The time in which it had a machine. */
    private Duration billedTime(Instant now) {
        return billed(now).values().stream().reduce(Duration.ZERO, Duration::plus);
    }

    /** The time in which it had each machine. */
    Map<String, Duration> billed(Instant now) {
        Map<String, Duration> billed = new LinkedHashMap<>();
        RunEvent.StateChanged before = null;
        for (RunEvent event : events(now)) {
            if (event instanceof RunEvent.StateChanged change) {
                if (before != null) {
                    billed.merge(machineAt(before.at()), billed(before, change.at()), Duration::plus);
                }
                before = change;
            }
        }
        if (before != null) {
            billed.merge(machineAt(before.at()), billed(before, now), Duration::plus);
        }
        return billed;
    }

    private String machineAt(Instant moment) {
        String machine = "";
        for (Attempt attempt : attempts) {
            machine = attempt.startedAt.isAfter(moment) ? machine : attempt.machine;
        }
        return machine;
    }

    private static Duration billed(RunEvent.StateChanged from, Instant to) {
        return FREE.contains(from.state()) || from.state().isTerminal()
                ? Duration.ZERO
                : Duration.between(from.at(), to);
    }

    /** Everything up to {@code now}, in order; a later call gives the same events and further ones. */
    List<RunEvent> events(Instant now) {
        Timeline timeline = new Timeline();
        for (Attempt attempt : attempts) {
            timeline.live(attempt);
        }
        return timeline.events.stream()
                .filter(event -> !event.at().isAfter(now))
                .toList();
    }

    private RunEvent.StateChanged lastChange(Instant now) {
        List<RunEvent> events = events(now);
        for (int i = events.size() - 1; i >= 0; i--) {
            if (events.get(i) instanceof RunEvent.StateChanged change) {
                return change;
            }
        }
        throw new IllegalStateException("a job starts with a state: " + submission.id());
    }

    private static final class Attempt {
        private final Instant startedAt;
        private final Life life;
        private final String machine;
        private final @Nullable Duration limit;
        private @Nullable Instant stoppedAt;

        Attempt(Instant startedAt, Life life, String machine, @Nullable Duration limit) {
            this.startedAt = startedAt;
            this.life = life;
            this.machine = machine;
            this.limit = limit;
        }
    }

    /** Plays the scripts of all attempts one after the other; training goes on at the step where it ended. */
    private final class Timeline {
        private final List<RunEvent> events = new ArrayList<>();
        private final boolean trains = submission.order().steps().stream().anyMatch(WorkStep.Train.class::isInstance);
        private int step;

        void live(Attempt attempt) {
            List<RunEvent> planned = plan(attempt);
            Instant end = end(attempt, planned);
            planned.stream().filter(event -> !event.at().isAfter(end)).forEach(this::happen);
            if (attempt.stoppedAt != null && end.equals(attempt.stoppedAt)) {
                happen(new RunEvent.StateChanged(end, RunState.STOPPING, "asked to stop"));
                happen(new RunEvent.StateChanged(end.plus(WINDING_DOWN), RunState.STOPPED, "asked to stop"));
            } else if (!lastIsTerminal(planned, end)) {
                happen(new RunEvent.StateChanged(end, RunState.STOPPED, "time limit of " + attempt.limit));
            }
        }

        private void happen(RunEvent event) {
            events.add(event);
            if (event instanceof RunEvent.StepCompleted completed) {
                step = completed.step();
            }
        }

        private List<RunEvent> plan(Attempt attempt) {
            List<RunEvent> planned = new ArrayList<>();
            Instant at = attempt.startedAt;
            Duration training = training(attempt.life);
            int from = step;
            int done = step;
            boolean started = step > 0;
            for (Life.Stage stage : attempt.life.stages()) {
                if (stage.state() == RunState.TRAINING && !trains) {
                    continue;
                }
                planned.add(new RunEvent.StateChanged(at, stage.state(), ""));
                Instant end = at.plus(stage.lasts());
                if (stage.state() == RunState.TRAINING && tellsSteps) {
                    planned.add(new RunEvent.WorkerStarted(at, HOST, Map.of("fake", "1")));
                    planned.add(started ? new RunEvent.Resumed(at, done) : begins(at));
                    started = true;
                    long steps = (STEPS - from) * stage.lasts().toMillis() / Math.max(1, training.toMillis());
                    for (long i = 1; i <= steps; i++) {
                        done++;
                        planned.add(step(at.plus(stage.lasts().multipliedBy(i).dividedBy(steps)), done));
                    }
                    if (done == STEPS) {
                        planned.add(new RunEvent.ValidationCompleted(end, done, validationLoss(), true));
                    }
                }
                at = end;
            }
            if (keepsModel && trains && attempt.life.ending() == RunState.SUCCEEDED) {
                planned.add(new RunEvent.Noticed(at, notCompared(), RunEvent.Noticed.Subject.COMPARISON));
            }
            planned.add(new RunEvent.StateChanged(at, attempt.life.ending(), ""));
            return planned;
        }

        private Instant end(Attempt attempt, List<RunEvent> planned) {
            Instant end = planned.get(planned.size() - 1).at();
            Duration limit = attempt.limit;
            if (limit != null && running(attempt).plus(limit).isBefore(end)) {
                end = running(attempt).plus(limit);
            }
            return attempt.stoppedAt != null && attempt.stoppedAt.isBefore(end) ? attempt.stoppedAt : end;
        }

        /** When it had a machine: the limit is one of running time. */
        private Instant running(Attempt attempt) {
            Instant at = attempt.startedAt;
            for (Life.Stage stage : attempt.life.stages()) {
                if (stage.state() != RunState.QUEUED) {
                    break;
                }
                at = at.plus(stage.lasts());
            }
            return at;
        }

        private boolean lastIsTerminal(List<RunEvent> planned, Instant end) {
            return !planned.get(planned.size() - 1).at().isAfter(end);
        }

        private Duration training(Life life) {
            return life.stages().stream()
                    .filter(stage -> stage.state() == RunState.TRAINING)
                    .map(Life.Stage::lasts)
                    .reduce(Duration.ZERO, Duration::plus);
        }

        private RunEvent begins(Instant at) {
            return new RunEvent.TrainingStarted(at, 1000, 100, STEPS, "fp32", "none", 1, BYTES, null);
        }

        /** Lowest at {@link #BEST_LEARNING_RATE}, and more for each order of magnitude away from it. */
        private double validationLoss() {
            return submission.order().steps().stream()
                    .filter(WorkStep.Train.class::isInstance)
                    .mapToDouble(step -> ((WorkStep.Train) step).training().learningRate())
                    .map(rate -> 1 + Math.abs(Math.log10(rate / BEST_LEARNING_RATE)))
                    .findFirst()
                    .orElseThrow();
        }

        private RunEvent step(Instant at, int number) {
            double epoch = (double) number / STEPS;
            return new RunEvent.StepCompleted(at, number, STEPS, epoch, 2.0 / number, 2e-4, 1.0, 64, 32.0, BYTES);
        }
    }
}
