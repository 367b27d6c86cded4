package dev.finetune4j.testkit.fake;

import dev.finetune4j.run.RunState;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The script of one attempt of a job.
 *
 * @param stages what it goes through, in order
 * @param ending the state it ends in
 * @param exitCode what its process fails with, as far as its place tells; null where it does not
 * @param isDivergence whether it fails since its loss is not a number any more
 */
public record Life(
        List<Stage> stages, RunState ending, @Nullable Integer exitCode, boolean isDivergence) {
    /**
     * One stage of a script.
     *
     * @param state the state
     * @param lasts how long it lasts
     */
    public record Stage(RunState state, Duration lasts) {}

    /** Copies the stages; refuses an end that is none. */
    public Life {
        stages = List.copyOf(stages);
        if (!ending.isTerminal()) {
            throw new IllegalArgumentException("ending must be a terminal state, was " + ending);
        }
    }

    /** A script that ends in a state of which no exit code is told. */
    public Life(List<Stage> stages, RunState ending) {
        this(stages, ending, null);
    }

    /** A script that ends in no divergence. */
    public Life(List<Stage> stages, RunState ending, @Nullable Integer exitCode) {
        this(stages, ending, exitCode, false);
    }

    /** Waits, trains for a minute, evaluates, succeeds. */
    public static Life succeeds() {
        return new Life(
                List.of(
                        stage(RunState.QUEUED, 10),
                        stage(RunState.STARTING, 5),
                        stage(RunState.TRAINING, 60),
                        stage(RunState.EVALUATING, 20)),
                RunState.SUCCEEDED);
    }

    /** Loses its machine half-way through training, gets another one and succeeds. */
    public static Life losesItsMachine() {
        return new Life(
                List.of(
                        stage(RunState.QUEUED, 10),
                        stage(RunState.TRAINING, 30),
                        stage(RunState.INTERRUPTED, 300),
                        stage(RunState.TRAINING, 30),
                        stage(RunState.EVALUATING, 20)),
                RunState.SUCCEEDED);
    }

    /** Fails half-way through training. */
    public static Life fails() {
        return new Life(List.of(stage(RunState.QUEUED, 10), stage(RunState.TRAINING, 30)), RunState.FAILED);
    }

    /** The same, and its process ends with an exit code that is told. */
    public static Life failsWith(int exitCode) {
        return new Life(fails().stages(), RunState.FAILED, exitCode);
    }

    /** Fails half-way through training, since its loss is not a number any more. */
    public static Life diverges() {
        return new Life(fails().stages(), RunState.FAILED, null, true);
    }

    /** Trains for a day. */
    public static Life lasts() {
        return new Life(List.of(stage(RunState.QUEUED, 10), stage(RunState.TRAINING, 86_400)), RunState.SUCCEEDED);
    }

    /** Waits for a machine in vain. */
    public static Life findsNoMachine() {
        return new Life(List.of(stage(RunState.QUEUED, 600)), RunState.FAILED);
    }

    /** Loses its machine half-way through training and gets no other one. */
    public static Life losesItsMachineForGood() {
        return new Life(
                List.of(stage(RunState.QUEUED, 10), stage(RunState.TRAINING, 30), stage(RunState.INTERRUPTED, 600)),
                RunState.FAILED);
    }

    /** Whether it fails because there is no machine for it. */
    boolean lacksMachine() {
        if (ending != RunState.FAILED || stages.isEmpty()) {
            return false;
        }
        RunState last = stages.get(stages.size() - 1).state();
        return last == RunState.QUEUED || last == RunState.INTERRUPTED;
    }

    private static Stage stage(RunState state, long seconds) {
        return new Stage(state, Duration.ofSeconds(seconds));
    }
}
