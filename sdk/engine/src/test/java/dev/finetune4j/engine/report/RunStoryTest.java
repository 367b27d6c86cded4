package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.JournalLine;
import dev.finetune4j.engine.journal.JournalSamples;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.run.RunCost;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The story has a chapter for whatever a journal may hold. */
class RunStoryTest {
    private static final Instant LAUNCHED = Instant.parse("2026-11-24T12:00:10Z");

    @Test
    void hasNothingBeginBeforeItsLaunch() {
        RunStory story = RunStory.of(journal(
                new JournalEntry.Submitted(JournalSamples.snapshot(RunState.QUEUED), false),
                new JournalEntry.StateSeen(RunState.STARTING, LAUNCHED.minusSeconds(1), "")));

        assertThat(story.chapters()).extracting(RunStory.Chapter::at).containsExactly(LAUNCHED, LAUNCHED);
    }

    /** As after a launch that nobody followed: its states are written down by whoever stops it. */
    @Test
    void tellsWhatWasSeenLaterInItsOrder() {
        RunStory story = RunStory.of(new JournalContent(
                List.of(
                        line(1, 0, new JournalEntry.Submitted(JournalSamples.snapshot(RunState.QUEUED), false)),
                        line(2, 40, new JournalEntry.StopAsked("finetune stop")),
                        line(3, 41, new JournalEntry.StateSeen(RunState.STARTING, LAUNCHED.plusSeconds(5), "")),
                        line(4, 41, new JournalEntry.StateSeen(RunState.TRAINING, LAUNCHED.plusSeconds(9), "")),
                        line(5, 43, new JournalEntry.StateSeen(RunState.STOPPED, LAUNCHED.plusSeconds(42), "")),
                        line(6, 43, new JournalEntry.Closed(RunState.STOPPED, null, "stopped by ann", false, null))),
                0));

        assertThat(story.chapters())
                .extracting(RunStory.Chapter::what)
                .containsExactly(
                        "launched", "starting", "training", "told to stop", "stopped", "ended: stopped by ann");
    }

    private static JournalLine line(long number, long second, JournalEntry entry) {
        return new JournalLine(number, LAUNCHED.plusSeconds(second), "", entry);
    }

    @Test
    void namesTheJobFileInWhatCanBePasted() {
        RunStory story = RunStory.of(journal(
                JournalSamples.created(),
                new JournalEntry.Closed(
                        RunState.FAILED, PlaceProblems.GONE.error("it is gone").build(), "", false, null)));

        assertThat(story.chapters().get(1).because())
                .contains("try: start another attempt: finetune launch job.yaml --again");
    }

    @Test
    void saysAtTheEndWhatWasSpent() {
        RunCost cost = new RunCost(Money.parse("0.0036 USD"), Money.parse("5 USD"), false);
        RunStory story = RunStory.of(journal(
                JournalSamples.created(),
                new JournalEntry.Closed(
                        RunState.FAILED, PlaceProblems.GONE.error("it is gone").build(), "", false, cost)));

        assertThat(story.chapters().get(1).because()).endsWith("0.0036 USD spent of the budget of 5 USD");
    }

    @Test
    void saysOnceThatAModelIsNotHostedAnyMoreAndNamesAllThatHostedIt() {
        RunStory story = RunStory.of(journal(
                JournalSamples.created(),
                new JournalEntry.HostingEnded("fake:hosted/1"),
                new JournalEntry.HostingEnded("fake:hosted/2")));

        assertThat(story.chapters())
                .endsWith(new RunStory.Chapter(
                        LAUNCHED, "its model is not hosted any more", List.of("fake:hosted/1", "fake:hosted/2")))
                .hasSize(2);
    }

    private static JournalContent journal(JournalEntry... entries) {
        List<JournalLine> lines = new ArrayList<>();
        for (JournalEntry entry : entries) {
            lines.add(new JournalLine(lines.size() + 1, LAUNCHED, "", entry));
        }
        return new JournalContent(lines, 0);
    }

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
