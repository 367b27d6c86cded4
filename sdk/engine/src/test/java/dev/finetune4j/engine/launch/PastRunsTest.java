package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.JournalSamples;
import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PastRunsTest {
    private static final ProviderId PLACE = new ProviderId("fake");

    private final VirtualClock clock = new VirtualClock();

    @TempDir
    Path home;

    @Test
    void tellsHowRunsThatSucceededWereAndWhichAreAlike() {
        succeeded("tickets-0a1b2c3d-1", 400);

        PastRun past = only(JournalSamples.DIGEST);
        assertThat(past.isAlike()).isTrue();
        assertThat(past.speed().secondsPerToken()).isEqualTo(1 / 400.0);
        assertThat(past.parameters()).isEqualTo(1000);
        assertThat(past.flopsPerSecond()).isEqualTo((4 * 1000 + 6 * 10) * 400 * 1.5);
        assertThat(past.computedShare()).isEqualTo(1.5);
        assertThat(past.peakBytes()).isEqualTo(5_000_000);

        assertThat(only("another model").isAlike()).isFalse();
        assertThat(runs(JournalSamples.job().toBuilder()
                        .method(FullTuning.defaults())
                        .build()))
                .singleElement()
                .returns(false, PastRun::isAlike);
        assertThat(new PastRuns(home).latest(JournalSamples.job(), JournalSamples.DIGEST, new ProviderId("local")))
                .isEmpty();
    }

    /** Two steps at 400 tokens a second are two seconds; a run beside others may take half of what it took. */
    @Test
    void foretellsFromRunsThatNobodyDisturbedWhereThereAreAny() {
        succeeded("tickets-0a1b2c3d-1", 100, 0.5);
        TimeForecast beside = forecast();
        succeeded("tickets-0a1b2c3d-2", 400, 0.02);
        succeeded("tickets-0a1b2c3d-3", 400);

        assertThat(beside.measuredRuns()).isEqualTo(1);
        assertThat(beside.low()).isEqualTo(Duration.ofMillis(Math.round(1000 * 0.8 * 0.5 * 8)));
        assertThat(beside.high()).isEqualTo(Duration.ofMillis(Math.round(1000 * 1.33 * 8)));
        assertThat(forecast().measuredRuns()).isEqualTo(2);
        assertThat(forecast().high()).isEqualTo(Duration.ofMillis(Math.round(1000 * 1.33 * 2)));
    }

    @Test
    void countsOfAnEncoderBelowATrainedHeadTheWayForwardAlone() {
        FineTuneJob job =
                JournalSamples.job().toBuilder().method(HeadTuning.defaults()).build();
        List<JournalEntry> life = new ArrayList<>(JournalSamples.life());
        life.set(1, new JournalEntry.Renewed(job, "job.yaml", Map.of()));
        succeeded("tickets-0a1b2c3d-1", 400, life);

        assertThat(runs(job))
                .singleElement()
                .returns(true, PastRun::isAlike)
                .returns((2 * 1000 + 6 * 10) * 400 * 1.5, PastRun::flopsPerSecond);
    }

    @Test
    void tellsWhatARunHadToDoWhereTheFiguresOfItsRowsAreKept() {
        succeeded("tickets-0a1b2c3d-1", 400);
        assertThat(only(JournalSamples.DIGEST).work()).isNull();

        FineTuneJob job = JournalSamples.job();
        RowFigures rows = new RowFigures(
                Map.of(Part.TRAIN, 1000L, Part.TEST, 100L),
                new Quantiles(20, 90, 120, 150, 200, 95),
                3,
                1_000_000,
                new Proposal.RowLengths(1000, 0, 200, 1600, 1024, 95, 0),
                Proposal.AnswerLengths.NONE,
                true,
                true,
                1_000_000,
                JournalSamples.DIGEST,
                new LabelTokens(3, 6, 5));
        new FigureCache(home).keep(job, JournalSamples.DIGEST, JournalSamples.DIGEST, rows);
        succeeded("tickets-0a1b2c3d-2", 400);

        List<PastRun> runs = runs(job);
        PastRun.Work work = new PastRun.Work(job, rows);
        assertThat(runs)
                .as("of one that was looked at before, too")
                .extracting(PastRun::work)
                .containsExactly(work, work);
        assertThat(runs(job)).as("as they were kept").isEqualTo(runs);
    }

    @Test
    void readsAJournalAgainOnlyWhereItIsAnother() throws Exception {
        succeeded("tickets-0a1b2c3d-1", 400);
        PastRun past = only(JournalSamples.DIGEST);
        RunFolder folder = folder("tickets-0a1b2c3d-1");

        FileTime changedAt = Files.getLastModifiedTime(folder.journal());
        Files.write(folder.journal(), new byte[Math.toIntExact(Files.size(folder.journal()))]);
        Files.setLastModifiedTime(folder.journal(), changedAt);
        assertThat(only(JournalSamples.DIGEST)).isEqualTo(past);

        Files.write(folder.journal(), new byte[10]);
        assertThat(runs(JournalSamples.job())).isEmpty();

        Files.delete(folder.journal());
        succeeded("tickets-0a1b2c3d-1", 800);
        assertThat(only(JournalSamples.DIGEST).speed().secondsPerToken()).isEqualTo(1 / 800.0);
    }

    @Test
    void readsAllAgainWhereWhatWasKeptIsDamagedOrCannotBeKept() throws Exception {
        succeeded("tickets-0a1b2c3d-1", 400);
        PastRun past = only(JournalSamples.DIGEST);
        Path kept = home.resolve("cache/measures.json");

        for (String damage : List.of("", "{", "[]", "{\"form\":5}", "{\"form\":0,\"runs\":{}}")) {
            Files.writeString(kept, damage);
            assertThat(only(JournalSamples.DIGEST)).as(damage).isEqualTo(past);
        }
        Files.delete(kept);
        Files.delete(kept.getParent());
        Files.writeString(kept.getParent(), "no folder");
        assertThat(only(JournalSamples.DIGEST)).isEqualTo(past);
    }

    @Test
    void keepsNothingOfRunsThatGoOnOrAreGone() throws Exception {
        succeeded("tickets-0a1b2c3d-1", 400);
        write("going-0a1b2c3d-1", JournalSamples.life().subList(0, 6));
        runs(JournalSamples.job());
        Path kept = home.resolve("cache/measures.json");
        assertThat(kept).content().contains("tickets-0a1b2c3d-1").doesNotContain("going-0a1b2c3d-1");

        Files.delete(folder("tickets-0a1b2c3d-1").journal());
        Files.delete(folder("tickets-0a1b2c3d-1").events());
        Files.delete(folder("tickets-0a1b2c3d-1").path());
        assertThat(runs(JournalSamples.job())).isEmpty();
        assertThat(kept).content().doesNotContain("tickets-0a1b2c3d-1");
    }

    private PastRun only(String modelDigest) {
        List<PastRun> runs = new PastRuns(home).latest(JournalSamples.job(), modelDigest, PLACE);
        assertThat(runs).hasSize(1);
        return runs.get(0);
    }

    private List<PastRun> runs(FineTuneJob job) {
        return new PastRuns(home).latest(job, JournalSamples.DIGEST, PLACE);
    }

    /** Of 800 tokens at the place of those runs. */
    private TimeForecast forecast() {
        FineTuneJob job =
                JournalSamples.job().toBuilder().targets(List.of(PLACE)).build();
        return new PastRuns(home)
                .forecast(job, JournalSamples.DIGEST, List.of(new RunWork(800, 0)))
                .orElseThrow();
    }

    private RunFolder folder(String id) {
        return new RunStore(home).folder(new RunId(id));
    }

    private void succeeded(String id, double tokensPerSecond) {
        succeeded(id, tokensPerSecond, JournalSamples.life());
    }

    private void succeeded(String id, double tokensPerSecond, List<JournalEntry> life) {
        succeeded(id, tokensPerSecond, life, null);
    }

    private void succeeded(String id, double tokensPerSecond, double waitingShare) {
        succeeded(id, tokensPerSecond, JournalSamples.life(), waitingShare);
    }

    private void succeeded(String id, double tokensPerSecond, List<JournalEntry> life, @Nullable Double waitingShare) {
        List<JournalEntry> own = new ArrayList<>(life);
        JournalEntry.Created created = (JournalEntry.Created) life.get(0);
        own.set(
                0,
                new JournalEntry.Created(
                        new RunId(id),
                        created.job(),
                        created.jobDigest(),
                        created.jobFile(),
                        created.baseFolder(),
                        created.attempt(),
                        created.version(),
                        created.origins()));
        write(id, own);
        Instant at = VirtualClock.START;
        List<RunEvent> events = new ArrayList<>(List.of(
                new RunEvent.StateChanged(at, RunState.TRAINING, ""),
                new RunEvent.TrainingStarted(at, 1000, 10, 2, "fp32", "none", 2, 1, 1.5)));
        for (int step = 1; step <= 2; step++) {
            events.add(new RunEvent.StepCompleted(
                    at.plusSeconds(step), step, 2, step / 2.0, 1, 1e-4, 1, 400, tokensPerSecond, 5_000_000));
        }
        events.add(new RunEvent.WorkerEnded(at.plusSeconds(2), 5_000_000, null, waitingShare));
        events.add(new RunEvent.StateChanged(at.plusSeconds(2), RunState.SUCCEEDED, ""));
        SavedEvents.write(folder(id), events);
    }

    private void write(String id, List<JournalEntry> entries) {
        try (Journal journal = Journal.open(folder(id), new DiskFiles(), clock, Redaction.of(Map.of(), Set.of()))) {
            entries.forEach(journal::append);
        }
    }
}
