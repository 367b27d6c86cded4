package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Example.Passage;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.rows.ExampleReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Turns the rows of an evaluation into questions as {@link Predictor} asks them, without a model. */
public final class Questions {
    private final WorkStep.Predict step;
    private final Path rows;
    private final TextCodec codec;
    private final PromptEncoder prompts;

    /**
     * The questions of a step.
     *
     * @param step what to answer and how
     * @param rows its rows, one example a line
     * @param codec the text side of the model
     */
    public Questions(WorkStep.Predict step, Path rows, TextCodec codec) {
        this.step = step;
        this.rows = rows;
        this.codec = codec;
        prompts = new PromptEncoder(codec, step);
    }

    /**
     * Tells each question in the order of the rows, without holding more than one.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0630 or FT0631 if a row cannot be read
     */
    public void each(Consumer<Question> listener) {
        try (ExampleReader reader = ExampleReader.open(rows)) {
            for (Example row = reader.next(); row != null; row = reader.next()) {
                listener.accept(question(row));
            }
        }
    }

    /**
     * The question without content that scores are calibrated by; empty where they are not.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0630 or FT0631 if a row cannot be read
     */
    public Optional<Question> contentFree() {
        if (step.labelScoring() != LabelScoring.CALIBRATED || step.labels().isEmpty()) {
            return Optional.empty();
        }
        Survey survey = Survey.of(rows, prompts);
        Conversation first = survey.first();
        return first == null ? Optional.empty() : Optional.of(Question.of(contentFree(step, first, survey, prompts)));
    }

    /** The labels after the prompt without content. */
    static LabelChoice contentFree(WorkStep.Predict step, Conversation first, Survey survey, PromptEncoder prompts) {
        int[] prompt = prompts.encodeContentFree(first, survey.contentFree());
        return LabelChoice.of(first, prompt, step.labels(), prompts);
    }

    /** Tokens that an answer to a prompt may have. */
    static int newTokens(WorkStep.Predict step, int[] prompt, TextCodec codec) {
        return Math.max(1, Math.min(step.maxNewTokens(), codec.contextTokens() - prompt.length));
    }

    private Question question(Example example) {
        if (example instanceof Passage passage) {
            int[] continued =
                    step.writesOnPassages() ? prompts.beginning(passage).tokenIds() : new int[0];
            int newTokens = step.writesOnPassages() ? newTokens(step, continued, codec) : 0;
            return Question.of(passage, prompts.encode(passage), continued, newTokens);
        }
        Conversation row = (Conversation) example;
        RowPrompt prompt = prompts.encode(row);
        if (!step.labels().isEmpty()) {
            return Question.of(LabelChoice.of(row, prompt.tokenIds(), step.labels(), prompts));
        }
        return new Question(
                row.row(),
                row.answer(),
                prompt.tokenIds(),
                List.of(new Question.Answer(row.answer(), prompt.referenceIds())),
                0,
                step.writes() ? newTokens(step, prompt.tokenIds(), codec) : 0);
    }
}
