package dev.finetune4j.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.WorkStep.Predict;
import org.junit.jupiter.api.Test;

class SideBySideTest {
    @Test
    void eachTextTakesTheRoomOfTheLongest() {
        SideBySide texts = new SideBySide(100);

        assertThat(texts.take(30)).isTrue();
        assertThat(texts.take(50)).isTrue();
        assertThat(texts.take(1)).as("three times 50").isFalse();
    }

    @Test
    void whatWasNotTakenLeavesTheOthersTheirRoom() {
        SideBySide texts = new SideBySide(100);

        assertThat(texts.take(30)).isTrue();
        assertThat(texts.take(51)).isFalse();
        assertThat(texts.take(30)).isTrue();
    }

    @Test
    void theFirstTextIsTakenHoweverLong() {
        SideBySide texts = new SideBySide(100);

        assertThat(texts.take(101)).isTrue();
        assertThat(texts.take(0)).isFalse();
    }

    @Test
    void noMoreThanTheMostAreTakenHoweverShort() {
        SideBySide texts = new SideBySide(100);

        for (int i = 0; i < Predict.MOST_ROWS_BESIDE; i++) {
            assertThat(texts.take(0)).isTrue();
        }
        assertThat(texts.take(0)).isFalse();
    }
}
