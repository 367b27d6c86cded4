package dev.finetune4j.engine.estimate;

/** What the formulas of {@link MemoryFormula} leave to measurement. */
enum MemoryCoefficient implements Coefficient {
    /** Activations kept for the backward pass, against those counted from the layers. */
    ACTIVATIONS(1.0, 0.2),
    /** Activations and their gradients of the layer at work, in layers' worth. */
    WORK(1.4, 0.35),
    /** Bytes that a stock loss needs for a token and vocabulary entry: logits, a copy in single precision, its gradients. */
    LOGITS_STOCK(11.0, 0.2),
    /** The same where the loss is computed in chunks. */
    LOGITS_CHUNKED(3.0, 0.4),
    /** The same where logits are never written out. */
    LOGITS_FUSED(0.3, 0.8),
    /** The temporary of an optimizer's step, in copies of the weights. */
    STEP_TEMPORARY(1.0, 0.35),
    /** Unpacked matrices that lie about at once, in largest matrices. */
    UNPACKED(2.0, 0.5),
    /** Layers that a sharded run has gathered at once. */
    GATHERED_LAYERS(2.0, 0.4),
    /** Bytes for a parameter that DeepSpeed holds beside the states: buckets and contiguous buffers. */
    DEEPSPEED_BUFFERS(3.0, 0.5),
    /** Work spaces of the libraries, GiB. */
    WORKSPACE(0.3, 0.35),
    /** What the allocator holds beyond what is allocated, as a share. */
    FRAGMENTATION(0.09, 0.6),
    /** The same of activations and logits, where batches differ in length so that no block fits the next. */
    VARYING(0.3, 0.5),
    /** The driver's context, GiB. */
    CONTEXT(0.6, 0.4),
    /** Communication buffers of a run on several GPUs, GiB. */
    COMMUNICATION(0.9, 0.5);

    private final double centre;
    private final double deviation;

    MemoryCoefficient(double centre, double deviation) {
        this.centre = centre;
        this.deviation = deviation;
    }

    @Override
    public double centre() {
        return centre;
    }

    @Override
    public double deviation() {
        return deviation;
    }
}
