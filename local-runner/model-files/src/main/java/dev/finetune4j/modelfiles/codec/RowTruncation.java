package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Shortens a conversation that has too many tokens: the longest user message loses tokens at its front, so that the template's own
 * text and the answer stay. Where the user messages alone do not give enough, the row loses its first tokens; the answer loses its
 * last ones only if it alone is too long.
 */
final class RowTruncation {
    private static final char UNDECODABLE = '\uFFFD';

    private final PieceEncoder encoder;

    RowTruncation(PieceEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * The row within the limit.
     *
     * @param encode turns messages into tokens
     */
    EncodedRow fit(List<Message> messages, int maxTokens, Function<List<Message>, EncodedRow> encode) {
        List<Message> shortened = new ArrayList<>(messages);
        EncodedRow row = encode.apply(shortened);
        while (row.length() > maxTokens) {
            int longest = longestUserMessage(shortened);
            if (longest < 0) {
                return row.cut(maxTokens);
            }
            String content = shortened.get(longest).content();
            shortened.set(longest, new Message(Role.USER, withoutFront(content, row.length() - maxTokens)));
            row = encode.apply(shortened);
        }
        return row;
    }

    private int longestUserMessage(List<Message> messages) {
        int longest = -1;
        int most = 0;
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).role() == Role.USER) {
                int tokens = encoder.encodeContent(messages.get(i).content()).length;
                if (tokens > most) {
                    most = tokens;
                    longest = i;
                }
            }
        }
        return longest;
    }

    private String withoutFront(String content, int tokens) {
        int[] ids = encoder.encodeContent(content);
        if (tokens >= ids.length) {
            return "";
        }
        String rest = encoder.tokenizer().decode(Arrays.copyOfRange(ids, tokens, ids.length), true);
        int start = 0;
        // A token may end within a character; what is left of it decodes to nothing readable.
        while (start < rest.length() && rest.charAt(start) == UNDECODABLE) {
            start++;
        }
        String cut = rest.substring(start);
        return cut.length() < content.length() ? cut : content.substring(1);
    }
}
