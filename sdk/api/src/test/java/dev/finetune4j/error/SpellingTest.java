package dev.finetune4j.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {
    @Test
    void findsNothingWhereNothingIsNear() {
        assertThat(Spelling.nearest("", List.of("a"))).isEmpty();
        assertThat(Spelling.nearest("x".repeat(200), List.of("a"))).isEmpty();
        assertThat(Spelling.nearest("ukwest", List.of("uksouth", "westeurope"))).isEmpty();
    }

    @Test
    void putsTheMostAlikeFirst() {
        List<String> regions = List.of("uksouth", "us-east-2", "us-east-1", "westeurope");

        assertThat(Spelling.nearest("US-East", regions, 2)).containsExactly("us-east-1", "us-east-2");
        assertThat(Spelling.nearest("", regions, 9)).hasSize(4);
    }

    @Test
    void aWordInAnotherCaseIsTheWord() {
        List<String> models = List.of("qwen2.5-72b-instruct", "qwen2.5-7b-instruct", "smollm2-135m", "smol-lm2-136m");

        assertThat(Spelling.nearest("Qwen2.5-7B-Instruct", models)).contains("qwen2.5-7b-instruct");
        assertThat(Spelling.nearest(" SmolLM2-135M", models)).contains("smollm2-135m");
        assertThat(Spelling.nearest("SmolLM2-135M", models, 1)).containsExactly("smollm2-135m");
    }

    @Test
    void aCapitalBeginsAWordAfterASmallLetterAndNotAfterADigit() {
        assertThat(Spelling.normalize("batchSize")).isEqualTo("batch-size");
        assertThat(Spelling.normalize("7B_Instruct")).isEqualTo("7b-instruct");
    }

    @Test
    void countsASwapOfNeighboursAsOneEdit() {
        assertThat(Spelling.distance("modle", "model")).isEqualTo(1);
        assertThat(Spelling.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Spelling.nearest("LOCAL", List.of("local", "bedrock"))).contains("local");
    }
}
