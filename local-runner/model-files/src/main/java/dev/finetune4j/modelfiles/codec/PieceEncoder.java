package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.modelfiles.tokenizer.Tokenizer;
import dev.finetune4j.modelfiles.tokenizer.TokenizerJson;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tokenizes a text piece by piece, as inference meets it: the prompt first, then what is generated after it. No token crosses the
 * border of two pieces.
 */
final class PieceEncoder implements AutoCloseable {
    private final Tokenizer tokenizer;
    private final TokenizerJson json;
    private final SpecialTokens specialTokens;
    private final boolean positionIndependent;
    private @Nullable Tokenizer plainTokenizer;

    PieceEncoder(TokenizerJson json, SpecialTokens specialTokens) {
        this.tokenizer = Tokenizer.open(json);
        this.json = json;
        this.specialTokens = specialTokens;
        this.positionIndependent = json.isPositionIndependent();
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Made when the first row needs it: most data spell no special token. */
    private synchronized Tokenizer plainTokenizer() {
        Tokenizer plain = plainTokenizer;
        if (plain == null) {
            plain = Tokenizer.openPlain(json);
            plainTokenizer = plain;
        }
        return plain;
    }

    /** The tokens of text that comes from a row: spellings of special tokens are plain text. */
    int[] encodeContent(String text) {
        return specialTokens.find(text, 0).isPresent() ? plainTokenizer().encode(text) : tokenizer.encode(text);
    }

    /**
     * The tokens of one piece of a rendered text.
     *
     * @param before the text of the pieces before, unmarked
     * @param piece the piece, marked by {@code shield}
     */
    int[] encode(String before, String piece, ContentShield shield) {
        if (shield.isMarked(piece)) {
            return encodeMarked(piece, shield);
        }
        return positionIndependent || before.isEmpty() ? tokenizer.encode(piece) : encodeAfter(before, piece);
    }

    /** The tokens that follow those of {@code before}; the piece's own where a token would cross the border. */
    private int[] encodeAfter(String before, String piece) {
        int[] prefix = tokenizer.encode(before);
        int[] all = tokenizer.encode(before + piece);
        boolean border = all.length >= prefix.length && Arrays.equals(prefix, 0, prefix.length, all, 0, prefix.length);
        return border ? Arrays.copyOfRange(all, prefix.length, all.length) : tokenizer.encode(piece);
    }

    /** Between the template's special tokens, text that holds a mark is plain text as a whole. */
    private int[] encodeMarked(String piece, ContentShield shield) {
        IntStream.Builder tokens = IntStream.builder();
        int at = 0;
        while (at < piece.length()) {
            Optional<SpecialTokens.Match> special = specialTokens.find(piece, at);
            int end = special.map(SpecialTokens.Match::start).orElse(piece.length());
            String stretch = piece.substring(at, end);
            int[] ids = shield.isMarked(stretch)
                    ? plainTokenizer().encode(shield.unmark(stretch))
                    : tokenizer.encode(stretch);
            Arrays.stream(ids).forEach(tokens::add);
            special.ifPresent(match -> tokens.add(match.id()));
            at = special.map(SpecialTokens.Match::end).orElse(piece.length());
        }
        return tokens.build().toArray();
    }

    /** The tokens of all pieces, one after the other. */
    int[] encodeAll(List<String> pieces, ContentShield shield) {
        IntStream.Builder tokens = IntStream.builder();
        StringBuilder before = new StringBuilder();
        for (String piece : pieces) {
            Arrays.stream(encode(before.toString(), piece, shield)).forEach(tokens::add);
            before.append(shield.unmark(piece));
        }
        return tokens.build().toArray();
    }

    @Override
    public synchronized void close() {
        tokenizer.close();
        if (plainTokenizer != null) {
            plainTokenizer.close();
        }
    }
}
