package dev.finetune4j.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.check.RowPair.Relation;
import dev.finetune4j.engine.check.privacy.PrivacyScanner;
import dev.finetune4j.engine.check.tokens.SpecialTokens;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.job.TaskKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeenRowsTest {
    private static final int TRAINED = 4_000;
    private static final int ASKED = 200;
    private static final int MANY = 40_000;

    private final SplittableRandom random = new SplittableRandom(23);

    @Test
    void findsWhatATableOfBothFinds() {
        List<Example> trained = trained();
        List<Example> asked = asked(trained);
        for (TaskKind kind : List.of(TaskKind.SENTIMENT, TaskKind.CHAT)) {
            List<String> seen = words(
                    SeenRows.compared(asked::stream, trained::stream, kind, 2).seen());

            assertThat(seen).as(kind.name()).isEqualTo(ofTable(asked, trained, kind));
            assertThat(seen)
                    .hasSizeGreaterThan(ASKED / 3)
                    .anyMatch(pair -> pair.endsWith(" 1.0"))
                    .anyMatch(pair -> pair.contains(" 0."));
        }
    }

    @Test
    void keepsTheAskedTextsAloneAndComparesFewPairs() {
        List<Example> trained = trained();
        List<Example> asked = asked(trained);

        AskedRows rows = SeenRows.compared(asked::stream, trained::stream, TaskKind.CHAT, 2);

        assertThat(rows.size()).isEqualTo(ASKED);
        assertThat(rows.texts()).isEqualTo((int) asked.stream()
                .map(row -> ComparedText.of(row, TaskKind.CHAT))
                .distinct()
                .count());
        assertThat(rows.comparisons()).isLessThan(20 * ASKED);
    }

    @Test
    void comparesNoTextWithMoreRowsThanItsLimitButStillFindsACopy() {
        List<String> words = List.of(sentence().split(" ")).subList(0, 30);
        List<Example> trained = parts(words);
        Example asked = passage(1, String.join(" ", words));
        trained.add(passage(MANY + 1, String.join(" ", words)));

        AskedRows rows = SeenRows.compared(List.of(asked)::stream, trained::stream, TaskKind.GENERATION, 2);

        assertThat(rows.comparisons()).isEqualTo(AskedRows.COMPARISONS);
        assertThat(rows.unsearched()).isZero();
        assertThat(rows.seen())
                .singleElement()
                .satisfies(pair -> assertThat(pair.other().row()).isEqualTo(MANY + 1));
    }

    @Test
    void tellsOfATextThatWasNotComparedWithAllThatResembleIt() {
        List<String> words = List.of(sentence().split(" ")).subList(0, 30);
        List<Example> trained = parts(words);
        Example halfAlike = passage(1, String.join(" ", words));
        Example other = passage(2, sentence());
        Example repeated = passage(3, sentence());

        assertThat(among(List.of(other), trained)).isEmpty();
        assertThat(among(List.of(halfAlike, other), trained)).hasValueSatisfying(note -> {
            assertThat(note.kind()).isEqualTo(CheckProblems.UNSEARCHED);
            assertThat(note.severity()).isEqualTo(Severity.NOTE);
            assertThat(note.summary())
                    .isEqualTo(
                            "1 of 2 rows (50.0 %) is not compared with every training row that resembles it, only with"
                                    + " 1,000 of them");
        });

        trained.add(passage(MANY + 1, ((Example.Passage) repeated).text()));
        assertThat(among(List.of(halfAlike, repeated), trained)).hasValueSatisfying(warning -> {
            assertThat(warning.kind()).isEqualTo(CheckProblems.OVERLAP);
            assertThat(warning.causes())
                    .anyMatch(cause -> cause.startsWith("1 of 2 rows (50.0 %) is not compared with"));
        });
    }

    private static Optional<Problem> among(List<Example> asked, List<Example> trained) {
        return SeenRows.among(asked::stream, trained::stream, TaskKind.GENERATION, 2);
    }

    /** Parts of a text, whose word pairs are all known and which are no near copies. */
    private List<Example> parts(List<String> words) {
        List<Example> parts = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            boolean isForTemplate = i < 200; // else what all parts share would be taken for one
            String part = String.join(" ", words.subList(i % 8, i % 8 + 23));
            parts.add(passage(i + 1, isForTemplate ? sentence() : part));
        }
        return parts;
    }

    /** In the way that the check of a job goes, which keeps something of every row. */
    private static List<String> ofTable(List<Example> asked, List<Example> trained, TaskKind kind) {
        RowInspector inspector = new RowInspector(
                kind,
                DatasetCheck.template(trained::stream, kind),
                SpecialTokens.of(new WordCodec(64)),
                PrivacyScanner.of(Set.of()));
        RowTable table = new RowTable();
        trained.forEach(row -> table.add(Part.TRAIN, inspector.inspect(row)));
        asked.forEach(row -> table.add(Part.TEST, inspector.inspect(row)));
        return words(RepeatedRows.of(table).pairs(Relation.OVERLAP, Integer.MAX_VALUE));
    }

    private static List<String> words(List<RowPair> pairs) {
        return pairs.stream()
                .map(pair -> pair.part() + " " + pair.row() + ", " + pair.otherPart() + " " + pair.other() + " "
                        + (float) pair.similarity())
                .toList();
    }

    /** Some of them say the same as an earlier one, or nearly. */
    private List<Example> trained() {
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < TRAINED; i++) {
            String text = i % 10 == 9 ? like(rows) : sentence();
            rows.add(row("trained.jsonl", i + 1, text));
        }
        return rows;
    }

    /** New ones, and such that say the same as a training row or an asked one, or nearly. */
    private List<Example> asked(List<Example> trained) {
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < ASKED; i++) {
            String text = switch (i % 4) {
                case 0, 1 -> sentence();
                case 2 -> like(trained);
                default -> i % 8 == 3 ? like(rows) : like(trained);
            };
            rows.add(row("asked.jsonl", i + 1, text));
        }
        rows.set(ASKED - 4, row("asked.jsonl", ASKED - 3, "..."));
        return rows;
    }

    /** The text of one of these, that in other letters, or that with a word changed. */
    private String like(List<Example> rows) {
        Example.Conversation row = (Example.Conversation) rows.get(random.nextInt(rows.size()));
        String said = row.prompt().get(0).content();
        String text = said.substring(said.indexOf('\n') + 1);
        return switch (random.nextInt(3)) {
            case 0 -> text;
            case 1 -> text.toUpperCase(Locale.ROOT) + "!";
            default -> text.replaceFirst(" \\w+ ", " changed ");
        };
    }

    private String sentence() {
        return IntStream.range(0, 30 + random.nextInt(10))
                .mapToObj(i -> "w" + random.nextInt(3_000))
                .collect(Collectors.joining(" "));
    }

    private Example row(String source, long number, String text) {
        String label = random.nextInt(2) == 0 ? "calm" : "angry";
        return new Example.Conversation(
                new RowRef(source, number),
                List.of(
                        new Message(Role.USER, "How does the writer feel?\n" + text),
                        new Message(Role.ASSISTANT, label)),
                label);
    }

    private static Example passage(long number, String text) {
        return new Example.Passage(new RowRef("rows.txt", number), text);
    }
}
