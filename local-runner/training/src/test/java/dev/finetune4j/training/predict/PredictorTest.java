package dev.finetune4j.training.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.bigram.BigramModel;
import dev.finetune4j.training.bigram.LetterCodec;
import dev.finetune4j.training.loop.StopSignal;
import dev.finetune4j.training.loop.TrainingLoop.Surroundings;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModel.Alternatives;
import dev.finetune4j.training.model.TokenBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredictorTest {
    private static final List<String> LABELS = List.of("good", "bad");

    @TempDir
    private Path folder;

    private final TextCodec codec = new LetterCodec(200);
    private final BigramModel model = new BigramModel(LetterCodec.VOCABULARY);
    private final List<RunEvent> events = new ArrayList<>();

    @BeforeEach
    void teachTheModelSomeLetters() {
        List<Example> taught = List.of(row(1, "x", "good"), row(2, "y", "bad"), row(3, "z", "bad"));
        TokenBatch batch =
                TokenBatch.of(taught.stream().map(row -> codec.encode(row, 0)).toList());
        for (int step = 1; step <= 30; step++) {
            model.accumulateGradient(batch, 1.0 / batch.countedTargets(), step);
            model.step(step, 0.1, 0, 1);
        }
    }

    @Test
    void choosesTheLikeliestLabelAndTakesTheReferencesLikelihood() throws Exception {
        write(row(1, "is it", "good"), row(2, "was it", "good"));

        List<Prediction> predictions = answer(step(LabelScoring.LIKELIHOOD, LABELS, 0));

        double good = logLikelihood("good");
        double bad = logLikelihood("bad");
        assertThat(predictions).hasSize(2).allSatisfy(prediction -> {
            assertThat(prediction.reference()).isEqualTo("good");
            assertThat(prediction.answer()).isEqualTo(good > bad ? "good" : "bad");
            assertThat(prediction.scoreByLabel()).isEqualTo(Map.of("good", good, "bad", bad));
            assertThat(prediction.negativeLogLikelihood()).isCloseTo(-good, within(1e-12));
            assertThat(prediction.referenceTokens()).isEqualTo(5);
        });
        assertThat(predictions).extracting(prediction -> prediction.row().row()).containsExactly(1L, 2L);
    }

    @Test
    void normalizedScoresAreDividedByTheLabelsTokens() throws Exception {
        write(row(1, "is it", "good"), row(2, "was it", "good"));

        Prediction prediction =
                answer(step(LabelScoring.LENGTH_NORMALIZED, LABELS, 0)).get(0);

        assertThat(prediction.scoreByLabel().get("good")).isCloseTo(logLikelihood("good") / 5, within(1e-12));
        assertThat(prediction.scoreByLabel().get("bad")).isCloseTo(logLikelihood("bad") / 4, within(1e-12));
    }

    @Test
    void calibratedScoresAreTakenAgainstAPromptWithoutContent() throws Exception {
        write(row(1, "is it", "good"), row(2, "was it", "good"));

        Prediction prediction = answer(step(LabelScoring.CALIBRATED, LABELS, 0)).get(0);

        // This model sees only the last token, which is the same with and without content.
        assertThat(prediction.scoreByLabel().values())
                .allSatisfy(score -> assertThat(score).isCloseTo(0, within(1e-12)));
        assertThat(prediction.negativeLogLikelihood()).isCloseTo(-logLikelihood("good"), within(1e-12));
    }

    @Test
    void aReferenceOutsideTheLabelsStillHasALikelihood() throws Exception {
        write(row(1, "is it", "fine"));

        Prediction prediction = answer(step(LabelScoring.LIKELIHOOD, LABELS, 0)).get(0);

        assertThat(prediction.scoreByLabel()).containsOnlyKeys("good", "bad");
        assertThat(prediction.negativeLogLikelihood()).isCloseTo(-logLikelihood("fine"), within(1e-12));
    }

    @Test
    void withoutLabelsTheAnswerIsGenerated() throws Exception {
        write(row(1, "is it", "bad"));

        Prediction prediction =
                answer(step(LabelScoring.LIKELIHOOD, List.of(), 16)).get(0);

        assertThat(prediction.answer()).isEqualTo("bad");
        assertThat(prediction.complete()).isTrue();
        assertThat(prediction.scoreByLabel()).isEmpty();
        assertThat(prediction.negativeLogLikelihood()).isCloseTo(-logLikelihood("bad"), within(1e-12));
    }

    @Test
    void asManyRowsAreAnsweredBesideEachOtherAsTheirAnswersLeaveRoomFor() throws Exception {
        Example[] rows = new Example[40];
        Arrays.setAll(rows, i -> row(i + 1, "word", "good"));
        write(rows);

        assertThat(rowsAtOnce(16)).containsExactly(16, 16, 8);
        assertThat(rowsAtOnce(2000)).hasSize(20).containsOnly(2);
        assertThat(rowsAtOnce(4096)).hasSize(40).containsOnly(1);
    }

    @Test
    void whatAllPromptsBeginWithTakesNoRoomOfRowsBesideEachOther() throws Exception {
        String instruction = "say what it is ".repeat(10);
        Example[] rows = new Example[32];
        Arrays.setAll(rows, i -> row(i + 1, instruction + "abcdefg".charAt(i % 7), "good"));
        write(rows);

        assertThat(rowsAtOnce(250)).as("150 + 250 tokens, 250 of them its own").containsExactly(16, 16);

        Arrays.setAll(rows, i -> row(i + 1, "abcdefg".charAt(i % 7) + instruction, "good"));
        write(rows);

        assertThat(rowsAtOnce(250)).as("4,096 / (150 + 250)").containsExactly(10, 10, 10, 2);
    }

    @Test
    void asManyPromptsAreReadBesideEachOtherAsAFewSecondsHold() throws Exception {
        Example[] rows = new Example[32];
        Arrays.setAll(rows, i -> row(i + 1, "abcdefg".charAt(i % 7) + "say what it is ".repeat(10), "good"));
        write(rows);

        assertThat(rowsAtOnce(0)).as("1,500 / 150").containsExactly(9, 9, 9, 5);
    }

    /** What a neighbour does to the last bits of a score, it does in every process. */
    @Test
    void hasTheSameNeighboursInAProcessThatGoesOn() throws Exception {
        Example[] rows = new Example[40];
        Arrays.setAll(rows, i -> row(i + 1, "word " + "abcdefg".charAt(i % 7), "good"));
        write(rows);
        WorkStep.Predict step = step(LabelScoring.LIKELIHOOD, List.of(), 16);
        List<List<String>> whole = new ArrayList<>();
        predictor(listening(whole), step, StopSignal.NEVER).run();
        List<String> lines = Files.readAllLines(file());

        for (int kept = 0; kept < rows.length; kept++) {
            Files.delete(file());
            Files.write(folder.resolve("tuned.jsonl.partial"), lines.subList(0, kept));
            List<List<String>> rest = new ArrayList<>();
            predictor(listening(rest), step, StopSignal.NEVER).run();

            assertThat(rest).as("%d rows kept", kept).isEqualTo(whole.subList(kept / 16, whole.size()));
        }
    }

    /** How many prompts the model is given each time. */
    private List<Integer> rowsAtOnce(int maxNewTokens) throws Exception {
        List<List<String>> asked = new ArrayList<>();
        Files.deleteIfExists(file());
        predictor(listening(asked), step(LabelScoring.LIKELIHOOD, List.of(), maxNewTokens), StopSignal.NEVER)
                .run();
        return asked.stream().map(List::size).toList();
    }

    /** A model that notes the prompts that it is given at a time. */
    private static LanguageModel listening(List<List<String>> heard) {
        return new BigramModel(LetterCodec.VOCABULARY) {
            @Override
            public List<double[]> scoreContinuations(int[] prefix, List<Alternatives> prompts) {
                heard.add(prompts.stream()
                        .map(each -> Arrays.toString(each.prompt()))
                        .toList());
                return super.scoreContinuations(prefix, prompts);
            }
        };
    }

    @Test
    void withoutNewTokensOnlyTheLikelihoodIsTaken() throws Exception {
        write(row(1, "is it", "bad"), new Example.Passage(new RowRef("rows", 2), "bad"));

        List<Prediction> predictions = answer(step(LabelScoring.LIKELIHOOD, List.of(), 0));

        assertThat(predictions).extracting(Prediction::answer).containsOnlyNulls();
        TokenBatch passage = TokenBatch.of(List.of(codec.encode(new Example.Passage(new RowRef("rows", 2), "bad"), 0)));
        assertThat(predictions).extracting(Prediction::complete).containsOnlyNulls();
        assertThat(predictions.get(1).negativeLogLikelihood()).isEqualTo(model.loss(passage));
        assertThat(predictions.get(1).referenceTokens()).isEqualTo(3);
    }

    @Test
    void aPassageIsContinuedFromItsBeginningAndReadAsAWhole() throws Exception {
        Example.Passage passage = new Example.Passage(new RowRef("rows", 1), "x good y bad z bad x good y bad");
        write(passage);
        List<List<String>> asked = new ArrayList<>();
        predictor(listening(asked), continuing(5), StopSignal.NEVER).run();
        Files.delete(file());

        Prediction continued = answer(continuing(5)).get(0);

        int[] tokens = codec.encode(passage, 0).tokenIds();
        int[] beginning = Arrays.copyOf(tokens, tokens.length / 2);
        assertThat(asked).containsExactly(List.of(Arrays.toString(beginning)));
        LanguageModel.Generated spoken = model.generate(new int[0], beginning, codec.stopTokens(), Sampling.greedy(5));
        assertThat(continued.answer())
                .isEqualTo(codec.decode(spoken.tokenIds()))
                .isNotEmpty();
        assertThat(continued.complete()).as("a passage need not end").isNull();
        assertThat(continued.reference()).isEqualTo(passage.text());
        assertThat(continued.referenceTokens()).isEqualTo(tokens.length - 1);
    }

    @Test
    void aContinuationLeavesTheLikelihoodOfItsPassageAsItIs() throws Exception {
        write(
                new Example.Passage(new RowRef("rows", 1), "word good bad"),
                new Example.Passage(new RowRef("rows", 2), "x"));
        List<Prediction> readOnly = answer(step(LabelScoring.LIKELIHOOD, List.of(), 5));
        Files.delete(file());

        List<Prediction> continued = answer(continuing(5));

        assertThat(continued).extracting(Prediction::answer).doesNotContainNull();
        assertThat(continued)
                .extracting(Prediction::negativeLogLikelihood)
                .containsExactly(
                        readOnly.get(0).negativeLogLikelihood(), readOnly.get(1).negativeLogLikelihood());
    }

    @Test
    void theBeginningOfAPassageIsHalfOfItUpToABound() {
        assertThat(WorkStep.Predict.beginning(1)).isEqualTo(1);
        assertThat(WorkStep.Predict.beginning(27)).isEqualTo(13);
        assertThat(WorkStep.Predict.beginning(255)).isEqualTo(127);
        assertThat(WorkStep.Predict.beginning(4000)).isEqualTo(128);
    }

    @Test
    void passagesAreContinuedBesideEachOtherAndGoOnWithTheSameNeighbours() throws Exception {
        Example[] rows = new Example[40];
        Arrays.setAll(
                rows,
                i -> i < 20
                        ? new Example.Passage(
                                new RowRef("rows", i + 1), "word " + "abcdefg".charAt(i % 7) + " good bad")
                        : row(i + 1, "word", "good"));
        write(rows);
        WorkStep.Predict step = continuing(16);
        List<List<String>> whole = new ArrayList<>();
        predictor(listening(whole), step, StopSignal.NEVER).run();
        byte[] bytes = Files.readAllBytes(file());
        List<String> lines = Files.readAllLines(file());

        assertThat(whole).extracting(List::size).as("kinds of rows stay apart").containsExactly(16, 4, 16, 4);
        for (int kept = 0; kept < rows.length; kept++) {
            Files.delete(file());
            Files.write(folder.resolve("tuned.jsonl.partial"), lines.subList(0, kept));

            predictor(listening(new ArrayList<>()), step, StopSignal.NEVER).run();

            assertThat(Files.readAllBytes(file())).as("%d rows kept", kept).isEqualTo(bytes);
        }
    }

    @Test
    void whatContinuesAPassageNeedsRoomBesideIt() throws Exception {
        write(new Example.Passage(new RowRef("rows", 1), "word good bad"));

        assertThat(TextLengths.of(step(LabelScoring.LIKELIHOOD, List.of(), 16), folder.resolve("test.jsonl"), codec))
                .isEqualTo(new TextLengths(14, 0, 0));
        assertThat(TextLengths.of(continuing(16), folder.resolve("test.jsonl"), codec))
                .isEqualTo(new TextLengths(14, 7 + 16, 7 + 16));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goesOnAfterTheLastWholeLineAndGivesTheSameFile(boolean labelled) throws Exception {
        Example[] rows = new Example[40];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = row(i + 1, "word " + "abcdefg".charAt(i % 7), i % 2 == 0 ? "good" : "bad");
        }
        write(rows);
        WorkStep.Predict step = step(LabelScoring.LIKELIHOOD, labelled ? LABELS : List.of(), labelled ? 0 : 16);
        answer(step);
        byte[] whole = Files.readAllBytes(file());
        List<String> lines = Files.readAllLines(file());
        Path partial = folder.resolve("tuned.jsonl.partial");
        for (int kept = 0; kept < rows.length; kept++) {
            Files.delete(file());
            Files.write(partial, lines.subList(0, kept));
            Files.writeString(partial, "{\"row\":{\"sou", StandardOpenOption.APPEND);

            assertThat(predictor(step, StopSignal.NEVER).run()).isEmpty();

            assertThat(Files.readAllBytes(file())).as("%d rows kept", kept).isEqualTo(whole);
            assertThat(partial).doesNotExist();
        }
    }

    @Test
    void stopsBetweenBatchesAndKeepsWhatIsAnswered() throws Exception {
        Example[] rows = new Example[40];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = row(i + 1, "word", "good");
        }
        write(rows);
        int[] left = {2};
        StopSignal stop = () -> left[0]-- == 0 ? Optional.of("told to") : Optional.empty();

        assertThat(predictor(step(LabelScoring.LIKELIHOOD, LABELS, 0), stop).run())
                .contains("told to");

        assertThat(Files.readAllLines(folder.resolve("tuned.jsonl.partial"))).hasSize(32);
    }

    @Test
    void stopsWithinTheWrittenAnswersOfABatchWhichIsAnsweredAnewLater() throws Exception {
        Example[] rows = new Example[20];
        Arrays.setAll(rows, i -> row(i + 1, "word " + "abcdefg".charAt(i % 7), "good"));
        write(rows);
        WorkStep.Predict step = step(LabelScoring.LIKELIHOOD, List.of(), 16);
        int[] looks = {0};
        predictor(step, () -> {
                    looks[0]++;
                    return Optional.empty();
                })
                .run();
        byte[] whole = Files.readAllBytes(file());
        Files.delete(file());
        int[] left = {looks[0] - 3}; // the last answer has as many tokens

        assertThat(predictor(step, () -> left[0]-- > 0 ? Optional.empty() : Optional.of("told to"))
                        .run())
                .contains("told to");

        assertThat(file()).doesNotExist();
        assertThat(Files.readAllLines(folder.resolve("tuned.jsonl.partial"))).hasSize(16);
        assertThat(predictor(step, StopSignal.NEVER).run()).isEmpty();
        assertThat(Files.readAllBytes(file())).isEqualTo(whole);
    }

    @Test
    void aCompleteFileIsLeftAlone() throws Exception {
        Files.writeString(file(), "complete\n");

        assertThat(predictor(step(LabelScoring.LIKELIHOOD, LABELS, 0), StopSignal.NEVER)
                        .run())
                .isEmpty();

        assertThat(file()).hasContent("complete");
    }

    @Test
    void tellsProgressAtMostTwiceASecond() throws Exception {
        Example[] rows = new Example[400];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = row(i + 1, "word", "good");
        }
        write(rows);
        Instant[] now = {Instant.EPOCH};
        Clock clock = new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                now[0] = now[0].plus(Duration.ofMillis(50));
                return now[0];
            }
        };

        new Predictor(
                        model,
                        codec,
                        step(LabelScoring.LIKELIHOOD, LABELS, 0),
                        folder.resolve("test.jsonl"),
                        file(),
                        new Surroundings(events::add, StopSignal.NEVER, clock, () -> 0))
                .run();

        List<Long> told = events.stream()
                .map(event -> ((RunEvent.PredictionProgress) event).rows())
                .toList();
        assertThat(told).containsExactly(0L, 160L, 320L, 400L);
    }

    @Test
    void namesAPredictionsFileThatCannotBeWritten() throws Exception {
        write(row(1, "is it", "good"));
        Files.createDirectories(folder.resolve("tuned.jsonl.partial"));

        assertThatThrownBy(() -> answer(step(LabelScoring.LIKELIHOOD, LABELS, 0)))
                .hasMessageContaining("FT0632: the predictions could not be written");
    }

    @Test
    void answersOnePromptWithEachVariant() throws Exception {
        WorkStep.Generate step = new WorkStep.Generate(
                List.of(Variant.BASE_ZERO_SHOT, Variant.TUNED),
                List.of(new Message(Role.USER, "is it")),
                "",
                Sampling.greedy(4));

        new Answering(this::variant, codec).run(step, folder.resolve("generated.jsonl"));

        List<GeneratedText> answers = Files.readAllLines(folder.resolve("generated.jsonl")).stream()
                .map(line -> Json.read(line, GeneratedText.class))
                .toList();
        // Without adapter every token is equally likely and the first of equals is the end of turn.
        assertThat(answers)
                .containsExactly(
                        new GeneratedText(Variant.BASE_ZERO_SHOT, "", 0, true),
                        new GeneratedText(Variant.TUNED, "bad", 3, true));
    }

    @Test
    void refusesAPromptThatLeavesNoRoom() {
        Answering answering = new Answering(this::variant, new LetterCodec(8));
        WorkStep.Generate tooLong = new WorkStep.Generate(
                List.of(Variant.TUNED), List.of(new Message(Role.USER, "long prompt")), "", Sampling.greedy(4));
        WorkStep.Generate empty = new WorkStep.Generate(List.of(Variant.TUNED), List.of(), "", Sampling.greedy(4));

        assertThatThrownBy(() -> answering.run(tooLong, folder.resolve("generated.jsonl")))
                .hasMessageContaining("FT0628: the prompt leaves no room for an answer");
        assertThatThrownBy(() -> answering.run(empty, folder.resolve("generated.jsonl")))
                .hasMessageContaining("FT0628: the prompt is empty");
    }

    private LanguageModel variant(Variant variant) {
        model.useAdapter(variant.isTuned());
        return model;
    }

    private double logLikelihood(String answer) {
        int[] prompt = codec.encodePrompt(List.of(new Message(Role.USER, "any")));
        return model.scoreContinuations(
                        new int[0], List.of(new Alternatives(prompt, List.of(codec.encodeAnswer(List.of(), answer)))))
                .get(0)[0];
    }

    private List<Prediction> answer(WorkStep.Predict step) throws Exception {
        assertThat(predictor(step, StopSignal.NEVER).run()).isEmpty();
        return Files.readAllLines(file()).stream()
                .map(line -> Json.read(line, Prediction.class))
                .toList();
    }

    private Predictor predictor(WorkStep.Predict step, StopSignal stop) {
        return predictor(model, step, stop);
    }

    private Predictor predictor(LanguageModel model, WorkStep.Predict step, StopSignal stop) {
        Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        return new Predictor(
                model,
                codec,
                step,
                folder.resolve("test.jsonl"),
                file(),
                new Surroundings(events::add, stop, clock, () -> 0));
    }

    private Path file() {
        return folder.resolve(Variant.TUNED.fileName());
    }

    private void write(Example... rows) throws Exception {
        List<String> lines = new ArrayList<>();
        for (Example row : rows) {
            lines.add(Json.line(row));
        }
        Files.write(folder.resolve("test.jsonl"), lines);
    }

    private static Example.Conversation row(long number, String question, String answer) {
        return new Example.Conversation(
                new RowRef("rows", number),
                List.of(new Message(Role.USER, question), new Message(Role.ASSISTANT, answer)),
                answer);
    }

    private static WorkStep.Predict continuing(int maxNewTokens) {
        return new WorkStep.Predict(
                Variant.TUNED, "test.jsonl", List.of(), List.of(), LabelScoring.LIKELIHOOD, maxNewTokens, 0, true);
    }

    private static WorkStep.Predict step(LabelScoring scoring, List<String> labels, int maxNewTokens) {
        return new WorkStep.Predict(Variant.TUNED, "test.jsonl", List.of(), labels, scoring, maxNewTokens, 0);
    }
}
