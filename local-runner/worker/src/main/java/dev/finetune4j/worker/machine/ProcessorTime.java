package dev.finetune4j.worker.machine;

import java.util.Optional;

/**
 * What threads had of processors, and how long they were ready to compute and had none.
 *
 * @param had nanoseconds, summed over threads
 * @param waited nanoseconds, summed over threads
 */
record ProcessorTime(long had, long waited) {
    /** Of a thread, as Linux has it in {@code schedstat}: both figures, then turns; empty for anything else. */
    static Optional<ProcessorTime> parse(String schedstat) {
        String[] words = schedstat.strip().split(" ", -1);
        try {
            return words.length < 2
                    ? Optional.empty()
                    : Optional.of(new ProcessorTime(Long.parseLong(words[0]), Long.parseLong(words[1])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    ProcessorTime plus(ProcessorTime other) {
        return new ProcessorTime(had + other.had, waited + other.waited);
    }

    /** Share of the time in which threads could have computed that they waited, from an earlier moment on. */
    double waitingShareSince(ProcessorTime earlier) {
        double since = Math.max(0, waited - earlier.waited);
        double computed = Math.max(0, had - earlier.had);
        return since == 0 ? 0 : since / (since + computed);
    }
}
