package dev.finetune4j.modelfiles.tokenizer;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

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
     * @throws FineTuneException with FT0431 if the tokenizer has no token for a part of the text and none for what is unknown, or the
     *     text has more than 1,000,000 blanks, letters, digits or other characters one after the other
     */
    public int[] encode(String given) {
        if (given.isEmpty()) {
            return new int[0];
        }
        String text = wellFormed(given);
        LongRun.in(text).ifPresent(run -> {
            throw tooLong(run, text.length());
        });
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
     * The text of each single token where it stands, special ones as they are spelled; one after the other they are the text of all. Of
     * tokens that hold a character together, the last one has all of the text and the others have none; a token without the rest of its
     * character is U+FFFD.
     */
    public List<String> pieces(int[] tokenIds) {
        if (tokenIds.length == 0) {
            return List.of();
        }
        long[] ids = longs(tokenIds);
        long[][] single = Arrays.stream(ids).mapToObj(id -> new long[] {id}).toArray(long[][]::new);
        lock.readLock().lock();
        try {
            List<Whole> wholes = wholes(ids, library.batchDecode(openHandle(), single, false));
            List<String> texts = inPlace(ids, wholes);
            String[] pieces = new String[ids.length];
            Arrays.fill(pieces, "");
            for (int i = 0; i < texts.size(); i++) {
                pieces[wholes.get(i).to() - 1] = texts.get(i);
            }
            return List.of(pieces);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Tokens that hold whole characters together, or one that holds none.
     *
     * @param from the first
     * @param to behind the last
     * @param alone their text where nothing stands before them
     */
    private record Whole(int from, int to, String alone) {
        /** What they add to the text of those before; their own text where a fragment before them would make fragments of them, too. */
        String after(Whole before, String both) {
            if (!both.startsWith(before.alone)) {
                return alone;
            }
            String added = both.substring(before.alone.length());
            return added.contains(REPLACEMENT) && !alone.contains(REPLACEMENT) ? alone : added;
        }
    }

    private List<Whole> wholes(long[] ids, String[] single) {
        List<Whole> wholes = new ArrayList<>();
        int from = 0;
        while (from < ids.length) {
            Whole whole = whole(ids, single, from);
            wholes.add(whole);
            from = whole.to();
        }
        return wholes;
    }

    /** The tokens from one on up to the first with which they are whole, if there is one; else that one alone. */
    private Whole whole(long[] ids, String[] single, int from) {
        int most = Math.min(ids.length, from + MOST_FRAGMENTS);
        for (int to = from + 1; to <= most && single[to - 1].contains(REPLACEMENT); to++) {
            String text = library.decode(openHandle(), Arrays.copyOfRange(ids, from, to), false);
            if (!text.contains(REPLACEMENT)) {
                return new Whole(from, to, text);
            }
        }
        return new Whole(from, from + 1, single[from]);
    }

    /** The text of each after the one before it: decoders put blanks between tokens, and take one from the first. */
    private List<String> inPlace(long[] ids, List<Whole> wholes) {
        List<String> texts = new ArrayList<>(List.of(wholes.get(0).alone()));
        if (wholes.size() > 1) {
            long[][] pairs = IntStream.range(1, wholes.size())
                    .mapToObj(i -> Arrays.copyOfRange(
                            ids, wholes.get(i - 1).from(), wholes.get(i).to()))
                    .toArray(long[][]::new);
            String[] both = library.batchDecode(openHandle(), pairs, false);
            for (int i = 1; i < wholes.size(); i++) {
                texts.add(wholes.get(i).after(wholes.get(i - 1), both[i - 1]));
            }
        }
        return texts;
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

    private FineTuneException tooLong(LongRun run, int characters) {
        return ModelFilesProblems.TOKENIZER_DAMAGED
                .error(String.format(
                        Locale.ROOT,
                        "the tokenizer takes no more than %,d %s one after the other",
                        LongRun.MOST,
                        run.kind()))
                .at(Location.of(source))
                .because(String.format(
                        Locale.ROOT, "they begin at character %,d of %,d of the text", run.from() + 1, characters))
                .remedy("leave the row out, or shorten what repeats in it")
                .asException();
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
