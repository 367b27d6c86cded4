package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ShellWordTest {
    @Test
    void quotesWhatAShellWouldTakeApart() {
        assertThat(ShellWord.of("rows-1.jsonl")).isEqualTo("rows-1.jsonl");
        assertThat(ShellWord.of("my rows.jsonl")).isEqualTo("'my rows.jsonl'");
        assertThat(ShellWord.of("it's")).isEqualTo("'it'\\''s'");
    }

    @Test
    void aFileIsFoundFromTheWorkingDirectory() {
        Path here = Path.of("").toAbsolutePath();

        assertThat(ShellWord.of(here.resolve("jobs/../data/rows.jsonl"))).isEqualTo("data/rows.jsonl");
        assertThat(ShellWord.of(here)).isEqualTo(".");
        assertThat(ShellWord.of(Path.of("data/my rows.jsonl"))).isEqualTo("'data/my rows.jsonl'");
        assertThat(ShellWord.of(here.resolve("../rows.jsonl")))
                .isEqualTo(ShellWord.of(here.resolveSibling("rows.jsonl").toString()));
    }
}
