package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Example.Passage;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.rows.ExampleReader;
import java.nio.file.Path;

/**
 * How long the texts are that a model will answer, in tokens: what memory it needs for that.
 *
 * @param passage the longest passage, 0 where there is none
 * @param conversation the longest prompt, or beginning of a passage, with its longest answer, 0 where there is none
 * @param written the longest of those whose answer is written, several side by side, 0 where there is none
 */
public record TextLengths(int passage, int conversation, int written) {
    /** No text at all. */
    public static final TextLengths NONE = new TextLengths(0, 0, 0);

    /**
     * Reads the whole file.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0630 or FT0631 if a row cannot be read
     */
    public static TextLengths of(WorkStep.Predict step, Path rowsFile, TextCodec codec) {
        PromptEncoder prompts = new PromptEncoder(codec, step);
        TextLengths longest = NONE;
        try (ExampleReader rows = ExampleReader.open(rowsFile)) {
            for (Example row = rows.next(); row != null; row = rows.next()) {
                longest = longest.or(
                        row instanceof Conversation conversation
                                ? ofConversation(step, conversation, prompts)
                                : ofPassage(step, (Passage) row, prompts));
            }
        }
        return longest;
    }

    private static TextLengths ofPassage(WorkStep.Predict step, Passage row, PromptEncoder prompts) {
        int continued = step.writesOnPassages() ? prompts.continuedTokens(row) + step.maxNewTokens() : 0;
        return new TextLengths(prompts.encode(row).length(), continued, continued);
    }

    private static TextLengths ofConversation(WorkStep.Predict step, Conversation row, PromptEncoder prompts) {
        RowPrompt prompt = prompts.encode(row);
        int answer = Math.max(prompt.referenceIds().length, step.maxNewTokens());
        for (String label : step.labels()) {
            answer = Math.max(answer, prompts.encodeAnswer(row, label).length);
        }
        int tokens = prompt.tokenIds().length + answer;
        return new TextLengths(0, tokens, step.writes() ? tokens : 0);
    }

    /** For each kind of text the longer of these lengths and the others. */
    public TextLengths or(TextLengths other) {
        return new TextLengths(
                Math.max(passage, other.passage),
                Math.max(conversation, other.conversation),
                Math.max(written, other.written));
    }
}
