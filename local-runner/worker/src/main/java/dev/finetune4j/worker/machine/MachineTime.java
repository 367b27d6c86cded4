package dev.finetune4j.worker.machine;

import java.util.Optional;

/**
 * What all processors of a machine have done since it started.
 *
 * @param busy ticks in which they computed, or in which the machine below had them
 * @param all all ticks
 */
record MachineTime(long busy, long all) {
    /** Of user space, as Linux tells them in {@code /proc/stat} whatever the kernel counts in. */
    private static final double TICKS_A_SECOND = 100;

    private static final double NANOS = 1e9;
    private static final int IDLE = 3;
    private static final int WAITING_FOR_DISK = 4;
    /** What follows is counted before, as that of users. */
    private static final int GUESTS = 8;

    /** Of all processors, as Linux has it in the first line of {@code /proc/stat}; empty for anything else. */
    static Optional<MachineTime> parse(String stat) {
        String[] words = stat.strip().split(" +", -1);
        if (!words[0].equals("cpu") || words.length <= GUESTS) {
            return Optional.empty();
        }
        try {
            long busy = 0;
            long all = 0;
            for (int kind = 0; kind < GUESTS; kind++) {
                long ticks = Long.parseLong(words[kind + 1]);
                all += ticks;
                busy += kind == IDLE || kind == WAITING_FOR_DISK ? 0 : ticks;
            }
            return Optional.of(new MachineTime(busy, all));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * Share of all processors that other programs had, from an earlier moment on.
     *
     * @param ownNanos what this one had since
     */
    double othersShareSince(MachineTime earlier, long ownNanos) {
        double since = Math.max(1, (double) all - earlier.all);
        double own = ownNanos / NANOS * TICKS_A_SECOND;
        return Math.min(1, Math.max(0, busy - earlier.busy - own) / since);
    }
}
