package dev.finetune4j.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Many problems of one sort are told as one. */
class ProblemGroupTest {
    private static final ProblemKind EMPTY =
            new ProblemKind("FT0999", "empty answer", ExitCode.INVALID, "The answer is empty.", "fill it");

    private final ProblemGroup group = new ProblemGroup();

    @Test
    void tellsAFewOneByOne() {
        add(1, "the answer is empty");
        add(2, "the answer is empty");
        add(3, "the answer is empty");

        assertThat(group.told()).hasSize(3);
        assertThat(group.told()).extracting(Problem::summary).containsOnly("the answer is empty");
    }

    @Test
    void tellsManyAsOneWithTheFirstPlaces() {
        for (int row = 1; row <= 1234; row++) {
            add(2L * row, "the answer is empty");
        }

        assertThat(group.told()).singleElement().satisfies(problem -> {
            assertThat(problem.summary()).isEqualTo("empty answer, 1,234 times");
            assertThat(problem.location()).isEqualTo(new Location.InRow("rows.jsonl", 2, null));
            assertThat(problem.causes())
                    .containsExactly("the answer is empty: row 2, row 4, row 6, row 8, row 10, and 1,229 more");
            assertThat(problem.remedies()).containsExactly("fill it");
        });
        assertThat(group.count()).isEqualTo(1234);
    }

    @Test
    void saysOnceWhatIsAlikeAndOfEachWhatIsItsOwn() {
        for (int row = 1; row <= 6; row++) {
            String label = "label \"l" + row + "\" is not known";
            String length = "it has " + row + " words";
            group.add(problem(row, label).because("known: a, b").because(length).remedy("labels: [a, b]")::build);
        }

        assertThat(group.told().get(0).causes())
                .containsExactly(
                        "row 1: label \"l1\" is not known (it has 1 words)",
                        "row 2: label \"l2\" is not known (it has 2 words)",
                        "row 3: label \"l3\" is not known (it has 3 words)",
                        "row 4: label \"l4\" is not known (it has 4 words)",
                        "row 5: label \"l5\" is not known (it has 5 words)",
                        "and 1 more",
                        "known: a, b");
        assertThat(group.told().get(0).remedies()).containsExactly("labels: [a, b]");
    }

    @Test
    void namesTheFilesWhereThereAreSeveral() {
        for (String file : List.of("a.jsonl", "b.jsonl", "c.jsonl", "d.jsonl")) {
            group.add(EMPTY.error("the answer is empty").at(new Location.InFile(file, 7, 1, null))::build);
        }

        assertThat(group.told().get(0).causes())
                .containsExactly("the answer is empty: a.jsonl:7:1, b.jsonl:7:1, c.jsonl:7:1, d.jsonl:7:1");
    }

    @Test
    void keepsTheSpansOfWhatMustNotBeShown() {
        for (int row = 4; row >= 1; row--) {
            group.add(EMPTY.error("a key").at(new Location.InRow("rows.jsonl", row, "text", 7, 27))::build);
        }

        assertThat(group.told().get(0).causes())
                .containsExactly("a key: row 1 text[7..27), row 2 text[7..27), row 3 text[7..27), row 4 text[7..27)");
    }

    private void add(long row, String summary) {
        group.add(problem(row, summary)::build);
    }

    private static Problem.Builder problem(long row, String summary) {
        return EMPTY.error(summary).at(new Location.InRow("rows.jsonl", row, null));
    }
}
