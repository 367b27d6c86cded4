package dev.finetune4j.cli;

import dev.finetune4j.run.Sampling;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How a model chooses its words. */
final class SamplingOptions {
    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "128",
            description = "Longest answer in tokens (default: 128).")
    int maxNewTokens;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            description = "0 for the likeliest token each time (default), up to 10.")
    double temperature;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Draw from the likeliest tokens that make up this share (default: 1).")
    double topP;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "17", description = "Seed of the draw (default: 17).")
    long seed;

    /**
     * The options together.
     *
     * @throws ParameterException if one is out of its bounds, which are named
     */
    Sampling sampling(CommandSpec command) {
        try {
            return new Sampling(maxNewTokens, temperature, topP, seed);
        } catch (IllegalArgumentException e) { // its fields have the names of the options
            throw new ParameterException(command.commandLine(), "--" + e.getMessage(), e);
        }
    }
}
