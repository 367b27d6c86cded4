package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Example.Passage;
import dev.finetune4j.training.rows.ExampleReader;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a first reading of the rows finds, before a model answers.
 *
 * @param promptTokens [rows] of each prompt; of a passage its beginning that is continued, 0 where it is read only
 * @param prefix tokens that all prompts begin with
 * @param first the first conversation, or null where there are only passages
 * @param contentFree the last user message of a prompt without content
 */
@SuppressWarnings("ArrayRecordComponent") // made fresh, read here only
record Survey(int[] promptTokens, int[] prefix, @Nullable Conversation first, String contentFree) {
    /** Reads the whole file once. */
    static Survey of(Path rowsFile, PromptEncoder prompts) {
        SharedPrefix prefix = new SharedPrefix();
        ContentFreePrompt contentFree = new ContentFreePrompt();
        Conversation first = null;
        IntStream.Builder promptTokens = IntStream.builder();
        try (ExampleReader reader = ExampleReader.open(rowsFile)) {
            for (Example example = reader.next(); example != null; example = reader.next()) {
                if (example instanceof Conversation conversation) {
                    int[] prompt = prompts.encode(conversation).tokenIds();
                    first = first == null ? conversation : first;
                    promptTokens.add(prompt.length);
                    prefix.add(prompt);
                    contentFree.add(conversation.prompt());
                } else {
                    promptTokens.add(prompts.continuedTokens((Passage) example));
                }
            }
        }
        return new Survey(promptTokens.build().toArray(), prefix.tokens(), first, contentFree.text());
    }
}
