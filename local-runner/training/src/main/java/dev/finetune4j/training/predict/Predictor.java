package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Example.Passage;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.loop.TrainingLoop.Surroundings;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModel.Answered;
import dev.finetune4j.training.model.LanguageModel.Asked;
import dev.finetune4j.training.model.LanguageModel.Generated;
import dev.finetune4j.training.model.TokenBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Answers every row of a file with one model and one kind of prompt. The file is read twice: once to find what all prompts share, once to answer.
 * Answers that an interrupted process left are kept.
 */
public final class Predictor {
    private final LanguageModel model;
    private final TextCodec codec;
    private final WorkStep.Predict step;
    private final Path rowsFile;
    private final Path predictions;
    private final Surroundings surroundings;
    private final PromptEncoder prompts;

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
     * @throws dev.finetune4j.error.FineTuneException with FT0630 or FT0631 if a row cannot be read, with FT0625, FT0632 or FT0638 if an
     *     answer cannot be written
     */
    public Optional<String> run() {
        if (Files.exists(predictions)) {
            return Optional.empty();
        }
        Survey survey = Survey.of(rowsFile, prompts);
        LabelScores contentFree = contentFreeScores(survey);
        return new PredictionRun(step, rowsFile, predictions, surroundings)
                .run(
                        survey.promptTokens().length,
                        row -> room(survey, row),
                        batch -> answer(batch, survey, contentFree));
    }

    /** Tokens that are kept of a row alone while it is answered: what all prompts begin with is kept once. */
    private int room(Survey survey, int row) {
        int own = survey.promptTokens()[row] - survey.prefix().length;
        return own + (step.writes() ? step.maxNewTokens() : 0);
    }

    private List<Prediction> answer(List<Example> batch, Survey survey, LabelScores contentFree) {
        if (batch.get(0) instanceof Passage) {
            List<Passage> passages = batch.stream().map(Passage.class::cast).toList();
            return step.writesOnPassages()
                    ? continued(passages)
                    : passages.stream().map(passage -> read(passage, null)).toList();
        }
        List<Conversation> rows = batch.stream().map(Conversation.class::cast).toList();
        return step.labels().isEmpty()
                ? answerFreely(rows, survey.prefix())
                : answerWithLabels(rows, survey.prefix(), contentFree);
    }

    /** The likelihood of a passage as a whole, and what a model made of its beginning, if it was asked. */
    private Prediction read(Passage passage, @Nullable Generated continuation) {
        TokenBatch batch = TokenBatch.of(List.of(prompts.encode(passage)));
        return new Prediction(
                passage.row(),
                passage.text(),
                continuation == null ? null : codec.decode(continuation.tokenIds()),
                Map.of(),
                model.loss(batch),
                batch.countedTargets());
    }

    private List<Prediction> continued(List<Passage> passages) {
        int[] noPrefix = {};
        List<Asked> asked = passages.stream()
                .map(passage -> asked(prompts.beginning(passage), noPrefix))
                .toList();
        List<Answered> continuations = model.answer(
                noPrefix,
                asked,
                codec.stopTokens(),
                () -> surroundings.stop().reason().isEmpty());
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < continuations.size(); i++) {
            predictions.add(read(passages.get(i), continuations.get(i).spoken()));
        }
        return predictions;
    }

    private List<Prediction> answerFreely(List<Conversation> rows, int[] prefix) {
        List<Asked> asked =
                rows.stream().map(row -> asked(prompts.encode(row), prefix)).toList();
        if (!step.writes()) {
            List<double[]> logLikelihoods = model.scoreContinuations(
                    prefix, asked.stream().map(Asked::alternatives).toList());
            return predictions(rows, asked, i -> logLikelihoods.get(i)[0], i -> null);
        }
        List<Answered> answers = model.answer(
                prefix,
                asked,
                codec.stopTokens(),
                () -> surroundings.stop().reason().isEmpty());
        return answers.isEmpty()
                ? List.of()
                : predictions(
                        rows,
                        asked,
                        i -> answers.get(i).logLikelihood(),
                        i -> answers.get(i).spoken());
    }

    private Asked asked(RowPrompt prompt, int[] prefix) {
        return new Asked(
                withoutPrefix(prompt.tokenIds(), prefix),
                prompt.referenceIds(),
                Sampling.greedy(Questions.newTokens(step, prompt.tokenIds(), codec)));
    }

    private List<Prediction> predictions(
            List<Conversation> rows,
            List<Asked> asked,
            IntToDoubleFunction logLikelihoods,
            IntFunction<@Nullable Generated> answers) {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Generated answer = answers.apply(i);
            predictions.add(new Prediction(
                    rows.get(i).row(),
                    rows.get(i).answer(),
                    answer == null ? null : codec.decode(answer.tokenIds()),
                    Map.of(),
                    -logLikelihoods.applyAsDouble(i),
                    asked.get(i).reference().length,
                    answer == null ? null : answer.complete()));
        }
        return predictions;
    }

    private List<Prediction> answerWithLabels(List<Conversation> rows, int[] prefix, LabelScores contentFree) {
        List<LabelChoice> choices = rows.stream()
                .map(row -> LabelChoice.of(
                        row, withoutPrefix(prompts.encode(row).tokenIds(), prefix), step.labels(), prompts))
                .toList();
        List<double[]> scores = model.scoreContinuations(
                prefix, choices.stream().map(LabelChoice::alternatives).toList());
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            predictions.add(choices.get(i).prediction(scores.get(i), step, contentFree));
        }
        return predictions;
    }

    private LabelScores contentFreeScores(Survey survey) {
        Conversation first = survey.first();
        if (step.labelScoring() != LabelScoring.CALIBRATED
                || first == null
                || step.labels().isEmpty()) {
            return LabelScores.none(step.labels());
        }
        LabelChoice choice = Questions.contentFree(step, first, survey, prompts);
        List<double[]> scores = model.scoreContinuations(new int[0], List.of(choice.alternatives()));
        return choice.scores(scores.get(0)).firstOf(step.labels().size());
    }

    private static int[] withoutPrefix(int[] prompt, int[] prefix) {
        return Arrays.copyOfRange(prompt, prefix.length, prompt.length);
    }
}
