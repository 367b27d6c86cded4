package dev.finetune4j.worker.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.spi.EventPage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventReaderTest {
    @TempDir
    private Path root;

    private JobFolder folder;
    private EventReader reader;

    @BeforeEach
    void open() {
        folder = new JobFolder(root);
        reader = new EventReader(folder);
    }

    @Test
    void aLineThatIsStillBeingWrittenIsLeftForTheNextCall() throws Exception {
        String line = Json.line(resumed(2));
        append(Json.line(resumed(1)) + "\n" + line.substring(0, 10));

        EventPage first = reader.after(EventPage.START);
        EventPage nothing = reader.after(first.next());
        append(line.substring(10) + "\n");
        EventPage second = reader.after(nothing.next());

        assertThat(first.events()).containsExactly(resumed(1));
        assertThat(nothing.events()).isEmpty();
        assertThat(second.events()).containsExactly(resumed(2));
    }

    @Test
    void unknownKindsArePassedOver() throws Exception {
        append("{\"kind\":\"of-a-later-version\",\"at\":\"2030-01-01T00:00:00Z\"}\n" + Json.line(resumed(1)) + "\n");

        assertThat(reader.after(EventPage.START).events()).containsExactly(resumed(1));
    }

    @Test
    void aLineThatIsNoEventIsPassedOver() throws Exception {
        append("null\u0000\n" + Json.line(resumed(1)) + "\n");

        assertThat(reader.after(EventPage.START).events()).containsExactly(resumed(1));
    }

    @Test
    void manyEventsComeInPages() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int step = 0; step < 40_000; step++) {
            lines.add(Json.line(resumed(step)));
        }
        Files.write(folder.events(), lines);

        assertThat(reader.all()).hasSize(40_000).last().isEqualTo(resumed(39_999));
        assertThat(reader.after(EventPage.START).events()).hasSizeLessThan(40_000);
    }

    @Test
    void cursorsThatPointIntoNoLineAreRefused() throws Exception {
        append(Json.line(resumed(1)) + "\n");

        for (String cursor : List.of("x", "-1", "0", "3", "99999999")) {
            assertThatThrownBy(() -> reader.after(cursor))
                    .as(cursor)
                    .hasMessageContaining("FT0653: the cursor " + cursor);
        }
    }

    @Test
    void withoutEventsThereIsNothingNew() {
        assertThat(reader.after(EventPage.START)).isEqualTo(new EventPage(List.of(), EventPage.START));
        assertThatThrownBy(() -> reader.after("12")).hasMessageContaining("FT0653");
    }

    @Test
    void halfALineOfAKilledWorkerIsRemovedBeforeTheNextEvent() throws Exception {
        append(Json.line(resumed(1)) + "\n{\"kind\":\"resu");

        try (EventLog log = EventLog.open(folder)) {
            log.accept(resumed(2));
        }

        assertThat(reader.all()).containsExactly(resumed(1), resumed(2));
    }

    private void append(String text) throws Exception {
        Files.writeString(folder.events(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static RunEvent resumed(int step) {
        return new RunEvent.Resumed(Instant.EPOCH, step);
    }
}
