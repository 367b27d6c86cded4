package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Example.Passage;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.run.RunEvent.PredictionProgress;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.loop.TrainingLoop.Surroundings;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.rows.ExampleReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers every row of a file with one model and one kind of prompt. The file is read twice: once to find what all prompts share, once to answer.
 * Answers that an interrupted process left are kept.
 */
public final class Predictor {
    private static final Duration BETWEEN_PROGRESS = Duration.ofMillis(500);

    private final LanguageModel model;
    private final TextCodec codec;
    private final WorkStep.Predict step;
    private final Path rowsFile;
    private final Path predictions;
    private final Surroundings surroundings;
    private final PromptEncoder prompts;
    private @Nullable Instant lastProgress;

    /**
     * Prepares an answering; nothing happens before {@link #run}.
     *
     * @param model with the adapter on or off as the variant asks
     * @param codec of the same model
     * @param step what to answer and how
     * @param rowsFile the rows, one example a line
     * @param predictions the file to leave, complete when it exists
     * @param surroundings events, stop signal, clock
     */
    public Predictor(
            LanguageModel model,
            TextCodec codec,
            WorkStep.Predict step,
            Path rowsFile,
            Path predictions,
            Surroundings surroundings) {
        this.model = model;
        this.codec = codec;
        this.step = step;
        this.rowsFile = rowsFile;
        this.predictions = predictions;
        this.surroundings = surroundings;
        prompts = new PromptEncoder(codec, step);
    }

    /**
     * Answers all rows that have no answer yet.
     *
     * @return why it stopped before the last row, or empty when the file is complete
     * @throws dev.finetune4j.error.FineTuneException with FT0630 or FT0631 if a row cannot be read, with FT0625 or FT0632 if an
     *     answer cannot be written
     */
    public Optional<String> run() {
        if (Files.exists(predictions)) {
            return Optional.empty();
        }
        Survey survey = Survey.of(rowsFile, prompts);
        LabelScores contentFree = contentFreeScores(survey);
        try (PredictionFile file = PredictionFile.open(predictions);
                ExampleReader reader = ExampleReader.open(rowsFile)) {
            for (long done = 0; done < file.rows(); done++) {
                reader.next();
            }
            tellProgress(file.rows(), survey.rows());
            for (Example example = reader.next(); example != null; example = reader.next()) {
                Optional<String> stop = surroundings.stop().reason();
                if (stop.isPresent()) {
                    return stop;
                }
                file.append(answer(example, survey, contentFree));
                tellProgress(file.rows(), survey.rows());
            }
            file.complete();
        }
        return Optional.empty();
    }

    private Prediction answer(Example example, Survey survey, LabelScores contentFree) {
        if (example instanceof Passage passage) {
            return read(passage);
        }
        Conversation row = (Conversation) example;
        return step.labels().isEmpty()
                ? answerFreely(row, survey.prefix())
                : answerWithLabel(row, survey.prefix(), contentFree);
    }

    /** A passage has no prompt: only its own likelihood is taken. */
    private Prediction read(Passage passage) {
        EncodedExample tokens = codec.encode(passage, step.maxTokens());
        TokenBatch batch = TokenBatch.of(List.of(tokens));
        return new Prediction(passage.row(), passage.text(), null, Map.of(), model.loss(batch), batch.countedTargets());
    }

    private Prediction answerFreely(Conversation row, int[] prefix) {
        RowPrompt prompt = prompts.encode(row);
        int[] rest = withoutPrefix(prompt.tokenIds(), prefix);
        double logLikelihood = model.scoreContinuations(prefix, rest, List.of(prompt.referenceIds()))[0];
        int room = codec.contextTokens() - prompt.tokenIds().length;
        String answer = null;
        if (step.maxNewTokens() > 0) {
            Sampling greedy = Sampling.greedy(Math.max(1, Math.min(step.maxNewTokens(), room)));
            answer = codec.decode(
                    model.generate(prefix, rest, codec.stopTokens(), greedy).tokenIds());
        }
        return new Prediction(row.row(), row.answer(), answer, Map.of(), -logLikelihood, prompt.referenceIds().length);
    }

    private Prediction answerWithLabel(Conversation row, int[] prefix, LabelScores contentFree) {
        String reference = row.labelIfAny().orElse(row.answer());
        int[] rest = withoutPrefix(prompts.encode(row).tokenIds(), prefix);
        List<String> answers = new ArrayList<>(step.labels());
        if (!answers.contains(reference)) {
            answers.add(reference);
        }
        LabelScores all = scores(row, prefix, rest, answers);
        int right = answers.indexOf(reference);
        LabelScores labels = all.firstOf(step.labels().size());
        Map<String, Double> scores = labels.decisionScores(step.labelScoring(), contentFree);
        return new Prediction(
                row.row(),
                reference,
                LabelScores.best(scores),
                scores,
                -all.logLikelihoods()[right],
                all.tokens()[right]);
    }

    private LabelScores contentFreeScores(Survey survey) {
        Conversation first = survey.first();
        if (step.labelScoring() != LabelScoring.CALIBRATED
                || first == null
                || step.labels().isEmpty()) {
            return LabelScores.none(step.labels());
        }
        int[] prompt = prompts.encodeContentFree(first, survey.contentFree());
        return scores(first, new int[0], prompt, step.labels());
    }

    private LabelScores scores(Conversation row, int[] prefix, int[] prompt, List<String> answers) {
        List<int[]> continuations = answers.stream()
                .map(answer -> prompts.encodeAnswer(row, answer))
                .toList();
        return new LabelScores(
                answers,
                model.scoreContinuations(prefix, prompt, continuations),
                continuations.stream().mapToInt(tokens -> tokens.length).toArray());
    }

    private static int[] withoutPrefix(int[] prompt, int[] prefix) {
        return Arrays.copyOfRange(prompt, prefix.length, prompt.length);
    }

    /** At most two events a second, but always the first and the last. */
    private void tellProgress(long rows, long totalRows) {
        Instant now = surroundings.clock().instant();
        if (lastProgress != null
                && rows < totalRows
                && Duration.between(lastProgress, now).compareTo(BETWEEN_PROGRESS) < 0) {
            return;
        }
        lastProgress = now;
        surroundings.events().accept(new PredictionProgress(now, step.variant(), rows, totalRows));
    }
}
