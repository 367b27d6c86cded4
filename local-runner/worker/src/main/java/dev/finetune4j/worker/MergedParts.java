package dev.finetune4j.worker;

import dev.finetune4j.run.ModelFormat;
import java.io.IOException;
import java.nio.file.Path;

/** A tuned model as it becomes a model of its own. */
interface MergedParts {
    /** Its form, and how its weights are stored. */
    ModelFormat format();

    /** How far, in nats, a log-probability may be from what it was. */
    double tolerance();

    /** Log-probabilities that are compared. */
    int compared();

    /** Writes it into a folder; the largest difference of a log-probability, in nats, between what is there and what was. */
    double write(Path folder) throws IOException;

    /** The i-th of evenly scattered tokens (multiplicative hashing with 2^32 / golden ratio). */
    static int spread(int i, int vocabulary) {
        long scattered = (i * 2_654_435_761L) & 0xffff_ffffL;
        return (int) ((scattered * vocabulary) >>> 32);
    }
}
