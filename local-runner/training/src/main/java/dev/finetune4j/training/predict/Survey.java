package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.training.rows.ExampleReader;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a first reading of the rows finds, before a model answers.
 *
 * @param rows rows in the file
 * @param prefix tokens that all prompts begin with
 * @param first the first conversation, or null where there are only passages
 * @param contentFree the last user message of a prompt without content
 */
@SuppressWarnings("ArrayRecordComponent") // made fresh, read here only
record Survey(long rows, int[] prefix, @Nullable Conversation first, String contentFree) {
    /** Reads the whole file once. */
    static Survey of(Path rowsFile, PromptEncoder prompts) {
        SharedPrefix prefix = new SharedPrefix();
        ContentFreePrompt contentFree = new ContentFreePrompt();
        Conversation first = null;
        long rows = 0;
        try (ExampleReader reader = ExampleReader.open(rowsFile)) {
            for (Example example = reader.next(); example != null; example = reader.next()) {
                rows++;
                if (example instanceof Conversation conversation) {
                    first = first == null ? conversation : first;
                    prefix.add(prompts.encode(conversation).tokenIds());
                    contentFree.add(conversation.prompt());
                }
            }
        }
        return new Survey(rows, prefix.tokens(), first, contentFree.text());
    }
}
