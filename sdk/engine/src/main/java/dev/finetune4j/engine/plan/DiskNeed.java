package dev.finetune4j.engine.plan;

import dev.finetune4j.run.WorkOrder;

/**
 * What the disk of a machine must hold of a job while it trains, when it is fullest: as a checkpoint is written.
 *
 * <pre>{@code
 * base model + 2 rows + (K + 1) (12 trained + best) + 4 written + 20 GB
 * }</pre>
 *
 * <p>K is {@link WorkOrder#CHECKPOINTS_KEPT}, and one more is written before the oldest goes. A checkpoint has what is trained and two moments
 * of it, each in float32, and the best result of its time, as large as the result, where validation tells which is best. The best so far lies
 * beside them, and becomes the result. Workers link it where they can; counted is that they copy it. Rows lie there as text and as the ids of
 * their tokens, which are about as large. Where every weight of a model in half precision is trained that is 54 bytes for each.
 *
 * @param modelBytes files of the base model
 * @param rowBytes files of the rows
 * @param trained weights that are trained
 * @param written weights of the result: of an adapter those that are trained, else the whole model's
 * @param keepsBest whether there are validation rows
 */
record DiskNeed(long modelBytes, long rowBytes, long trained, long written, boolean keepsBest) {
    /** Value and two moments of a weight that is trained, in float32. */
    static final long BYTES_OF_A_STATE = 12;

    private static final long BYTES_OF_A_WEIGHT = 4;

    /** The container's image and the worker as they are unpacked, answers, logs, and what the file system takes for itself. */
    private static final long BESIDE = 20_000_000_000L;

    long bytes() {
        long result = BYTES_OF_A_WEIGHT * written;
        long checkpoint = BYTES_OF_A_STATE * trained + (keepsBest ? result : 0);
        return modelBytes + 2 * rowBytes + (WorkOrder.CHECKPOINTS_KEPT + 1) * checkpoint + result + BESIDE;
    }
}
