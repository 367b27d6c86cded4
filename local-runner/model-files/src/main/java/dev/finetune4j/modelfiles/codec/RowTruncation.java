package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Shortens a conversation that has too many tokens: the longest user message loses tokens in its middle, so that the template's own text,
 * an instruction at either end of the message and the answer stay. Where the user messages alone do not give enough, the row loses its first
 * tokens; the answer loses its last ones only if it alone is too long.
 *
 * <p>Of what is left of a message a quarter is its beginning: both ends tell more of a text than either (Sun et al. 2019, How to Fine-Tune BERT
 * for Text Classification, https://arxiv.org/abs/1905.05583, section 5.3.1, with 128 tokens of 510).
 */
final class RowTruncation {
    private static final int PARTS_OF_BEGINNING = 4;
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
        EncodedRow row = encode.apply(shorten(messages, maxTokens, encode));
        return row.length() > maxTokens ? row.cut(maxTokens) : row;
    }

    /** The messages that are left of the row before tokens of it are cut, which is where the user messages alone do not give enough. */
    List<Message> shorten(List<Message> messages, int maxTokens, Function<List<Message>, EncodedRow> encode) {
        List<Message> shortened = new ArrayList<>(messages);
        int tokens = encode.apply(shortened).length();
        while (tokens > maxTokens) {
            int longest = longestUserMessage(shortened);
            if (longest < 0) {
                break;
            }
            String content = shortened.get(longest).content();
            shortened.set(longest, new Message(Role.USER, withoutMiddle(content, tokens - maxTokens)));
            tokens = encode.apply(shortened).length();
        }
        return shortened;
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

    private String withoutMiddle(String content, int tokens) {
        int[] ids = encoder.encodeContent(content);
        if (tokens >= ids.length) {
            return "";
        }
        int end = (ids.length - tokens) / PARTS_OF_BEGINNING;
        int start = end + tokens;
        // A token may begin or end within a character; what is left of that decodes to nothing readable.
        while (end > 0 && text(ids, end - 1, end).indexOf(UNDECODABLE) >= 0) {
            end--;
        }
        while (start < ids.length && text(ids, start, start + 1).indexOf(UNDECODABLE) >= 0) {
            start++;
        }
        // In one piece, as some decoders leave out the space that a text begins with.
        int[] kept = IntStream.concat(Arrays.stream(ids, 0, end), Arrays.stream(ids, start, ids.length))
                .toArray();
        String cut = encoder.tokenizer().decode(kept, true);
        return cut.length() < content.length() ? cut : content.substring(1);
    }

    private String text(int[] ids, int from, int to) {
        return encoder.tokenizer().decode(Arrays.copyOfRange(ids, from, to), true);
    }
}
