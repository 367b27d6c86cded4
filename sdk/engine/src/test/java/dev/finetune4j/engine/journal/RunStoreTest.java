package dev.finetune4j.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunState;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreTest {
    private final VirtualClock clock = new VirtualClock();

    @TempDir
    Path home;

    @Test
    void namesRunsAfterJobDigestAndAttempt() {
        assertThat(RunStore.id("tickets", JournalSamples.DIGEST, 3)).hasToString("tickets-0a1b2c3d-3");
    }

    @Test
    void cutsLongNamesSoThatEveryCloudTakesTheId() {
        String name = "a-job-with-a-name-of-al-most-forty-letters";

        RunId id = RunStore.id(name.substring(0, 40), JournalSamples.DIGEST, 999);

        assertThat(id).hasToString("a-job-with-a-name-of-al-0a1b2c3d-999");
    }

    @Test
    void findsTheAttemptsAtOneJobInOrder() {
        for (String id :
                List.of("tickets-0a1b2c3d-10", "tickets-0a1b2c3d-2", "tickets-0a1b2c3d-1", "tickets-ffffffff-1")) {
            begin(id);
        }

        assertThat(new RunStore(home).attempts("tickets", JournalSamples.DIGEST))
                .extracting(RunId::value)
                .containsExactly("tickets-0a1b2c3d-1", "tickets-0a1b2c3d-2", "tickets-0a1b2c3d-10");
    }

    @Test
    void takesTheStartOfAnIdWhereItIsClear() {
        begin("tickets-0a1b2c3d-1");
        begin("tickets-0a1b2c3d-10");
        begin("letters-0a1b2c3d-1");
        RunStore store = new RunStore(home);

        assertThat(store.resolve("let").id()).hasToString("letters-0a1b2c3d-1");
        assertThat(store.resolve("tickets-0a1b2c3d-1").id()).hasToString("tickets-0a1b2c3d-1");
        assertThatThrownBy(() -> store.resolve("tick"))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0504")
                .hasMessageContaining("2 runs begin with tick");
        assertThatThrownBy(() -> store.resolve("absent"))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0504");
    }

    /** An unset variable of a script is the start of every id; {@code finetune clean "$RUN"} would remove the run. */
    @Test
    void takesNothingForNoRunThoughThereIsOnlyOne() {
        begin("tickets-0a1b2c3d-1");
        RunStore store = new RunStore(home);

        for (String blank : List.of("", " ")) {
            assertThatThrownBy(() -> store.resolve(blank))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0504")
                    .hasMessageContaining("no run was named")
                    .hasMessageNotContaining("only a blank")
                    .hasMessageNotContaining("did you mean");
        }
    }

    @Test
    void saysThatAFileIsWhereTheRunsShouldBe() throws Exception {
        Files.writeString(home.resolve("runs"), "");

        assertThatThrownBy(() -> begin("tickets-0a1b2c3d-1"))
                .isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                    assertThat(refusal.problems().get(0).kind()).isEqualTo(RunProblems.UNWRITABLE);
                    assertThat(refusal.problems().get(0).causes())
                            .containsExactly("a part of that path is a file where a folder should be");
                });
    }

    @Test
    void hasNoRunsInANewHome() {
        assertThat(new RunStore(home).list()).isEmpty();
        assertThatThrownBy(() -> new RunStore(home).resolve("x")).hasMessageContaining("FT0504");
    }

    @Test
    void listsTheNewestFirstAndSkipsForeignFolders() throws Exception {
        begin("older-0a1b2c3d-1");
        clock.advance(Duration.ofHours(1));
        begin("newer-0a1b2c3d-1");
        Files.createDirectories(home.resolve("runs/not a run"));
        Files.createDirectories(home.resolve("runs/empty-0a1b2c3d-1"));

        assertThat(new RunStore(home).list())
                .extracting(RunView::id)
                .extracting(RunId::value)
                .containsExactly("newer-0a1b2c3d-1", "older-0a1b2c3d-1");
    }

    /** A run that goes on tells more of late than one that was begun after it. */
    @Test
    void givesThoseFirstThatHaveGrownLast() throws Exception {
        RunStore store = new RunStore(home);
        long hour = Duration.ofHours(1).toMillis();
        for (String id : List.of("older-0a1b2c3d-1", "newer-0a1b2c3d-1")) {
            begin(id);
        }
        changedAt(store, "older-0a1b2c3d-1", 2 * hour);
        changedAt(store, "newer-0a1b2c3d-1", hour);

        assertThat(store.lately())
                .extracting(RunFolder::id)
                .extracting(RunId::value)
                .containsExactly("older-0a1b2c3d-1", "newer-0a1b2c3d-1");
    }

    @Test
    void findsAWordOfAJournalWithoutReadingItsEntries() throws Exception {
        RunFolder folder = new RunStore(home).folder(new RunId("a-0a1b2c3d-1"));
        begin("a-0a1b2c3d-1");

        assertThat(folder.mentions("\"created\"")).isTrue();
        assertThat(folder.mentions("\"moved\"")).isFalse();

        Files.write(folder.journal(), "na\u00efve \u00ff".getBytes(StandardCharsets.UTF_8));
        assertThat(folder.mentions("na\u00efve")).isTrue();
        assertThat(folder.mentions("naive")).isFalse();
        Files.delete(folder.journal());
        assertThat(folder.mentions("whoever reads it is told so")).isTrue();
    }

    private static void changedAt(RunStore store, String id, long millis) throws Exception {
        Files.setLastModifiedTime(store.folder(new RunId(id)).journal(), FileTime.fromMillis(millis));
    }

    @Test
    void tellsTheStateThatTheLastEntriesLeaveStanding() {
        List<JournalEntry> life = JournalSamples.life();

        assertThat(stateAfter(life.subList(0, 3))).isEqualTo(RunState.PREPARED);
        assertThat(stateAfter(life.subList(0, 5))).isEqualTo(RunState.QUEUED);
        assertThat(stateAfter(life.subList(0, 6))).isEqualTo(RunState.TRAINING);
        assertThat(stateAfter(life.subList(0, 7))).isEqualTo(RunState.STOPPING);
        assertThat(stateAfter(life.subList(0, 9))).isEqualTo(RunState.QUEUED);
        assertThat(stateAfter(life.subList(0, 11))).isEqualTo(RunState.UPLOADING);
        assertThat(stateAfter(life)).isEqualTo(RunState.SUCCEEDED);
    }

    private int states;

    private RunState stateAfter(List<JournalEntry> entries) {
        String id = "state-0a1b2c3d-" + ++states;
        write(id, entries);
        return RunView.of(new RunStore(home).folder(new RunId(id)).read())
                .orElseThrow()
                .state();
    }

    private void begin(String id) {
        JournalEntry.Created sample = (JournalEntry.Created) JournalSamples.created();
        write(
                id,
                List.of(new JournalEntry.Created(
                        new RunId(id),
                        sample.job(),
                        sample.jobDigest(),
                        sample.jobFile(),
                        sample.baseFolder(),
                        1,
                        "test",
                        Map.of())));
    }

    private void write(String id, List<JournalEntry> entries) {
        RunFolder folder = new RunStore(home).folder(new RunId(id));
        try (Journal journal = Journal.open(folder, new DiskFiles(), clock, Redaction.of(Map.of(), Set.of()))) {
            entries.forEach(journal::append);
        }
    }
}
