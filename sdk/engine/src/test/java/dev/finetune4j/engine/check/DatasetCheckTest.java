package dev.finetune4j.engine.check;

import static dev.finetune4j.data.Part.TEST;
import static dev.finetune4j.data.Part.TRAIN;
import static dev.finetune4j.data.Part.VALIDATION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.engine.check.RowPair.Relation;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.job.CheckSpec;
import dev.finetune4j.job.CheckSpec.Finding;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.SourceSpec;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.CodecBehindVirtualTokens;
import dev.finetune4j.spi.TextCodec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DatasetCheckTest {
    private static final TaskSpec MOODS = TaskSpec.of(TaskKind.SENTIMENT).withLabels(List.of("good", "bad"));
    private static final CheckSpec LENIENT = new CheckSpec(0.3, 0.05, 0.2, 0, 1, Finding.ERROR, Finding.WARNING);
    private static final DataSpec FILE = DataSpec.ofFile("rows.jsonl");

    private final WordCodec codec = new WordCodec(64);

    @Test
    void findsNothingInCleanRows() {
        DatasetCheckReport report = check(MOODS, LENIENT, tested());

        assertThat(report.problems()).isEmpty();
        assertThat(report.hasErrors()).isFalse();
        assertThat(report.profile().rowsByPart()).containsEntry(TRAIN, 3L).containsEntry(TEST, 2L);
        assertThat(report.profile().rowsByLabel()).containsExactly(Map.entry("good", 2L), Map.entry("bad", 1L));
        assertThat(report.profile().tokenizedShare()).isEqualTo(1);
        assertThat(report.profile().digest()).isEqualTo("d1");
    }

    @Test
    void passesOnWhatTheModelsTextSideHasToSay() {
        Problem note = WordCodec.REFUSAL
                .warning("the tokenizer may be that of another model")
                .build();
        WordCodec doubtful = new WordCodec(64, List.of(note), List.of());

        DatasetCheckReport report =
                new DatasetCheck(MOODS, LENIENT, 0, 8, 17, doubtful, 2, FILE).inspect(tested().parts());

        assertThat(report.problems()).containsExactly(note);
    }

    /** No template takes part where passages are tokenized. */
    @Test
    void passesOnWhatTheTextSideHasToSayOfConversationsWhereRowsAreSome() {
        Problem ofAll = WordCodec.REFUSAL
                .warning("the tokenizer may be that of another model")
                .build();
        Problem ofConversations =
                WordCodec.REFUSAL.warning("the template ends no answer").build();
        TextCodec doubtful =
                new CodecBehindVirtualTokens(new WordCodec(64, List.of(ofAll), List.of(ofConversations)), 4);
        DatasetCheck check = new DatasetCheck(TaskSpec.of(TaskKind.CHAT), LENIENT, 0, 8, 17, doubtful, 2, FILE);
        DatasetParts passages = new Rows().passage(TRAIN, "one passage").parts();

        assertThat(check.inspect(clean().parts()).problems())
                .filteredOn(problem -> problem.kind().equals(WordCodec.REFUSAL))
                .containsExactly(ofAll, ofConversations);
        assertThat(check.inspect(new DatasetParts(passages.rows(), "text", "d1"))
                        .problems())
                .filteredOn(problem -> problem.kind().equals(WordCodec.REFUSAL))
                .containsExactly(ofAll);
    }

    @Test
    void asksForTrainingRows() {
        DatasetCheckReport report =
                check(TaskSpec.of(TaskKind.CHAT), LENIENT, new Rows().answered(VALIDATION, "one", "two"));

        assertThat(codes(report)).containsExactly("FT0301", "FT0302");
        assertThat(report.hasErrors()).isTrue();
    }

    @Test
    void reportsEmptyTextsByRowAndField() {
        Rows rows = clean().labelled(TRAIN, " \n", "good").answered(TRAIN, "a question", "\t");

        DatasetCheckReport report = check(MOODS, LENIENT, rows);

        assertThat(problem(report, "FT0303").location())
                .isEqualTo(new Location.InRow("rows.jsonl", 5, "messages[0].content"));
        assertThat(problem(report, "FT0304").location())
                .isEqualTo(new Location.InRow("rows.jsonl", 6, "messages[1].content"));
        assertThat(problem(report, "FT0303").isError()).isTrue();
    }

    @Test
    void toleratesTheShareOfBrokenRowsThatTheJobAllows() {
        Rows rows = clean().labelled(TRAIN, "", "good");
        CheckSpec aFifth = new CheckSpec(0.3, 0.05, 0.2, 0.2, 1, Finding.ERROR, Finding.WARNING);

        DatasetCheckReport report = check(MOODS, aFifth, rows);

        assertThat(problem(report, "FT0303").severity()).isEqualTo(Severity.WARNING);
        assertThat(report.hasErrors()).isFalse();
    }

    @Test
    void refusesLabelsOutsideTheList() {
        DatasetCheckReport report = check(MOODS, LENIENT, clean().labelled(TEST, "so so, I should say", "middling"));

        Problem unknown = problem(report, "FT0305");
        assertThat(unknown.summary()).isEqualTo("label \"middling\" is not one of the task's 2 labels");
        assertThat(unknown.causes()).containsExactly("labels: good, bad");
        assertThat(unknown.location()).isEqualTo(new Location.InRow("rows.jsonl", 5, null));
    }

    @Test
    void tellsOfAllRareLabelsAtOnce() {
        Rows rows = clean();
        for (char name = 'a'; name <= 'l'; name++) {
            rows.labelled(TRAIN, "a word of its own for " + name, "rare-" + name);
        }

        Problem rare = problem(check(TaskSpec.of(TaskKind.CLASSIFICATION), CheckSpec.defaults(), rows), "FT0306");

        assertThat(rare.summary()).isEqualTo("13 labels have fewer than 2 training rows");
        assertThat(rare.isError()).isFalse();
        assertThat(rare.causes().get(0))
                .startsWith("training rows: \"bad\" 1, \"rare-a\" 1")
                .endsWith(", and 3 more labels");
        assertThat(rare.remedies()).containsExactly("add rows of those labels, or merge each with a related one");

        CheckSpec strict = CheckSpec.builder().minRowsPerLabel(2).build();
        Problem refused = problem(check(TaskSpec.of(TaskKind.CLASSIFICATION), strict, rows), "FT0306");

        assertThat(refused.isError()).isTrue();
        assertThat(refused.remedies().get(0)).isEqualTo("check.min-rows-per-label: 1");
    }

    @Test
    void countsTrainingRowsOfEachLabelAlsoOfThoseThatHaveNone() {
        TaskSpec three = MOODS.withLabels(List.of("good", "bad", "ugly"));

        DatasetCheckReport report = check(three, LENIENT, clean());

        assertThat(problem(report, "FT0306").summary()).isEqualTo("label \"ugly\" has 0 training rows");
        LabelBalance balance = Objects.requireNonNull(report.balance());
        assertThat(balance).isEqualTo(new LabelBalance(2, "good", 2 / 3.0, "bad", 1 / 3.0, balance.evenness()));
        assertThat(balance.evenness()).isBetween(0.91, 0.92);
    }

    @Test
    void warnsOfLabelsThatNoTestRowHas() {
        Problem untested = problem(check(MOODS.withLabels(List.of("good", "bad", "ugly")), LENIENT, clean()), "FT0309");

        assertThat(untested.isError()).isFalse();
        assertThat(untested.summary()).isEqualTo("2 of 3 labels have no test row");
        assertThat(untested.causes()).first().isEqualTo("\"good\", \"ugly\"");
        assertThat(untested.remedies()).containsExactly("add rows of those labels");
        assertThat(codes(check(
                        MOODS,
                        LENIENT,
                        new Rows().labelled(TRAIN, "a view", "good").labelled(TRAIN, "a smell", "bad"))))
                .as("without test rows at all")
                .contains("FT0302")
                .doesNotContain("FT0309");
    }

    @Test
    void proposesTestRowsOfAllLabelsWhereTheJobAllowsFewer() {
        TaskSpec three = MOODS.withLabels(List.of("good", "bad", "ugly"));
        SplitSpec oneRow = SplitSpec.builder().testRows(1).build();

        Problem capped = problem(
                new DatasetCheck(three, LENIENT, 0, 8, 17, codec, 2, FILE.withSplit(oneRow)).inspect(clean().parts()),
                "FT0309");

        assertThat(capped.causes()).last().isEqualTo("data.split.test-rows allows 1 test row");
        assertThat(capped.remedies())
                .as("none has the label ugly")
                .containsExactly("data.split.test-rows: 2", "add rows of those labels");
    }

    @Test
    void blamesNoTestRowsOfTheJobOfWhichThereAreFewer() {
        SplitSpec twoRows = SplitSpec.builder().testRows(2).build();
        Rows rows = clean().labelled(TRAIN, "a dull lamp", "ugly");

        Problem untested = problem(
                new DatasetCheck(
                                MOODS.withLabels(List.of("good", "bad", "ugly")),
                                LENIENT,
                                0,
                                8,
                                17,
                                codec,
                                2,
                                FILE.withSplit(twoRows))
                        .inspect(rows.parts()),
                "FT0309");

        assertThat(untested.causes()).noneMatch(cause -> cause.contains("data.split.test-rows"));
        assertThat(untested.remedies()).containsExactly("add rows of those labels");
    }

    @Test
    void warnsOfLabelsThatDifferOnlyInCaseOrSpaces() {
        Rows rows = clean().labelled(TRAIN, "a kind host", "Good").labelled(TEST, "a loud host", "b ad");

        Problem alike = problem(check(TaskSpec.of(TaskKind.SENTIMENT), LENIENT, rows), "FT0311");

        assertThat(alike.isError()).isFalse();
        assertThat(alike.summary()).isEqualTo("labels \"good\" and \"Good\" differ only in case or spaces");
        assertThat(alike.location()).isEqualTo(new Location.InRow("rows.jsonl", 5, null));
        assertThat(alike.causes())
                .containsExactly(
                        "\"good\" has 2 training rows; the first row with it is rows.jsonl row 1",
                        "\"Good\" has 1 training row; the first row with it is rows.jsonl row 5");
        assertThat(alike.remedies()).containsExactly("write \"good\" in every row");
        assertThat(codes(check(MOODS, LENIENT, clean()))).doesNotContain("FT0311");
    }

    @Test
    void warnsOfLabelsThatPrintAlike() {
        String composed = "Gr\u00F6\u00DFe";
        Rows rows = clean().labelled(TRAIN, "a wide bed", composed)
                .labelled(TRAIN, "a low door", composed)
                .labelled(TRAIN, "a small room", "Gro\u0308\u00DFe")
                .labelled(TRAIN, "a kind host", "good\u200B");

        List<Problem> alike = check(TaskSpec.of(TaskKind.CLASSIFICATION), LENIENT, rows).problems().stream()
                .filter(problem -> problem.code().equals("FT0311"))
                .toList();

        assertThat(alike)
                .extracting(Problem::summary)
                .containsExactlyInAnyOrder(
                        "labels \"Gr\u00F6\u00DFe\" and \"Gro\u0308\u00DFe\" differ only in how characters are encoded",
                        "labels \"good\" and \"good\u200B\" differ only in how characters are encoded");
        assertThat(alike)
                .flatExtracting(Problem::causes)
                .anySatisfy(cause -> assertThat(cause).contains(" (U+006F U+0308 for U+00F6) has 1 training row"))
                .anySatisfy(cause -> assertThat(cause).contains(" (no U+200B) has 2 training rows"));
        assertThat(alike)
                .flatExtracting(Problem::remedies)
                .contains(
                        "write \"Gr\u00F6\u00DFe\" (U+00F6 for U+006F U+0308) in every row",
                        "write \"good\" (no U+200B) in every row");
    }

    @Test
    void saysOfLabelsThatDifferInSeveralWaysThatTheyDo() {
        Rows rows = clean().labelled(TRAIN, "a kind host", "good\u200B").labelled(TRAIN, "a loud host", "Good");

        Problem alike = problem(check(TaskSpec.of(TaskKind.SENTIMENT), LENIENT, rows), "FT0311");

        assertThat(alike.summary()).endsWith(" differ only in case, spaces or encoding");
    }

    @Test
    void prefersOfLabelsWithAsManyRowsTheOneThatHidesNothing() {
        Rows rows = clean().labelled(TRAIN, "a wide bed", "Gr\u00F6\u00DFe")
                .labelled(TRAIN, "a small room", "Gro\u0308\u00DFe");

        Problem alike = problem(check(TaskSpec.of(TaskKind.CLASSIFICATION), LENIENT, rows), "FT0311");

        assertThat(alike.remedies())
                .containsExactly("write \"Gr\u00F6\u00DFe\" (U+00F6 for U+006F U+0308) in every row");
    }

    /** Training rows are looked at first, wherever they stand in the file. */
    @Test
    void namesTheFirstRowOfALabelInWhicheverPartItIs() {
        Rows rows = new Rows().labelled(TEST, "a kind host", "Good").labelled(TRAIN, "a loud host", "good");
        rows.labelled(TRAIN, "what a view from the roof", "good").labelled(TRAIN, "a warm bed", "Good");

        Problem alike = problem(check(TaskSpec.of(TaskKind.SENTIMENT), LENIENT, rows), "FT0311");

        assertThat(alike.causes())
                .containsExactly(
                        "\"good\" has 2 training rows; the first row with it is rows.jsonl row 2",
                        "\"Good\" has 1 training row; the first row with it is rows.jsonl row 1");
        assertThat(alike.location()).isEqualTo(new Location.InRow("rows.jsonl", 1, null));
    }

    @Test
    void warnsWhenOneLabelIsNearlyAll() {
        Rows rows = clean();
        for (int i = 0; i < 40; i++) {
            rows.labelled(TRAIN, "praise number " + i + " " + "abcdefgh".charAt(i % 8) + i * 31, "good");
        }

        DatasetCheckReport report = check(MOODS, LENIENT, rows);

        assertThat(problem(report, "FT0307").summary()).isEqualTo("97.7 % of the training rows are \"good\"");
        assertThat(problem(report, "FT0307").isError()).isFalse();
    }

    @Test
    void refusesRowsOfOneLabel() {
        Rows rows = new Rows()
                .labelled(TRAIN, "what a view from the roof", "good")
                .labelled(TRAIN, "breakfast alone is worth the trip", "good")
                .labelled(TEST, "cold soup and a rude waiter", "bad");

        DatasetCheckReport report = check(TaskSpec.of(TaskKind.SENTIMENT), LENIENT, rows);

        Problem one = problem(report, "FT0307");
        assertThat(one.isError()).isTrue();
        assertThat(one.summary()).isEqualTo("all training rows are \"good\"");
        assertThat(one.remedies()).containsExactly("add rows of another label");
    }

    @Test
    void findsSameTextWithTwoLabels() {
        Rows rows = clean().labelled(TRAIN, "never again this noisy hotel", "good");

        DatasetCheckReport report = check(MOODS, LENIENT, rows);

        assertThat(problem(report, "FT0308").summary())
                .isEqualTo("1 of 5 rows (20.0 %) have the text of an earlier row, but another label");
        assertThat(report.profile().exactDuplicates()).isZero();
        assertThat(report.pairs()).extracting(RowPair::relation).containsExactly(Relation.CONFLICT);
    }

    @Test
    void countsExactAndNearDuplicatesOfAPart() {
        String text = "the quick brown fox jumps over the lazy dog while the cat sleeps on the warm stone by the river";
        Rows rows = clean().labelled(TRAIN, text, "good")
                .labelled(TRAIN, text, "good")
                .labelled(TRAIN, text.replace("quick", "fast").replace("river", "River!"), "good");

        DatasetCheckReport report = check(MOODS, LENIENT, rows);

        assertThat(report.profile().exactDuplicates()).isEqualTo(1);
        assertThat(report.profile().nearDuplicates()).isEqualTo(1);
        assertThat(problem(report, "FT0310").severity()).isEqualTo(Severity.WARNING);
        assertThat(problem(report, "FT0310").causes())
                .containsExactly(
                        "1 word for word, 1 nearly; check.max-duplicates allows 30.0 %",
                        "rows.jsonl row 6 equals rows.jsonl row 5 (similarity 1.00)",
                        "rows.jsonl row 7 nearly equals rows.jsonl row 5 (similarity 0.81)");
        assertThat(problem(report, "FT0310").summary())
                .isEqualTo("2 of 7 rows (28.6 %) repeat an earlier row of their part");
        assertThat(problem(report, "FT0310").remedies())
                .containsExactly(
                        "leave out rows.jsonl row 6, which repeats an earlier row word for word",
                        "leave out rows.jsonl row 7, which nearly repeats an earlier row");
    }

    @Test
    void ofNearDuplicatesAloneTheLaterRowsAreNamedAndThoseThatLeakAreCountedApart() {
        String text = "the quick brown fox jumps over the lazy dog while the cat sleeps on the warm stone by the river";
        Rows rows = clean().labelled(TRAIN, text, "good")
                .labelled(TRAIN, text.replace("quick", "fast"), "good")
                .labelled(TEST, text, "good");

        Problem near = problem(check(MOODS, LENIENT, rows), "FT0310");

        assertThat(near.causes()).contains("1 held-out row repeats training rows: FT0312");
        assertThat(near.remedies()).containsExactly("leave out rows.jsonl row 6, which nearly repeats an earlier row");
    }

    /** A query is not edited row by row. */
    @Test
    void ofTheRowsOfAQueryTheQueryIsMended() {
        Rows rows =
                clean().labelled(TRAIN, "a lovely quiet place", "good").labelled(TRAIN, "a lovely quiet place", "good");
        DataSpec query = DataSpec.ofQuery("SELECT * FROM stays", Map.of("stays", SourceSpec.of("stays.csv")));

        DatasetCheckReport report = new DatasetCheck(MOODS, LENIENT, 0, 8, 17, codec, 2, query).inspect(rows.parts());

        assertThat(problem(report, "FT0310").remedies())
                .containsExactly(
                        "SELECT DISTINCT in data.query, over the columns that are learned from, without an id");
    }

    @Test
    void makesDuplicatesAnErrorBeyondTheLimit() {
        CheckSpec strict = new CheckSpec(0.1, 0.05, 0.2, 0, 1, Finding.ERROR, Finding.WARNING);
        Rows rows =
                clean().labelled(TRAIN, "a lovely quiet place", "good").labelled(TRAIN, "a lovely quiet place", "good");

        DatasetCheckReport report = check(MOODS, strict, rows);

        assertThat(problem(report, "FT0310").isError()).isTrue();
    }

    @Test
    void findsEvaluationRowsThatTrainingHasSeen() {
        String text =
                "an incident report that says how attackers used stolen credentials to enter the mail server at night";
        Rows rows = clean().labelled(TRAIN, text, "bad")
                .labelled(VALIDATION, text, "bad")
                .labelled(TEST, text.replace("at night", "at noon"), "good")
                .labelled(TEST, text.replace("at night", "at noon"), "good");

        DatasetCheckReport report = check(MOODS, LENIENT, rows);

        assertThat(report.profile().overlap()).isEqualTo(3);
        assertThat(report.problems())
                .filteredOn(problem -> problem.code().equals("FT0312"))
                .extracting(Problem::severity, Problem::summary)
                .containsExactly(
                        tuple(
                                Severity.WARNING,
                                "1 of 1 validation row (100.0 %) have a text that training rows have, or nearly"),
                        tuple(
                                Severity.ERROR,
                                "2 of 3 test rows (66.7 %) have a text that training rows have, or nearly"));
    }

    @Test
    void proposesToGroupOnlyWhereTheJobDoesNot() {
        String text = "an incident report that says how attackers entered the mail server at night";
        Rows rows = clean().labelled(TRAIN, text, "bad")
                .labelled(VALIDATION, text, "bad")
                .labelled(TEST, text, "bad");

        DataSpec grouped = FILE.withSplit(SplitSpec.defaults().withGroupBy("author"));

        DatasetCheckReport report = new DatasetCheck(MOODS, LENIENT, 0, 8, 17, codec, 2, grouped).inspect(rows.parts());

        assertThat(overlapRemedies(check(MOODS, LENIENT, rows)))
                .hasSize(3)
                .filteredOn(remedy -> remedy.startsWith("data.split.group-by"))
                .hasSize(2);
        assertThat(overlapRemedies(report)).hasSize(3).noneMatch(remedy -> remedy.contains("group-by"));
    }

    /** Files are parts as they are: no group would move their rows. */
    @Test
    void proposesToGroupOnlyWhereAPartIsNoFile() {
        String text = "an incident report that says how attackers entered the mail server at night";
        Rows rows = clean().labelled(TRAIN, text, "bad")
                .labelled(VALIDATION, text, "bad")
                .labelled(TEST, text, "bad");
        DataSpec ofFiles =
                FILE.withSplit(SplitSpec.builder().testFile("test.jsonl").build());

        DatasetCheckReport report = new DatasetCheck(MOODS, LENIENT, 0, 8, 17, codec, 2, ofFiles).inspect(rows.parts());

        assertThat(report.problems())
                .filteredOn(problem -> problem.code().equals("FT0312"))
                .satisfiesExactly(
                        ofShare -> assertThat(ofShare.remedies()).containsExactly(CheckProblems.OVERLAP.remedy()),
                        ofFile -> {
                            assertThat(ofFile.remedies())
                                    .first()
                                    .isEqualTo("take one row of each pair out of the data");
                            assertThat(ofFile.causes())
                                    .contains("the rows are a file of their own,"
                                            + " and data.split.group-by deals out no such file");
                        });
    }

    @Test
    void doesNotTakeATemplateForSimilarity() {
        String template =
                "Which attack tactic does the following sentence from an incident report describe? Answer in one word.\n";
        Rows rows = new Rows();
        String words =
                "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega";
        for (String word : words.split(" ")) {
            rows.labelled(TRAIN, template + word + " " + word + "ish", word.length() > 3 ? "good" : "bad");
        }
        rows.labelled(TRAIN, template + "stop here", "bad")
                .labelled(TEST, template + "go there", "bad")
                .labelled(TEST, template + "wait longer", "good");

        DatasetCheckReport report = check(MOODS, LENIENT, rows);

        assertThat(report.problems()).isEmpty();
    }

    @Test
    void tellsWhatTruncationCuts() {
        String longText = "word ".repeat(90).strip();
        Rows rows = clean().labelled(TRAIN, longText, "bad")
                .answered(TRAIN, "short", "answer ".repeat(80).strip())
                .passage(TRAIN, "a passage ".repeat(60));

        DatasetCheckReport report = check(TaskSpec.of(TaskKind.CHAT), LENIENT, rows);

        assertThat(report.profile().truncatedRows()).isEqualTo(3);
        assertThat(problem(report, "FT0320").summary())
                .isEqualTo("3 of 7 rows (42.9 %) are over the limit of 64 tokens");
        assertThat(problem(report, "FT0320").isError()).isTrue();
        assertThat(report.tokens().rowsWithCutAnswer()).isEqualTo(2);
        assertThat(codes(report)).contains("FT0321").doesNotContain("FT0322");
        assertThat(report.profile().tokens().max()).isGreaterThan(90);
        assertThat(report.profile().trainedTokens().max()).isEqualTo(64);
    }

    @Test
    void tellsWhatAllPromptsBeginWith() {
        Rows same = new Rows();
        Rows other = new Rows();
        for (int row = 0; row < 4; row++) {
            String own = "read this and say how it sounds " + row;
            same.answered(TRAIN, own, "answer " + row).answered(TEST, "another way to ask " + row, "answer");
            other.answered(TRAIN, own, "answer " + row).answered(VALIDATION, "say how it sounds " + row, "answer");
        }

        assertThat(check(TaskSpec.of(TaskKind.CHAT), LENIENT, same).tokens().prefixTokens())
                .isGreaterThanOrEqualTo(7);
        assertThat(check(TaskSpec.of(TaskKind.CHAT), LENIENT, other).tokens().prefixTokens())
                .isLessThan(7);
    }

    @Test
    void refusesRowsOfWhichNothingIsLearned() {
        WordCodec tiny = new WordCodec(4);

        DatasetCheckReport report = new DatasetCheck(MOODS, LENIENT, 0, 8, 17, tiny, 1, FILE).inspect(clean().parts());

        assertThat(report.tokens().rowsWithoutTrainedToken()).isEqualTo(4);
        assertThat(problem(report, "FT0322").isError()).isTrue();
        assertThat(problem(report, "FT0322").remedies()).first().asString().contains("the model reads 4 tokens");
    }

    @Test
    void proposesTheLengthThatTheLongestRowNeeds() {
        DatasetCheckReport report = new DatasetCheck(MOODS, LENIENT, 4, 8, 17, codec, 1, FILE).inspect(clean().parts());

        long longest = report.profile().tokens().max();
        assertThat(problem(report, "FT0322").remedies()).containsExactly("training.max-tokens: " + longest);
        assertThat(problem(report, "FT0320").remedies())
                .containsExactly("training.max-tokens: " + longest, "check.max-truncated: 1");
    }

    @Test
    void saysWhatVirtualTokensTakeOfTheModelsLength() {
        TextCodec behind = new CodecBehindVirtualTokens(codec, 60);

        DatasetCheckReport report =
                new DatasetCheck(MOODS, LENIENT, 0, 8, 17, behind, 1, FILE).inspect(clean().parts());

        long longest = report.profile().tokens().max();
        Problem cut = problem(report, "FT0320");
        assertThat(cut.causes()).last().isEqualTo("the model reads 64 tokens, of which virtual tokens take 60");
        assertThat(cut.remedies()).first().isEqualTo("method.virtual-tokens: " + (64 - longest));
    }

    @Test
    void raisesTheJobsLimitWithWhatVirtualTokensLeave() {
        TextCodec behind = new CodecBehindVirtualTokens(codec, 58);

        DatasetCheckReport low = new DatasetCheck(MOODS, LENIENT, 4, 8, 17, behind, 1, FILE).inspect(clean().parts());
        DatasetCheckReport high = new DatasetCheck(MOODS, LENIENT, 64, 8, 17, behind, 1, FILE).inspect(clean().parts());

        long longest = low.profile().tokens().max();
        assertThat(problem(low, "FT0320").remedies())
                .startsWith(
                        "training.max-tokens: 6",
                        "training.max-tokens: " + longest + " and method.virtual-tokens: " + (64 - longest));
        assertThat(problem(high, "FT0320").remedies()).first().isEqualTo("method.virtual-tokens: " + (64 - longest));
    }

    @Test
    void namesTheFewRowsThatNoLimitTakes() {
        Rows rows = clean();
        for (int i = 0; i < 20; i++) {
            rows.labelled(TRAIN, "a stay of " + i + " nights in room " + i * 31, i % 2 == 0 ? "good" : "bad");
        }
        rows.labelled(TRAIN, "word ".repeat(90).strip(), "bad");

        DatasetCheckReport report = new DatasetCheck(MOODS, LENIENT, 32, 8, 17, codec, 1, FILE).inspect(rows.parts());

        assertThat(report.profile().truncatedRows()).isEqualTo(1);
        assertThat(problem(report, "FT0320").remedies())
                .first()
                .isEqualTo("leave out rows.jsonl row 25, or shorten it");
        assertThat(problem(report, "FT0320").remedies()).noneMatch(remedy -> remedy.startsWith("training.max-tokens"));
    }

    @Test
    void warnsOfALimitThatTheModelCannotHave() {
        DatasetCheckReport report =
                new DatasetCheck(MOODS, LENIENT, 9000, 8, 17, codec, 1, FILE).inspect(clean().parts());

        Problem warning = problem(report, "FT0326");
        assertThat(warning.summary()).isEqualTo("rows are cut to 64 tokens, not to 9,000 tokens");
        assertThat(warning.place()).hasToString("Optional[job  training.max-tokens]");
        assertThat(report.hasErrors()).isFalse();
    }

    @Test
    void reportsRowsThatTheChatTemplateRefuses() {
        Rows rows = clean().turns(
                        TRAIN,
                        new Message(Role.ASSISTANT, "who is there"),
                        new Message(Role.USER, "me"),
                        new Message(Role.ASSISTANT, "come in"));

        DatasetCheckReport report = check(TaskSpec.of(TaskKind.CHAT), LENIENT, rows);

        assertThat(problem(report, "FT0325").causes()).containsExactly("a conversation must begin with the user");
        assertThat(problem(report, "FT0325").location()).isEqualTo(new Location.InRow("rows.jsonl", 5, null));
        assertThat(problem(report, "FT0325").remedies())
                .as("those of the refusal")
                .containsExactly("change the order");
    }

    @Test
    void noticesSpecialTokensInTexts() {
        Rows rows = clean().labelled(TRAIN, "please stop <|im_end|> and obey", "bad");

        DatasetCheckReport report = check(MOODS, LENIENT, rows);

        assertThat(problem(report, "FT0323").summary()).isEqualTo("the text spells the special token <|im_end|>");
        assertThat(problem(report, "FT0323").location())
                .isEqualTo(new Location.InRow("rows.jsonl", 5, "messages[0].content", 12, 22));
    }

    @Test
    void warnsWhenTheVocabularyLacksTheScript() {
        Rows rows = clean().labelled(TRAIN, "\u6F22\u5B57\u4EEE\u540D\u4EA4\u3058\u308A\u6587", "good");

        DatasetCheckReport report = check(MOODS, LENIENT, rows);

        assertThat(codes(report)).contains("FT0324");
        assertThat(report.tokens().unfamiliarShare()).isGreaterThan(0.2);
    }

    @Test
    void tellsSecretsAndPersonalDataBySpanAndNeverByValue() {
        String key = "gh" + "p_" + "x7Kq2LmZ9vRt4WbN8sYc1DfG6hJp3QaE5uTi";
        String mail = "jo.doe@mail.example.org";
        Rows rows = clean().labelled(TRAIN, "use " + key + " or write to " + mail, "good")
                .labelled(TEST, "a warm bed and a kind host", "good");

        DatasetCheckReport report = check(MOODS, LENIENT, rows);

        assertThat(problem(report, "FT0330").location())
                .isEqualTo(new Location.InRow("rows.jsonl", 5, "messages[0].content", 4, 44));
        assertThat(problem(report, "FT0330").isError()).isTrue();
        assertThat(problem(report, "FT0331").severity()).isEqualTo(Severity.WARNING);
        assertThat(report.findings())
                .containsExactly(new FindingCount("FT0330", "github-token", 1), new FindingCount("FT0331", "email", 1));
        assertThat(Json.line(report)).doesNotContain(key).doesNotContain(mail);
        assertThat(report.renderedRows()).extracting(row -> row.row().row()).doesNotContain(5L);
    }

    @Test
    void thePlaceholderIsNamedAfterWhatWasFound() {
        Problem address = problem(
                check(MOODS, LENIENT, clean().labelled(TRAIN, "a visit from 203.7.120.45 at noon", "good")), "FT0331");
        Problem phone = problem(
                check(MOODS, LENIENT, clean().labelled(TRAIN, "call +49 30 555 1234 at noon", "good")), "FT0331");

        assertThat(address.remedies())
                .containsExactly(
                        "replace the span with a placeholder such as <IP_ADDRESS>",
                        "check.personal-data: ignore    # if it is meant to be there");
        assertThat(phone.remedies()).first().asString().endsWith("<PHONE>");
    }

    @Test
    void doesNotLookForWhatTheJobIgnores() {
        CheckSpec blind = new CheckSpec(0.3, 0.05, 0.2, 0, 1, Finding.IGNORE, Finding.IGNORE);

        DatasetCheckReport report =
                check(MOODS, blind, tested().labelled(TRAIN, "mail jo@mail.example.org now", "good"));

        assertThat(report.problems()).isEmpty();
    }

    @Test
    void tellsManyFindingsOfOneSortTogether() {
        Rows rows = clean();
        for (int i = 0; i < 143; i++) {
            rows.labelled(TRAIN, "", "good");
        }

        DatasetCheckReport report = check(MOODS, LENIENT, rows);

        List<Problem> empty = report.problems().stream()
                .filter(problem -> problem.code().equals("FT0303"))
                .toList();
        assertThat(empty).singleElement().satisfies(problem -> {
            assertThat(problem.summary()).isEqualTo("empty prompt, 143 times");
            assertThat(problem.causes().get(0))
                    .startsWith("the prompt is empty: row ")
                    .endsWith(", and 138 more");
        });
        assertThat(report.findings()).contains(new FindingCount("FT0303", "", 143));
        assertThat(report.problems()).isSortedAccordingTo(Problem.IN_READING_ORDER);
    }

    @Test
    void showsRowsAsTheModelSeesThem() {
        DatasetCheckReport report = check(MOODS, LENIENT, clean());

        RenderedRow first = report.renderedRows().get(0);
        assertThat(first.row().row()).isEqualTo(1);
        assertThat(first.tokens().stream().map(RenderedRow.RenderedToken::piece).reduce("", String::concat))
                .isEqualTo(
                        "<|im_start|>user\nwhat a view from the roof<|im_end|>\n<|im_start|>assistant\ngood<|im_end|>\n");
        assertThat(first.tokens().stream()
                        .filter(RenderedRow.RenderedToken::trained)
                        .map(RenderedRow.RenderedToken::piece))
                .containsExactly("good", "<|im_end|>");
        assertThat(report.renderedRows()).hasSizeBetween(2, 3);
        assertThat(report.renderedRows()).extracting(RenderedRow::label).containsOnlyNulls();
    }

    @Test
    void showsTheLabelWhereTheModelWritesNone() {
        DatasetCheckReport report =
                new DatasetCheck(MOODS, LENIENT, 0, 8, 17, WordCodec.ofEncoder(64), 2, FILE).inspect(clean().parts());

        assertThat(report.renderedRows().get(0).label()).isEqualTo("good");
        assertThat(Json.read(Json.line(report), DatasetCheckReport.class)).isEqualTo(report);
    }

    @Test
    void findsTheSameWithAnyNumberOfThreads() {
        Rows rows = clean();
        for (int i = 0; i < 3000; i++) {
            rows.labelled(TRAIN, "row " + i % 700 + " talks of item " + i % 41 + " at 10." + i % 256 + ".7.1", "good");
        }

        DatasetCheckReport one = new DatasetCheck(MOODS, LENIENT, 0, 8, 17, codec, 1, FILE).inspect(rows.parts());
        DatasetCheckReport three = new DatasetCheck(MOODS, LENIENT, 0, 8, 17, codec, 3, FILE).inspect(rows.parts());

        assertThat(Json.line(three)).isEqualTo(Json.line(one));
    }

    @Test
    void survivesTheWayThroughJson() {
        DatasetCheckReport report = check(MOODS, LENIENT, clean().labelled(TRAIN, "", "ugly"));

        assertThat(Json.read(Json.line(report), DatasetCheckReport.class)).isEqualTo(report);
    }

    private DatasetCheckReport check(TaskSpec task, CheckSpec limits, Rows rows) {
        return new DatasetCheck(task, limits, 0, 8, 17, codec, 2, FILE).inspect(rows.parts());
    }

    private static Rows clean() {
        return new Rows()
                .labelled(TRAIN, "what a view from the roof", "good")
                .labelled(TRAIN, "never again this noisy hotel", "bad")
                .labelled(TRAIN, "breakfast alone is worth the trip, and the staff smiles", "good")
                .labelled(TEST, "cold soup and a rude waiter", "bad");
    }

    /** The same with a test row of each label. */
    private static Rows tested() {
        return clean().labelled(TEST, "a warm bed and a kind host", "good");
    }

    private static Problem problem(DatasetCheckReport report, String code) {
        return report.problems().stream()
                .filter(problem -> problem.code().equals(code))
                .findFirst()
                .orElseThrow(() -> new AssertionError(code + " is not among " + report.problems()));
    }

    private static List<String> overlapRemedies(DatasetCheckReport report) {
        return report.problems().stream()
                .filter(problem -> problem.code().equals("FT0312"))
                .flatMap(problem -> problem.remedies().stream())
                .toList();
    }

    private static List<String> codes(DatasetCheckReport report) {
        return report.problems().stream().map(Problem::code).distinct().toList();
    }
}
