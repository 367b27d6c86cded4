package dev.finetune4j.offlinecloud.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class BigramLearnerTest {
    private static final List<String> TEXTS = List.of("billing", "bug");

    private final BigramLearner learner = new BigramLearner();

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(learner.loss(TEXTS)).isEqualTo(Math.log(256), within(1e-9));
        assertThat(learner.accuracy(TEXTS)).isZero();
        assertThat(learner.loss(List.of(""))).isZero();
        assertThat(learner.accuracy(List.of(""))).isZero();
    }

    @Test
    void whatWasLearnedIsLessOfASurpriseAndMoreOftenRight() {
        learner.learn(List.of("ab", "ab", "ac"));

        assertThat(learner.surprise("ab")).isLessThan(learner.surprise("ac"));
        assertThat(learner.accuracy(List.of("ab"))).isEqualTo(1);
        assertThat(learner.accuracy(List.of("ac"))).isEqualTo(0.5);
        assertThat(learner.accuracy(List.of("xy"))).isZero();
        learner.learn(List.of("ac"));
        assertThat(learner.accuracy(List.of("ab")))
                .as("of two that are equally likely the lower one")
                .isEqualTo(1);
    }
}
