package dev.finetune4j.aws.internal.jobs;

/** Where files of jobs lie below a store, besides inputs, which lie under the digests of their content, and {@linkplain dev.finetune4j.spi.StagedOrder orders}. */
public final class StoreLayout {
    /** Where the service keeps checkpoints. */
    public static final String CHECKPOINTS = "checkpoints/";

    /** Where it puts results. */
    public static final String RESULTS = "outputs";

    private StoreLayout() {}

    /** All that the service puts there for a launch. */
    public static String outputs(String name) {
        return RESULTS + "/" + name + "/";
    }

    /** What a launch left as its result. */
    public static String output(String name) {
        return outputs(name) + "output/model/";
    }
}
