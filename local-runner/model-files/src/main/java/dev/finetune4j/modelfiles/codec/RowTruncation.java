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
     * @param whole its tokens before anything is cut
     * @param encode turns messages into tokens
     */
    EncodedRow fit(
            List<Message> messages, EncodedRow whole, int maxTokens, Function<List<Message>, EncodedRow> encode) {
        if (whole.length() <= maxTokens) {
            return whole;
        }
        EncodedRow row = encode.apply(shorten(messages, whole, maxTokens, encode));
        return row.length() > maxTokens ? row.cut(maxTokens) : row;
    }

    /**
     * The messages that are left of the row before tokens of it are cut, which is where the user messages alone do not give enough. A message
     * is tokenized once for itself, as one may have megabytes.
     */
    List<Message> shorten(
            List<Message> messages, EncodedRow whole, int maxTokens, Function<List<Message>, EncodedRow> encode) {
        if (whole.length() <= maxTokens) {
            return messages;
        }
        List<Message> shortened = new ArrayList<>(messages);
        int[][] ids = messages.stream().map(this::idsOfUser).toArray(int[][]::new);
        int tokens = whole.length();
        int longest = longest(ids);
        while (tokens > maxTokens && ids[longest].length > 0) {
            String content = withoutMiddle(shortened.get(longest).content(), ids[longest], tokens - maxTokens);
            shortened.set(longest, new Message(Role.USER, content));
            ids[longest] = encoder.encodeContent(content);
            tokens = encode.apply(shortened).length();
            longest = longest(ids);
        }
        return shortened;
    }

    /** Of other messages nothing is taken. */
    private int[] idsOfUser(Message message) {
        return message.role() == Role.USER ? encoder.encodeContent(message.content()) : new int[0];
    }

    /** The first of the longest messages. */
    private static int longest(int[][] ids) {
        int longest = 0;
        for (int i = 1; i < ids.length; i++) {
            longest = ids[i].length > ids[longest].length ? i : longest;
        }
        return longest;
    }

    private String withoutMiddle(String content, int[] ids, int tokens) {
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
