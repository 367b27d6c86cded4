package dev.finetune4j.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal is the old or the new one after a power failure at any operation, whatever the disk wrote first of what was not synced. */
@Tag("long")
class JournalPowerLossTest {
    private static final List<JournalEntry> LIFE = JournalSamples.life();

    @TempDir
    Path home;

    @Test
    void everyOrderThatTheDiskMayWriteInLeavesTheOldOrTheNewJournal() throws Exception {
        RunFolder folder = folder("life-0a1b2c3d-1");
        PowerLoss power = new PowerLoss();
        append(folder, power, LIFE);

        int contents = 0;
        for (int operations = 0; operations <= power.operations(); operations++) {
            int done = power.syncs(operations);
            for (byte[] content : power.contents(operations)) {
                assertThat(entries(content))
                        .isIn(LIFE.subList(0, done), LIFE.subList(0, Math.min(done + 1, LIFE.size())));
                contents++;
            }
        }
        assertThat(contents).isGreaterThan(500);
    }

    @Test
    void aSecondPowerFailureWhileTheFirstIsMendedLeavesTheOldOrTheNewJournal() throws Exception {
        RunFolder folder = folder("first-0a1b2c3d-1");
        append(folder, new DiskFiles(), LIFE.subList(0, 4));
        PowerLoss first = new PowerLoss();
        append(folder, first, LIFE.subList(4, 5));

        JournalEntry shorter = new JournalEntry.StopAsked("somebody ".repeat(15)); // ends within what the first left
        int contents = 0;
        for (byte[] torn : first.contents(1)) {
            RunFolder again = folder("second-0a1b2c3d-1");
            Files.createDirectories(again.path());
            Files.write(again.journal(), torn);
            List<JournalEntry> old = again.read().entries().toList();
            List<JournalEntry> changed = new ArrayList<>(old);
            changed.add(shorter);
            PowerLoss second = new PowerLoss();
            append(again, second, List.of(shorter));
            for (int operations = 0; operations <= second.operations(); operations++) {
                for (byte[] content : second.contents(operations)) {
                    assertThat(entries(content)).isIn(old, changed);
                    contents++;
                }
            }
        }
        assertThat(contents).isGreaterThan(100);
    }

    private List<JournalEntry> entries(byte[] content) throws IOException {
        RunFolder left = folder("left-0a1b2c3d-1");
        Files.createDirectories(left.path());
        Files.write(left.journal(), content);
        return left.read().entries().toList();
    }

    private RunFolder folder(String id) {
        return new RunStore(home).folder(new RunId(id));
    }

    private static void append(RunFolder folder, DurableFiles files, List<JournalEntry> entries) {
        try (Journal journal = Journal.open(folder, files, new VirtualClock(), Redaction.of(Map.of(), Set.of()))) {
            entries.forEach(journal::append);
        }
    }
}
