package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.journal.JournalEntry;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The story has a chapter for whatever a journal may hold. */
class RunStoryTest {
    /** Grows with {@link JournalEntry}; the stories themselves are told in MovedRunTest. */
    @Test
    void knowsEveryKindOfEntry() {
        Set<String> kinds = Arrays.stream(JournalEntry.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .collect(Collectors.toSet());

        assertThat(kinds)
                .containsExactlyInAnyOrder(
                        "Created",
                        "Renewed",
                        "Prepared",
                        "Expected",
                        "Agreed",
                        "Moved",
                        "Intent",
                        "Submitted",
                        "StateSeen",
                        "StopAsked",
                        "ResumeAsked",
                        "Reopened",
                        "Fetched",
                        "EvaluationDone",
                        "ReportWritten",
                        "HostAsked",
                        "Hosted",
                        "HostingEnded",
                        "Closed");
    }
}
