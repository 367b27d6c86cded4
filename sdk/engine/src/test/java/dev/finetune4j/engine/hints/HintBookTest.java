package dev.finetune4j.engine.hints;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HintBookTest {
    private static final long MILLION = 1_000_000;
    private static final Set<String> KEYS =
            Set.of("training.learning-rate", "training.epochs", "training.batch-size", "method.rank");

    private final HintBook book = HintBook.shipped();

    @Test
    void everyRuleHasAReasonAndASource() {
        assertThat(book.rules()).hasSizeGreaterThan(15).allSatisfy(rule -> {
            assertThat(KEYS).contains(rule.key());
            assertThat(rule.why()).isNotBlank();
            assertThat(rule.source()).isNotBlank();
            if (!rule.source().startsWith("judgement")) {
                assertThat(rule.link()).startsWith("https://");
            }
        });
    }

    /** Whatever the data and the model, there is a hint for each setting that a method has. */
    @Test
    void everyJobHasAHintForEachOfItsSettings() {
        for (long rows : new long[] {1, 150, 800, 3000, 20_000, 1_000_000}) {
            for (long parameters : new long[] {0, 135 * MILLION, 8000 * MILLION, 70_000 * MILLION}) {
                for (String method : List.of("lora", "qlora", "full", "prompt-tuning", "prefix-tuning")) {
                    assertThat(keys(method, true, rows, parameters))
                            .as(method + " " + rows + " " + parameters)
                            .containsAll(
                                    method.endsWith("lora")
                                            ? KEYS
                                            : Set.of(
                                                    "training.learning-rate",
                                                    "training.epochs",
                                                    "training.batch-size"));
                }
                assertThat(keys("full", false, rows, parameters)).hasSize(3);
                assertThat(keys("head", false, rows, parameters)).hasSize(3);
            }
        }
    }

    @Test
    void largerModelsTakeSmallerStepsAndMoreRowsFewerPasses() {
        assertThat(List.of(135 * MILLION, 8000 * MILLION, 70_000 * MILLION))
                .extracting(parameters -> value("training.learning-rate", "lora", 500, parameters))
                .containsExactly(1e-3, 2e-4, 1e-4);
        assertThat(value("training.learning-rate", "lora", 500, 0))
                .as("size unknown")
                .isEqualTo(2e-4);
        assertThat(List.of(100L, 500L, 3000L, 50_000L))
                .extracting(rows -> value("training.epochs", "lora", rows, 0))
                .containsExactly(10.0, 5.0, 2.0, 1.0);
    }

    private double value(String key, String method, long rows, long parameters) {
        return first(key, method, true, rows, parameters).orElseThrow().value();
    }

    private Set<String> keys(String method, boolean speaks, long rows, long parameters) {
        return KEYS.stream()
                .filter(key -> first(key, method, speaks, rows, parameters).isPresent())
                .collect(Collectors.toSet());
    }

    private Optional<HintRule> first(String key, String method, boolean speaks, long rows, long parameters) {
        return book.rules().stream()
                .filter(rule -> rule.key().equals(key) && rule.applies(method, speaks, rows, parameters))
                .findFirst();
    }
}
