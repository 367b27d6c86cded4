package dev.finetune4j.cli;

import picocli.CommandLine.Parameters;

/** The run that a command is about. */
final class RunArgument {
    @Parameters(index = "0", paramLabel = "RUN", description = "The run's id, or the start of it; see finetune ps.")
    String run = "";
}
