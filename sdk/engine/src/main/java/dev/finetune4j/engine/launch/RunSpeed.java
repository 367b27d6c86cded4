package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.report.Phase;
import dev.finetune4j.engine.report.TrainingHistory;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How fast a run was.
 *
 * @param secondsPerToken of its steps
 * @param secondsPerAnswer of each held-out row and model, loading the model included
 * @param otherSeconds of all else: start, reading rows, loading the model, checkpoints
 */
public record RunSpeed(double secondsPerToken, double secondsPerAnswer, double otherSeconds) {
    /**
     * The speed of a run that has ended.
     *
     * @param answers held-out rows times models that answered them; 0 if none did
     * @return empty where its place tells no steps
     */
    static Optional<RunSpeed> of(List<RunEvent> events, long answers) {
        Optional<TrainingHistory> training =
                TrainingHistory.of(events).filter(history -> history.tokensPerSecond() > 0);
        if (training.isEmpty()) {
            return Optional.empty();
        }
        double perToken = 1 / training.get().tokensPerSecond();
        double steps = training.get().tokens() * perToken;
        double evaluating = seconds(events, true);
        return Optional.of(new RunSpeed(
                perToken, answers == 0 ? 0 : evaluating / answers, Math.max(0, seconds(events, false) - steps)));
    }

    private static double seconds(List<RunEvent> events, boolean evaluating) {
        return Phase.of(events).stream()
                        .filter(phase -> !phase.state().isTerminal())
                        .filter(phase -> phase.state() == RunState.EVALUATING == evaluating)
                        .map(Phase::duration)
                        .reduce(Duration.ZERO, Duration::plus)
                        .toMillis()
                / 1000.0;
    }

    /** The speed of a run that computes so many times as many of its tokens. */
    RunSpeed computing(double times) {
        return new RunSpeed(times * secondsPerToken, secondsPerAnswer, otherSeconds);
    }

    /** What a run will take. */
    public double seconds(RunWork work) {
        return work.tokens() * secondsPerToken + work.answers() * secondsPerAnswer + otherSeconds;
    }
}
