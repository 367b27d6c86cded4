package dev.finetune4j.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunState;
import dev.finetune4j.testkit.VirtualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Redaction NO_SECRETS = Redaction.of(Map.of(), Set.of());

    @TempDir
    Path home;

    private RunFolder folder;

    @BeforeEach
    void namesTheFolder() {
        folder = new RunStore(home).folder(JournalSamples.RUN);
    }

    @Test
    void givesBackWhatWasWritten() {
        write(JournalSamples.life());

        JournalContent content = folder.read();

        assertThat(content.entries()).containsExactlyElementsOf(JournalSamples.life());
        assertThat(content.lines())
                .extracting(JournalLine::seq)
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L);
    }

    @Test
    void isEmptyBeforeItBegins() {
        assertThat(folder.read().lines()).isEmpty();
        assertThat(RunView.of(folder.read())).isEmpty();
    }

    @Test
    void goesOnWhereItWasLeft() {
        write(JournalSamples.life().subList(0, 2));

        write(JournalSamples.life().subList(2, 5));

        assertThat(folder.read().entries())
                .containsExactlyElementsOf(JournalSamples.life().subList(0, 5));
    }

    @Test
    void staysPlainJsonLines() throws Exception {
        write(List.of(JournalSamples.created()));

        String line = Files.readString(folder.journal());

        assertThat(line)
                .matches("\\{\"crc\":\"[0-9a-f]{8}\",\"line\":\\{\"seq\":1,\"at\":\"[^\"]+\",\"entry\":\\{.*}}}\n");
    }

    @Test
    void survivesATornLastLineAndWritesOver() throws Exception {
        write(JournalSamples.life().subList(0, 2));
        Files.writeString(folder.journal(), "{\"crc\":\"00", StandardOpenOption.APPEND);

        assertThat(folder.read().lines()).hasSize(2);
        write(List.of(new JournalEntry.StopAsked("me")));

        assertThat(folder.read().entries().toList().get(2)).isEqualTo(new JournalEntry.StopAsked("me"));
    }

    @Test
    void survivesEntriesAndFieldsOfANewerVersion() throws Exception {
        write(List.of(JournalSamples.created()));
        appendRaw("{\"seq\":2,\"at\":\"2026-01-01T00:00:00Z\",\"entry\":{\"kind\":\"moved-to-mars\",\"rover\":7}}");
        appendRaw(
                "{\"seq\":3,\"at\":\"2026-01-01T00:00:00Z\",\"new\":1,\"entry\":{\"kind\":\"stop-asked\",\"by\":\"me\",\"why\":\"x\"}}");
        write(List.of(new JournalEntry.Closed(RunState.STOPPED, null, "asked", false, null)));

        JournalContent content = folder.read();

        assertThat(content.lines())
                .extracting(JournalLine::kind)
                .containsExactly("created", "moved-to-mars", "stop-asked", "closed");
        assertThat(content.lines().get(1).known()).isEmpty();
        assertThat(content.last(JournalEntry.StopAsked.class)).contains(new JournalEntry.StopAsked("me"));
        assertThat(Files.readString(folder.journal())).contains("\"rover\":7").contains("\"why\":\"x\"");
    }

    @Test
    void refusesALineThatWasAltered() throws Exception {
        write(JournalSamples.life().subList(0, 4));
        Files.writeString(folder.journal(), Files.readString(folder.journal()).replace("/data", "/date"));

        assertThatThrownBy(folder::read)
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0502")
                .hasMessageContaining("journal.jsonl:3");
    }

    @Test
    void refusesALineWithoutWhatItsKindMustHave() throws Exception {
        write(List.of(JournalSamples.created()));
        appendRaw("{\"seq\":2,\"at\":\"2026-01-01T00:00:00Z\",\"entry\":{\"kind\":\"submitted\",\"found\":false}}");
        appendRaw("{\"seq\":3,\"at\":\"2026-01-01T00:00:00Z\",\"entry\":{\"kind\":\"stop-asked\",\"by\":\"me\"}}");

        assertThatThrownBy(folder::read)
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0502")
                .hasMessageContaining("journal.jsonl:2");
    }

    /** A crash tears a line, and then its checksum is wrong: what has the right one must not be cut off. */
    @Test
    void keepsALastLineThatIsWholeAndCannotBeRead() throws Exception {
        for (String entry : List.of(
                "{\"kind\":\"submitted\",\"found\":false}",
                "{\"kind\":\"closed\",\"state\":\"on-mars\",\"why\":\"asked\"}")) {
            Files.deleteIfExists(folder.journal());
            write(List.of(JournalSamples.created()));
            appendRaw("{\"seq\":2,\"at\":\"2026-01-01T00:00:00Z\",\"entry\":" + entry + "}");
            String before = Files.readString(folder.journal());

            assertThatThrownBy(() -> write(List.of(new JournalEntry.StopAsked("me"))))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0502")
                    .hasMessageContaining("journal.jsonl:2")
                    .hasMessageContaining("has a line that this version cannot read");
            assertThat(Files.readString(folder.journal())).isEqualTo(before);
        }
    }

    @Test
    void refusesAJournalWithALineMissing() throws Exception {
        write(JournalSamples.life().subList(0, 4));
        List<String> lines = Files.readAllLines(folder.journal());
        Files.writeString(folder.journal(), lines.get(0) + "\n" + lines.get(2) + "\n" + lines.get(3) + "\n");

        assertThatThrownBy(folder::read).isInstanceOf(FineTuneException.class).hasMessageContaining("FT0502");
    }

    @Test
    void reportsAJournalThatCannotBeRead() throws Exception {
        Files.createDirectories(folder.journal());

        assertThatThrownBy(folder::read).isInstanceOf(FineTuneException.class).hasMessageContaining("FT0503");
    }

    @Test
    void reportsAHomeThatIsNoFolder() throws Exception {
        Files.writeString(home.resolve("runs"), "in the way");

        assertThatThrownBy(() -> write(JournalSamples.life()))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0501");
    }

    @Test
    void lendsTheLockToOneDriverAtATime() {
        RunLock first = RunLock.tryTake(folder, new DiskFiles()).orElseThrow();

        assertThat(RunLock.tryTake(folder, new DiskFiles())).isEmpty();
        first.close();

        assertThat(RunLock.tryTake(folder, new DiskFiles())).isPresent().get().satisfies(RunLock::close);
    }

    private void write(List<JournalEntry> entries) {
        try (Journal journal = Journal.open(folder, new DiskFiles(), new VirtualClock(), NO_SECRETS)) {
            entries.forEach(journal::append);
        }
    }

    private void appendRaw(String inner) throws Exception {
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(inner.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        String line = String.format(Locale.ROOT, "{\"crc\":\"%08x\",\"line\":%s}%n", (int) crc.getValue(), inner);
        Files.writeString(folder.journal(), line, StandardOpenOption.APPEND);
    }
}
