package dev.finetune4j.modelfiles.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;

/**
 * What a normalizer makes of characters, as SentencePiece writes it: a double array (Darts-clone), and the texts that its values point
 * into. The library looks neither at the ends of the array nor at those of the texts.
 *
 * @param units the double array, at least one
 * @param texts UTF-8
 */
record CharacterMap(IntBuffer units, ByteBuffer texts) {
    /**
     * Takes a map apart.
     *
     * @param encoded base64 of the bytes of the array, counted in the first four, and the texts
     * @return empty where it is none
     */
    static Optional<CharacterMap> of(String encoded) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        ByteBuffer map = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (map.remaining() < Integer.BYTES) {
            return Optional.empty();
        }
        int arrayBytes = map.getInt();
        if (arrayBytes < Integer.BYTES || arrayBytes % Integer.BYTES != 0 || arrayBytes > map.remaining()) {
            return Optional.empty();
        }
        IntBuffer units = map.asIntBuffer().limit(arrayBytes / Integer.BYTES);
        ByteBuffer texts = map.position(Integer.BYTES + arrayBytes).slice();
        return Optional.of(new CharacterMap(units, texts));
    }

    /** Whether every byte that may follow in every state leads to a unit of the array, and every value into the texts. */
    boolean leadsNowhereElse() {
        BitSet seen = new BitSet(units.limit());
        Deque<Integer> states = new ArrayDeque<>();
        states.add(offset(units.get(0)));
        while (!states.isEmpty()) {
            int state = states.remove();
            if (!seen.get(state)) {
                if (!addNext(state, states)) {
                    return false;
                }
                seen.set(state);
            }
        }
        return true;
    }

    /** Bytes of the longest text that it may make of a character. */
    int longest() {
        int longest = 0;
        int from = 0;
        for (int at = 0; at < texts.limit(); at++) {
            longest = Math.max(longest, at - from + (texts.get(at) == 0 ? 0 : 1));
            from = texts.get(at) == 0 ? at + 1 : from;
        }
        return longest;
    }

    /** Adds the states that bytes lead to from one; false where one of them leads elsewhere. */
    private boolean addNext(int state, Deque<Integer> states) {
        if ((state | 0xFF) >= units.limit()) {
            return false;
        }
        for (int letter = 1; letter <= 0xFF; letter++) {
            int place = state ^ letter;
            int unit = units.get(place);
            if (!isOf(unit, letter)) {
                continue;
            }
            int next = place ^ offset(unit);
            if (next >= units.limit() || (hasValue(unit) && !NativeFaults.isBorder(texts, value(units.get(next))))) {
                return false;
            }
            states.add(next);
        }
        return true;
    }

    private static boolean isOf(int unit, int letter) {
        return (unit & (Integer.MIN_VALUE | 0xFF)) == letter;
    }

    private static boolean hasValue(int unit) {
        return ((unit >>> 8) & 1) == 1;
    }

    private static int value(int unit) {
        return unit & Integer.MAX_VALUE;
    }

    private static int offset(int unit) {
        return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
    }
}
