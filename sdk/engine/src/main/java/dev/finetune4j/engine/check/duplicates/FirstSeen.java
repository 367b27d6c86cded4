package dev.finetune4j.engine.check.duplicates;

import java.util.Arrays;

/** Remembers under each 64-bit hash the first row that had it; 12 bytes an entry over a load of at most two thirds. */
public final class FirstSeen {
    private static final int NONE = -1;

    private long[] hashes = new long[1024];
    private int[] rows = emptyRows(hashes.length);
    private int size;

    /** The first row with this hash, or {@code row} itself, which is remembered, if there was none. */
    public int firstOrPut(long hash, int row) {
        int slot = slot(hash);
        if (rows[slot] != NONE) {
            return rows[slot];
        }
        hashes[slot] = hash;
        rows[slot] = row;
        if (++size * 3L > hashes.length * 2L) {
            grow();
        }
        return row;
    }

    /** The first row with this hash, or -1. */
    public int first(long hash) {
        return rows[slot(hash)];
    }

    private int slot(long hash) {
        int mask = hashes.length - 1;
        int slot = (int) Hashing.mix(hash) & mask;
        while (rows[slot] != NONE && hashes[slot] != hash) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldRows = rows;
        hashes = new long[Math.multiplyExact(oldHashes.length, 2)];
        rows = emptyRows(hashes.length);
        for (int i = 0; i < oldRows.length; i++) {
            if (oldRows[i] != NONE) {
                int slot = slot(oldHashes[i]);
                hashes[slot] = oldHashes[i];
                rows[slot] = oldRows[i];
            }
        }
    }

    private static int[] emptyRows(int length) {
        int[] empty = new int[length];
        Arrays.fill(empty, NONE);
        return empty;
    }
}
