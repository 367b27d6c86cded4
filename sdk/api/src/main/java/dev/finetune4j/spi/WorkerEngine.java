package dev.finetune4j.spi;

/** Names of the engines that train at a place which has none of its own. */
public final class WorkerEngine {
    /** The project's own training core, on processors. */
    public static final String CORE = "djl";

    /** transformers and PEFT on GPUs, which execute a recipe that the core's own code wrote. */
    public static final String PEFT = "peft";

    private WorkerEngine() {}
}
