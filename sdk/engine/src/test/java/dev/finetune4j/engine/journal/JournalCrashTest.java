package dev.finetune4j.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.testkit.VirtualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal reopens to the old or the new state, wherever its writer died; the method is ALICE's (OSDI'14), in small. */
@Tag("long")
class JournalCrashTest {
    private static final Redaction NO_SECRETS = Redaction.of(Map.of(), Set.of());
    private static final List<JournalEntry> LIFE = JournalSamples.life();

    @TempDir
    Path home;

    @Test
    void everyPrefixOfItsBytesReopensToTheOldOrTheNewState() throws Exception {
        RunFolder whole = folder("whole-0a1b2c3d-1");
        writeFrom(whole, new DiskFiles(), 0);
        byte[] bytes = Files.readAllBytes(whole.journal());
        RunFolder torn = folder("torn-0a1b2c3d-1");
        Files.createDirectories(torn.path());

        int seen = 0;
        for (int length = 0; length <= bytes.length; length++) {
            Files.write(torn.journal(), java.util.Arrays.copyOf(bytes, length));
            List<JournalEntry> entries = torn.read().entries().toList();
            assertThat(entries).as("after %s bytes", length).isEqualTo(LIFE.subList(0, entries.size()));
            assertThat(entries.size()).as("after %s bytes", length).isBetween(seen, seen + 1);
            seen = entries.size();
        }
        assertThat(seen).isEqualTo(LIFE.size());
    }

    @Test
    void bytesOfALostSyncAtTheEndAreTakenForATornLine() throws Exception {
        RunFolder folder = folder("zeros-0a1b2c3d-1");
        writeFrom(folder, new DiskFiles(), 0);
        byte[] bytes = Files.readAllBytes(folder.journal());
        int lastLine = bytes.length
                - Files.readAllLines(folder.journal()).get(LIFE.size() - 1).length()
                - 1;

        java.util.Arrays.fill(bytes, lastLine, bytes.length, (byte) 0);
        Files.write(folder.journal(), bytes);

        assertThat(folder.read().entries()).containsExactlyElementsOf(LIFE.subList(0, LIFE.size() - 1));
    }

    @Test
    void aThousandRandomCrashesAndReplaysGiveTheSameHistory() {
        Random random = new Random(17);
        for (int schedule = 0; schedule < 1000; schedule++) {
            RunFolder folder = folder("schedule-0a1b2c3d-" + (schedule + 1));
            int crashes = 0;
            while (folder.read().lines().size() < LIFE.size()) {
                FaultyFiles files = crashes < 6
                        ? FaultyFiles.dying(random.nextInt(12), random.nextInt(400))
                        : FaultyFiles.dying(Integer.MAX_VALUE, 0);
                try {
                    writeFrom(folder, files, folder.read().lines().size());
                } catch (FaultyFiles.Crash e) {
                    crashes++;
                }
            }

            assertThat(folder.read().entries()).as("schedule %s", schedule).containsExactlyElementsOf(LIFE);
        }
    }

    @Test
    void everyOperationMayFailOnceWithOneClearProblemAndNoLoss() {
        for (String failure : List.of("No space left on device", "Input/output error")) {
            int faults = 0;
            for (int operation = 0; true; operation++) {
                RunFolder folder = folder("fault-" + failure.length() + "-" + operation);
                FaultyFiles files = FaultyFiles.failing(operation, failure, 30);

                FineTuneException problem =
                        catchThrowableOfType(FineTuneException.class, () -> writeFrom(folder, files, 0));
                if (!files.struck()) {
                    break;
                }

                faults++;
                assertThat(problem.problems()).hasSize(1);
                assertThat(problem.problems().get(0).code()).isEqualTo("FT0501");
                assertThat(problem.problems().get(0).remedies().get(0)).contains("FINETUNE_HOME");
                List<JournalEntry> kept = folder.read().entries().toList();
                assertThat(kept).isEqualTo(LIFE.subList(0, kept.size()));
                writeFrom(folder, new DiskFiles(), kept.size());
                assertThat(folder.read().entries()).containsExactlyElementsOf(LIFE);
            }
            assertThat(faults).isEqualTo(2 + 2 * LIFE.size());
        }
    }

    @Test
    void aWriterGoesOnAfterADiskThatWasFullHasRoomAgain() {
        RunFolder folder = folder("room-0a1b2c3d-1");
        FaultyFiles files = FaultyFiles.failing(4, "No space left on device", 25);
        try (Journal journal = Journal.open(folder, files, new VirtualClock(), NO_SECRETS)) {
            journal.append(LIFE.get(0));
            assertThat(catchThrowableOfType(FineTuneException.class, () -> journal.append(LIFE.get(1)))
                            .problems()
                            .get(0)
                            .causes())
                    .containsExactly("no space is left on the disk");

            journal.append(LIFE.get(1));
        }

        assertThat(folder.read().entries()).containsExactly(LIFE.get(0), LIFE.get(1));
    }

    private RunFolder folder(String id) {
        return new RunStore(home).folder(new dev.finetune4j.value.RunId(id));
    }

    private static void writeFrom(RunFolder folder, DurableFiles files, int from) {
        try (Journal journal = Journal.open(folder, files, new VirtualClock(), NO_SECRETS)) {
            LIFE.subList(from, LIFE.size()).forEach(journal::append);
        }
    }
}
