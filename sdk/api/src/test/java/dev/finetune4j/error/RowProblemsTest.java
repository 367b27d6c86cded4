package dev.finetune4j.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowProblemsTest {
    private static final ProblemKind KIND =
            new ProblemKind("FT9999", "a row is wrong", ExitCode.INVALID, "Rows can be wrong.", "mend it");

    private final RowProblems rows = new RowProblems(KIND, Location.of("train.jsonl"));

    private void add(int errors, int warnings) {
        IntStream.range(0, warnings)
                .forEach(row -> rows.add(KIND.warning("row " + row).build()));
        IntStream.range(0, errors)
                .forEach(row -> rows.add(KIND.error("row " + row).build()));
    }

    @Test
    void tellsNothingOfGoodRows() {
        assertThat(rows.told()).isEmpty();
    }

    @Test
    void tellsTwentyOneByOneAndCountsTheOthers() {
        add(RowProblems.MOST_TOLD + 5, 0);

        assertThat(rows.told()).hasSize(RowProblems.MOST_TOLD + 1).allMatch(Problem::isError);
        assertThat(rows.told().get(RowProblems.MOST_TOLD)).satisfies(last -> {
            assertThat(last.summary()).isEqualTo("5 further rows are alike");
            assertThat(last.place()).contains(Location.of("train.jsonl"));
        });
    }

    /** Or what a service would refuse would be sent to it. */
    @Test
    void leavesNoErrorOutForWarningsThatCameBefore() {
        add(1, RowProblems.MOST_TOLD + 1);

        assertThat(rows.told()).hasSize(RowProblems.MOST_TOLD + 2);
        assertThat(rows.told().get(0).isError()).isTrue();
        assertThat(rows.told().get(RowProblems.MOST_TOLD + 1).summary()).isEqualTo("1 further row is alike");
        assertThat(rows.told().stream().filter(Problem::isError)).hasSize(1);
    }
}
