package dev.finetune4j.training.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabelScorerTest {
    @Test
    void givesTheScoresOfTheSameLabelsInAnotherOrder() {
        LabelScorer scorer = texts -> List.of(new double[] {-1, -2, -3}, new double[] {-4, -5, -6});

        List<double[]> scores = scorer.inOrder(List.of("a", "b", "c"), List.of("c", "a", "b"))
                .labelScores(List.of(new int[] {1}, new int[] {2}));

        assertThat(scores).containsExactly(new double[] {-3, -1, -2}, new double[] {-6, -4, -5});
    }
}
