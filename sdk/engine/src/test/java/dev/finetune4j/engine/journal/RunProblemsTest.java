package dev.finetune4j.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RunProblemsTest {
    @Test
    void quotesPathsThatAShellWouldTakeApart() {
        Path file = Path.of("/my runs/tickets-1/journal.jsonl");
        IOException cause = new IOException("Input/output error");

        assertThat(RunProblems.unreadable(file, cause).problems().get(0).remedies())
                .containsExactly("ls -l '/my runs/tickets-1/journal.jsonl'");
        assertThat(RunProblems.unwritable(file, cause).problems().get(0).remedies())
                .contains("df -h '/my runs/tickets-1'");
    }
}
