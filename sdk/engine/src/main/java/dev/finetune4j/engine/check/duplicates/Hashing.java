package dev.finetune4j.engine.check.duplicates;

/** Hashes of texts. Not for adversaries: whoever plants colliding rows in their own data only hides their own duplicates. */
public final class Hashing {
    static final long SEED = 0xCBF29CE484222325L;
    private static final long PRIME = 0x100000001B3L;

    private Hashing() {}

    /** 64-bit hash of a text; two of a million different texts collide with a probability of 3e-8. */
    public static long of(CharSequence text) {
        return of(text, SEED);
    }

    /** Hash of a text that goes on from the hash of what precedes it. */
    public static long of(CharSequence text, long preceding) {
        long hash = preceding;
        for (int i = 0; i < text.length(); i++) {
            hash = step(hash, text.charAt(i));
        }
        return mix(hash ^ text.length());
    }

    /** One step of FNV-1a (Fowler, Noll, Vo) over a UTF-16 unit. */
    static long step(long hash, char c) {
        return (hash ^ c) * PRIME;
    }

    /** The finalizer of MurmurHash3 (Appleby): every bit of the input stirs every bit of the result. */
    public static long mix(long value) {
        long mixed = value;
        mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ (mixed >>> 33);
    }
}
