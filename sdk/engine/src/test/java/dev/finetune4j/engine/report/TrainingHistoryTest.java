package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrainingHistoryTest {
    private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

    @Test
    void goesBackToTheCheckpointWhenARunIsResumed() {
        List<RunEvent> events = new ArrayList<>(started());
        events.add(step(1, 3.0));
        events.add(step(2, 2.0));
        events.add(step(3, 9.0));
        events.add(new RunEvent.Resumed(START, 2));
        events.add(step(3, 1.0));

        TrainingHistory history = TrainingHistory.of(events).orElseThrow();

        assertThat(history.resumes()).isEqualTo(1);
        assertThat(history.completedSteps()).isEqualTo(3);
        assertThat(history.loss().points()).extracting(Series.Point::value).containsExactly(3.0, 2.0, 1.0);
        assertThat(history.tokens()).isEqualTo(300);
    }

    @Test
    void beginsAnewWhenAWorkerRestartsBeforeItsFirstCheckpoint() {
        List<RunEvent> events = new ArrayList<>(started());
        events.add(step(1, 3.0));
        events.add(step(2, 9.0));
        events.add(new RunEvent.ValidationCompleted(START, 2, 0.5, true));
        events.addAll(started());
        events.add(step(1, 2.5));

        TrainingHistory history = TrainingHistory.of(events).orElseThrow();

        assertThat(history.completedSteps()).isEqualTo(1);
        assertThat(history.loss().points()).containsExactly(new Series.Point(1, 2.5));
        assertThat(history.validation().points()).isEmpty();
        assertThat(history.bestValidation()).isNull();
        assertThat(history.tokens()).isEqualTo(100);
        assertThat(history.resumes()).isZero();
    }

    @Test
    void keepsTheCurveOfATrainingThatIsBegunAnewAndDoesNoStep() {
        List<RunEvent> events = new ArrayList<>(started());
        events.add(step(1, 3.0));
        events.addAll(started());

        assertThat(TrainingHistory.of(events).orElseThrow().loss().points()).containsExactly(new Series.Point(1, 3.0));
    }

    @Test
    void drawsTheLossesOfAPlaceThatTellsNothingElse() {
        List<RunEvent> events = Stream.of(2.0, 1.0)
                .<RunEvent>map(loss -> new RunEvent.StepCompleted(
                        START, loss > 1 ? 1 : 2, -1, Double.NaN, loss, Double.NaN, Double.NaN, -1, Double.NaN, -1))
                .toList();

        TrainingHistory history = TrainingHistory.of(events).orElseThrow();

        assertThat(history.plan()).isNull();
        assertThat(history.completedSteps()).isEqualTo(2);
        assertThat(history.loss().points()).containsExactly(new Series.Point(1, 2), new Series.Point(2, 1));
        assertThat(history.throughput().isEmpty()).isTrue();
        assertThat(history.residentBytes().isEmpty()).isTrue();
        assertThat(history.tokens()).isZero();
        assertThat(history.peakResidentBytes()).isZero();
    }

    @Test
    void tellsHowMuchTheWorkerWaitedThatWaitedMost() {
        List<RunEvent> events = new ArrayList<>(started());
        assertThat(TrainingHistory.of(events).orElseThrow().waitingShare()).isNull();
        for (Double share : Arrays.asList(null, 0.3, 0.1, null)) {
            events.add(new RunEvent.WorkerEnded(START, 1, null, share));
        }

        assertThat(TrainingHistory.of(events).orElseThrow().waitingShare()).isEqualTo(0.3);
    }

    @Test
    void throughputIsTokensByTimeAndNotTheMeanOfRates() {
        List<RunEvent> events = new ArrayList<>(started());
        events.add(step(1, 1, 100, 50));
        events.add(step(2, 1, 100, 100));

        TrainingHistory history = TrainingHistory.of(events).orElseThrow();

        assertThat(history.tokensPerSecond()).isCloseTo(200.0 / 3, within(1e-9));
    }

    @Test
    void smoothingStartsWithoutBiasAndSurvivesLossesThatAreNoNumbers() {
        List<RunEvent> events = new ArrayList<>(started());
        events.add(step(1, 2.0));
        events.add(step(2, Double.NaN));
        events.add(step(3, 2.0));

        TrainingHistory history = TrainingHistory.of(events).orElseThrow();

        assertThat(history.smoothedLoss().points()).containsExactly(new Series.Point(1, 2.0), new Series.Point(3, 2.0));
        assertThat(history.loss().points()).hasSize(2);
    }

    @Test
    void longTrainingsAreThinnedByMeans() {
        List<RunEvent> events = new ArrayList<>(started());
        for (int step = 1; step <= 10_000; step++) {
            events.add(step(step, step % 2 == 0 ? 1.0 : 3.0));
        }

        TrainingHistory history = TrainingHistory.of(events).orElseThrow();

        assertThat(history.loss().points()).hasSizeBetween(200, Series.MAX_POINTS);
        assertThat(history.loss().points())
                .allSatisfy(point -> assertThat(point.value()).isBetween(1.8, 2.2));
    }

    @Test
    void isEmptyIfTrainingNeverStarted() {
        assertThat(TrainingHistory.of(List.of(new RunEvent.StateChanged(START, RunState.FAILED, ""))))
                .isEmpty();
    }

    @Test
    void phasesAddUpToTheTimeBetweenFirstAndLastEvent() {
        RunReport report = SampleRun.report();

        Duration sum = report.phases().stream().map(Phase::duration).reduce(Duration.ZERO, Duration::plus);

        assertThat(report.endedAt())
                .isEqualTo(Objects.requireNonNull(report.startedAt()).plus(sum));
        assertThat(report.phases())
                .extracting(Phase::state)
                .containsExactly(RunState.PREPARED, RunState.STARTING, RunState.TRAINING, RunState.EVALUATING);
    }

    private static List<RunEvent> started() {
        return List.of(new RunEvent.TrainingStarted(START, 100, 10, 3, "fp32", "none", 2, 1000, null));
    }

    private static RunEvent step(int step, double loss) {
        return step(step, loss, 100, 50);
    }

    private static RunEvent step(int step, double loss, long tokens, double tokensPerSecond) {
        return new RunEvent.StepCompleted(START, step, 3, 1, loss, 1e-4, 1, tokens, tokensPerSecond, 500);
    }
}
