package dev.finetune4j.offlinecloud.learner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers come of what was learned, and of nothing else. */
class AnswerCounterTest {
    private static final List<Exchange> TICKETS = List.of(
            new Exchange("the invoice is wrong", "billing\n"),
            new Exchange("an invoice came twice", "billing\n"),
            new Exchange("my invoice, please", "billing\n"),
            new Exchange("the page does not load", "bug"),
            new Exchange("a page with an error", "bug"));

    private final AnswerCounter tuned = new AnswerCounter();

    @Test
    void answersByTheWordsOfTheQuestion() {
        tuned.learn(TICKETS);

        assertThat(tuned.answer(List.of(), "Where is the invoice of May?", 16).text())
                .isEqualTo("billing");
        assertThat(tuned.answer(List.of(), "This PAGE is broken", 16).text()).isEqualTo("bug");
        assertThat(tuned.answer(List.of(), "something else", 16).text())
                .as("what is most often right")
                .isEqualTo("billing");
    }

    @Test
    void learnsWithinAConversationAndForgetsIt() {
        AnswerCounter base = new AnswerCounter();

        assertThat(base.answer(TICKETS, "an error on the page", 16).text()).isEqualTo("bug");
        assertThat(base.answer(List.of(), "an error on the page", 16).text()).isNotEqualTo("bug");
    }

    @Test
    void goesOnByPairsWhereNothingWasLearned() {
        AnswerCounter.Said said = new AnswerCounter().answer(List.of(), "a ba ba", 16);

        assertThat(said.text()).isNotEmpty().matches("[ab ]+");
        assertThat(new AnswerCounter().answer(List.of(), "a ba ba", 16)).isEqualTo(said);
    }

    @Test
    void endsAtTheLimitAndCutsNoCharacter() {
        tuned.learn(List.of(new Exchange("q", "a\u00e4")));

        assertThat(tuned.answer(List.of(), "q", 3)).isEqualTo(new AnswerCounter.Said("a\u00e4", 3, true));
        assertThat(tuned.answer(List.of(), "q", 2)).isEqualTo(new AnswerCounter.Said("a", 2, false));
        assertThat(tuned.answer(List.of(), "q", 1)).isEqualTo(new AnswerCounter.Said("a", 1, false));
    }
}
