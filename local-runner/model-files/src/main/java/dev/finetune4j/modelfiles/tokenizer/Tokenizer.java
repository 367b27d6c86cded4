package dev.finetune4j.modelfiles.tokenizer;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;

/** Text to tokens and back. Safe for use by several threads; {@link #close} waits for calls under way. */
public final class Tokenizer implements AutoCloseable {
    /** As a regular expression sees text, whole pairs are characters of another category. */
    private static final Pattern HALF_PAIR = Pattern.compile("\\p{Cs}");

    private static final String REPLACEMENT = "\uFFFD";

    /** A character has up to four bytes; more tokens follow on each other where one ends a character and begins the next. */
    private static final int MOST_FRAGMENTS = 8;

    private final String source;
    private final TokenizersLibrary library;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Renumbering renumbering;
    private long handle;

    private Tokenizer(String source, TokenizersLibrary library, long handle, Renumbering renumbering) {
        this.source = source;
        this.library = library;
        this.handle = handle;
        this.renumbering = renumbering;
    }

    /**
     * Builds a tokenizer that recognizes all added tokens in text.
     *
     * @throws FineTuneException with FT0431 if the tokenizers library refuses it, FT0433 if there is no such library
     */
    public static Tokenizer open(TokenizerJson json) {
        return open(json.source(), json.text(), Renumbering.NONE);
    }

    /**
     * Builds a tokenizer for which the spelling of a special token is plain text.
     *
     * @throws FineTuneException with FT0431 or FT0433
     */
    public static Tokenizer openPlain(TokenizerJson json) {
        return open(json.source(), json.textWithoutSpecialTokens(), json.renumberingWithoutSpecialTokens());
    }

    private static Tokenizer open(String source, String json, Renumbering renumbering) {
        TokenizersLibrary library = NativeTokenizers.library();
        try {
            return new Tokenizer(source, library, library.createTokenizerFromString(json), renumbering);
        } catch (RuntimeException e) {
            throw damaged(source, "the tokenizer is damaged", e);
        }
    }

    /**
     * The tokens of a text; nothing is added. Half a surrogate pair, which is no text, counts as U+FFFD.
     *
     * @throws FineTuneException with FT0431 if the tokenizer has no token for a part of the text and none for what is unknown
     */
    public int[] encode(String given) {
        if (given.isEmpty()) {
            return new int[0];
        }
        String text = wellFormed(given);
        lock.readLock().lock();
        try {
            long encoding = encoding(text);
            try {
                return Arrays.stream(library.getTokenIds(encoding))
                        .mapToInt(id -> renumbering.right(Math.toIntExact(id)))
                        .toArray();
            } finally {
                library.deleteEncoding(encoding);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The text of tokens, with or without special ones. */
    public String decode(int[] tokenIds, boolean withSpecialTokens) {
        lock.readLock().lock();
        try {
            return library.decode(openHandle(), longs(tokenIds), !withSpecialTokens);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * The text of each single token, special ones as they are spelled. Of tokens that hold a character together, the last one has all
     * of the text and the others have none; a token without the rest of its character is U+FFFD.
     */
    public List<String> pieces(int[] tokenIds) {
        long[] ids = longs(tokenIds);
        long[][] single = Arrays.stream(ids).mapToObj(id -> new long[] {id}).toArray(long[][]::new);
        lock.readLock().lock();
        try {
            String[] pieces = single.length == 0 ? new String[0] : library.batchDecode(openHandle(), single, false);
            for (int first = 0; first < pieces.length; first++) {
                joinFragments(ids, pieces, first);
            }
            return List.of(pieces);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Moves the text of the fragments from one on to the first of them with which it is whole, if there is one. */
    private void joinFragments(long[] ids, String[] pieces, int first) {
        int most = Math.min(pieces.length, first + MOST_FRAGMENTS);
        for (int last = first; last < most && pieces[last].contains(REPLACEMENT); last++) {
            String text = library.decode(openHandle(), Arrays.copyOfRange(ids, first, last + 1), false);
            if (!text.contains(REPLACEMENT)) {
                Arrays.fill(pieces, first, last, "");
                pieces[last] = text;
                return;
            }
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (handle != 0) {
                library.deleteTokenizer(handle);
                handle = 0;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private long encoding(String text) {
        long open = openHandle();
        try {
            return library.encode(open, text, false);
        } catch (RuntimeException e) {
            throw damaged(source, "the tokenizer has no tokens for a text of " + text.length() + " characters", e);
        }
    }

    /** The library loses every character beyond U+FFFF of a text in which half a pair stands. */
    private static String wellFormed(String text) {
        return HALF_PAIR.matcher(text).replaceAll(REPLACEMENT);
    }

    private long openHandle() {
        if (handle == 0) {
            throw new IllegalStateException("the tokenizer is closed");
        }
        return handle;
    }

    private static FineTuneException damaged(String source, String what, RuntimeException cause) {
        return ModelFilesProblems.TOKENIZER_DAMAGED
                .error(what)
                .at(Location.of(source))
                .because(String.valueOf(cause.getMessage()))
                .asException(cause);
    }

    private static long[] longs(int[] ids) {
        return Arrays.stream(ids).asLongStream().toArray();
    }
}
