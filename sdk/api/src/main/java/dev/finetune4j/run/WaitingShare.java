package dev.finetune4j.run;

import org.jspecify.annotations.Nullable;

/**
 * What it says of a work that its threads waited for processors which other programs had. A share is that of the time in which they could have
 * computed, 0 to 1; null where the machine does not tell.
 */
public final class WaitingShare {
    /** Where nothing else computes, who follows a run of seconds on two processors takes up to half of this from it. */
    private static final double QUIET = 0.1;

    private WaitingShare() {}

    /** Whether other programs computed meanwhile, so that the work took longer than it takes alone. */
    public static boolean isDisturbed(@Nullable Double share) {
        return share != null && share > QUIET;
    }

    /**
     * What the same work takes alone, as a share of what it took. It may be less: a thread that waits keeps those waiting that share its work, which
     * this does not count.
     */
    public static double alone(@Nullable Double share) {
        return share != null && isDisturbed(share) ? 1 - share : 1;
    }
}
