package dev.finetune4j.training.predict;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SharedPrefixTest {
    @Test
    void isWhatAllPromptsBeginWith() {
        SharedPrefix prefix = new SharedPrefix();

        prefix.add(new int[] {1, 2, 3, 4});
        prefix.add(new int[] {1, 2, 3, 5, 6});
        prefix.add(new int[] {1, 2, 7});

        assertThat(prefix.tokens()).containsExactly(1, 2);
    }

    @Test
    void leavesAtLeastOneTokenOfTheShortestPrompt() {
        SharedPrefix prefix = new SharedPrefix();

        prefix.add(new int[] {1, 2, 3, 4});
        prefix.add(new int[] {1, 2});

        assertThat(prefix.tokens()).containsExactly(1);
    }

    @Test
    void isEmptyWithoutPromptsOrWithNothingInCommon() {
        SharedPrefix prefix = new SharedPrefix();
        assertThat(prefix.tokens()).isEmpty();

        prefix.add(new int[] {1, 2});
        prefix.add(new int[] {2, 2});

        assertThat(prefix.tokens()).isEmpty();
    }
}
