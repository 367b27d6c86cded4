package dev.finetune4j.engine.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunWatchTest {
    private static final RunId ID = new RunId("watched-0a1b2c3d-1");

    private final VirtualClock clock = new VirtualClock();
    private final List<RunEvent> told = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private FakePlace place = new FakePlace(clock, FakePlace.EVERYTHING);

    @Test
    void tellsEveryEventOnceAndInOrderToTheEnd() throws Exception {
        launch(Life.losesItsMachine());

        JobSnapshot ended = watch(EventPage.START).follow((event, cursor) -> told.add(event));

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(states(told))
                .containsExactly(
                        RunState.QUEUED,
                        RunState.TRAINING,
                        RunState.INTERRUPTED,
                        RunState.TRAINING,
                        RunState.EVALUATING,
                        RunState.SUCCEEDED);
        assertThat(steps(told)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(told).isSortedAccordingTo((one, other) -> one.at().compareTo(other.at()));
    }

    @Test
    void goesOnAtTheCursorOfAWatcherThatDied() throws Exception {
        launch(Life.succeeds());
        String[] last = {EventPage.START};
        assertThatThrownBy(() -> watch(EventPage.START).follow((event, cursor) -> {
                    if (told.size() == 7) {
                        throw new IllegalStateException("killed");
                    }
                    told.add(event);
                    last[0] = cursor;
                }))
                .hasMessage("killed");

        watch(last[0]).follow((event, cursor) -> {
            if (!told.contains(event)) {
                told.add(event);
            }
        });

        assertThat(steps(told)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(states(told)).endsWith(RunState.EVALUATING, RunState.SUCCEEDED);
    }

    @Test
    void waitsForAProviderThatCannotBeReached() throws Exception {
        launch(Life.succeeds());
        Fault[] outage = new Fault[12];
        java.util.Arrays.fill(outage, Fault.UNREACHABLE);
        place.fail(Call.FIND, outage);

        JobSnapshot ended = watch(EventPage.START).follow((event, cursor) -> told.add(event));

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(steps(told)).hasSize(10);
        assertThat(place.launches(ID)).isEqualTo(1);
    }

    @Test
    void givesUpOnAProviderThatStaysUnreachableWithoutTouchingTheJob() {
        launch(Life.lasts());
        Fault[] outage = new Fault[1000];
        java.util.Arrays.fill(outage, Fault.UNREACHABLE);
        place.fail(Call.FIND, outage);

        assertThatThrownBy(() -> watch(EventPage.START).follow((event, cursor) -> told.add(event)))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0513")
                .hasMessageContaining("goes on");

        assertThat(place.attempts(ID)).isEqualTo(1);
    }

    @Test
    void looksAgainNotBeforeThePlaceAskedFor() throws Exception {
        launch(Life.succeeds());
        place.fail(Call.FIND, Fault.BUSY);

        new RunWatch(new FakeProvider(place), ID, EventPage.START, WatchPace.FAR, clock, this::sleep)
                .follow((event, cursor) -> told.add(event));

        assertThat(pauses.get(0)).isBetween(FakePlace.BUSY_FOR, Duration.ofMinutes(2));
        assertThat(steps(told)).hasSize(10);
    }

    @Test
    void looksAgainBeforeItsPatienceIsOverHoweverLongThePlaceAsksFor() throws Exception {
        launch(Life.succeeds());
        place.fail(Call.FIND, Fault.BUSY);

        watch(EventPage.START).follow((event, cursor) -> told.add(event));

        assertThat(pauses.get(0)).isEqualTo(WatchPace.NEAR.patience());
    }

    @Test
    void takesTwoEmptyAnswersForALateListing() throws Exception {
        launch(Life.succeeds());
        place.fail(Call.FIND, Fault.NOT_YET_LISTED, Fault.NOT_YET_LISTED);

        JobSnapshot ended = watch(EventPage.START).follow((event, cursor) -> told.add(event));

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void takesThreeEmptyAnswersInARowForAJobThatIsGone() {
        launch(Life.lasts());
        place.forget(ID);

        assertThatThrownBy(() -> watch(EventPage.START).follow((event, cursor) -> told.add(event)))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0506");
        assertThat(pauses).hasSize(2);
    }

    @Test
    void countsEmptyAnswersOnlyInARow() throws Exception {
        launch(Life.succeeds());
        for (int i = 0; i < 5; i++) {
            place.fail(Call.FIND, Fault.NOT_YET_LISTED, Fault.NOT_YET_LISTED, Fault.ANSWER_LOST);
        }

        JobSnapshot ended = watch(EventPage.START).follow((event, cursor) -> told.add(event));

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void looksLessOftenWhileNothingHappensAndOftenAgainAfterNews() throws Exception {
        launch(Life.losesItsMachine());
        Duration shortest = Duration.ofSeconds(1);
        WatchPace pace = new WatchPace(shortest, shortest, Duration.ofSeconds(20), Duration.ofMinutes(5), 0);

        new RunWatch(new FakeProvider(place), ID, EventPage.START, pace, clock, this::sleep)
                .follow((event, cursor) -> told.add(event));

        assertThat(pauses).contains(shortest, Duration.ofSeconds(20));
        assertThat(pauses).allSatisfy(pause -> assertThat(pause).isBetween(pace.shortest(), pace.longest()));
    }

    @Test
    void looksAtAPlaceThatBillsAtItsOwnMoments() throws Exception {
        launch(Life.losesItsMachine());
        Duration pauseOfAll = Duration.ofSeconds(10);
        WatchPace pace = new WatchPace(pauseOfAll, pauseOfAll, pauseOfAll, Duration.ofMinutes(5), 0.2);

        new RunWatch(new FakeProvider(place), ID, EventPage.START, pace, clock, this::sleep)
                .follow((event, cursor) -> told.add(event));

        assertThat(Set.copyOf(pauses)).hasSizeGreaterThan(2);
        assertThat(pauses)
                .allSatisfy(pause -> assertThat(pause).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12)));
        assertThat(WatchPace.FAR.scatter()).isPositive();
        assertThat(WatchPace.SERVICE.scatter()).isPositive();
    }

    @Test
    void looksSoonAtFirst() throws Exception {
        launch(Life.losesItsMachine());
        WatchPace pace = new WatchPace(
                Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(20), Duration.ofMinutes(5), 0);

        new RunWatch(new FakeProvider(place), ID, EventPage.START, pace, clock, this::sleep)
                .follow((event, cursor) -> told.add(event));

        assertThat(pauses).startsWith(Duration.ofSeconds(2), Duration.ofSeconds(3));
        assertThat(pauses.subList(2, pauses.size()))
                .allSatisfy(pause -> assertThat(pause).isGreaterThanOrEqualTo(Duration.ofSeconds(4)));
    }

    @Test
    void takesAJobThatIsListedLateForGoneNoSoonerAtFirst() {
        launch(Life.lasts());
        place.forget(ID);

        RunWatch watch = new RunWatch(new FakeProvider(place), ID, EventPage.START, WatchPace.FAR, clock, this::sleep);

        assertThatThrownBy(() -> watch.follow((event, cursor) -> told.add(event)))
                .hasMessageContaining("FT0506");
        assertThat(pauses).hasSize(2).allSatisfy(pause -> assertThat(pause).isGreaterThan(WatchPace.FAR.shortest()));
    }

    @Test
    void tellsStatesThatOnlyTheSnapshotKnows() throws Exception {
        launch(Life.succeeds());
        Provider silent = WithEvents.none(new FakeProvider(place));

        new RunWatch(silent, ID, EventPage.START, WatchPace.NEAR, clock, this::sleep)
                .follow((event, cursor) -> told.add(event));

        assertThat(states(told))
                .containsExactly(
                        RunState.QUEUED, RunState.STARTING, RunState.TRAINING, RunState.EVALUATING, RunState.SUCCEEDED);
    }

    @Test
    void waitsForWhatAJobThatHasEndedToldLast() throws Exception {
        launch(Life.succeeds());
        RunEvent last = new RunEvent.Noticed(
                clock.instant(),
                PlaceProblems.gone(ID, FakeProvider.ID, 3).problems().get(0));
        int[] looks = {0};
        FakeProvider there = new FakeProvider(place);
        Provider late = new WithEvents(there, cursor -> {
            boolean isEnd = there.find(ID).orElseThrow().state().isTerminal();
            looks[0] += isEnd ? 1 : 0;
            return looks[0] == 4 && cursor.isEmpty()
                    ? new EventPage(List.of(last), "last")
                    : new EventPage(List.of(), cursor, looks[0] < 4);
        });

        JobSnapshot ended = new RunWatch(late, ID, EventPage.START, WatchPace.NEAR, clock, this::sleep)
                .follow((event, cursor) -> told.add(event));

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(told)
                .last()
                .isEqualTo(new RunEvent.StateChanged(Objects.requireNonNull(ended.endedAt()), RunState.SUCCEEDED, ""));
        assertThat(told).contains(last);
    }

    @Test
    void waitsNotForEverForWhatNeverComes() throws Exception {
        launch(Life.succeeds());
        Provider late = new WithEvents(new FakeProvider(place), cursor -> new EventPage(List.of(), cursor, true));

        JobSnapshot ended = new RunWatch(late, ID, EventPage.START, WatchPace.NEAR, clock, this::sleep)
                .follow((event, cursor) -> told.add(event));

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(states(told)).endsWith(RunState.SUCCEEDED);
        assertThat(Duration.between(Objects.requireNonNull(ended.endedAt()), clock.instant()))
                .isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
    }

    @Test
    void looksAtACloudSeldomerThanAtThisMachine() {
        Capabilities cloud = new Capabilities(true, true, true, true, true, Billing.TIME);

        assertThat(WatchPace.of(FakePlace.EVERYTHING)).isEqualTo(WatchPace.NEAR);
        assertThat(WatchPace.of(FakePlace.SILENT)).isEqualTo(WatchPace.FAR);
        assertThat(WatchPace.of(cloud)).isEqualTo(WatchPace.FAR);
        assertThat(WatchPace.of(new Capabilities(false, true, true, false, false, Billing.TOKENS)))
                .isEqualTo(WatchPace.SERVICE);
    }

    private void launch(Life life) {
        place.script(life);
        WorkStep train =
                new WorkStep.Train(LoraTuning.defaults(), TrainingSpec.defaults(), new ModelName("made/tiny", null));
        new FakeProvider(place)
                .submit(Submission.builder(ID, ModelRef.parse("tiny"), new WorkOrder("a".repeat(64), List.of(train)))
                        .build());
    }

    private RunWatch watch(String cursor) {
        return new RunWatch(new FakeProvider(place), ID, cursor, WatchPace.NEAR, clock, this::sleep);
    }

    private void sleep(Duration pause) {
        pauses.add(pause);
        clock.advance(pause);
    }

    private static List<RunState> states(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent.StateChanged.class::isInstance)
                .map(event -> ((RunEvent.StateChanged) event).state())
                .toList();
    }

    private static List<Integer> steps(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent.StepCompleted.class::isInstance)
                .map(event -> ((RunEvent.StepCompleted) event).step())
                .toList();
    }
}
