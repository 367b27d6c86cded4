package dev.finetune4j.engine.estimate;

/**
 * Where the time of a micro-step goes, in seconds on one replica.
 *
 * @param products matrix products of weights and tokens
 * @param attention products of queries, keys and values
 * @param traffic what is bound by memory: norms, activations, loss, reading and unpacking weights
 * @param launching time of the host, which runs beside the GPU's
 * @param step the optimizer's step, its share of a micro-step
 * @param communication exposed exchange between GPUs
 * @param bubble how much longer a pipeline takes to fill and drain
 * @param tokens tokens of the micro-step on one replica
 * @param modelGpus GPUs of a replica
 */
record SpeedParts(
        double products,
        double attention,
        double traffic,
        double launching,
        double step,
        double communication,
        double bubble,
        double tokens,
        int modelGpus) {
    /** How sharply the slower of GPU and host sets the pace: in between they hinder each other. */
    private static final double SHARPNESS = 4;

    double seconds() {
        double gpu = products + attention + traffic;
        double either = Math.pow(Math.pow(gpu, SHARPNESS) + Math.pow(launching, SHARPNESS), 1 / SHARPNESS);
        return (either + step + communication) * bubble;
    }

    double tokensPerSecondPerGpu() {
        return tokens / seconds() / modelGpus;
    }
}
