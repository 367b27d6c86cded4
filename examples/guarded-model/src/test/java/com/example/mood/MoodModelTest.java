package com.example.mood;

import static dev.finetune4j.junit.FineTuneAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.junit.FineTune;
import dev.finetune4j.junit.FineTunedRun;
import dev.finetune4j.junit.Margin;
import dev.finetune4j.junit.TunedModel;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

@FineTune("mood/mood.yaml")
class MoodModelTest {
    @Test
    void isWorthItsTraining(FineTunedRun run) {
        assertThat(run).hasNoDataProblems().beatsBase().tookAtMost(Duration.ofMinutes(15));
    }

    @Test
    void isNoWorseThanWhenWeLastLooked(FineTunedRun run) {
        assertThat(run).isNoWorseThanBaseline(Margin.of(0.15).andRows(8)); // processors round differently
    }

    @Test
    void tellsPraiseFromBlame(TunedModel tuned) {
        var answer = tuned.predict(Map.of("text", "The sound is excellent and it looks great.", "mood", "praise"));

        assertEquals("praise", answer.answer());
    }
}
