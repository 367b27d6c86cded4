package dev.finetune4j.run;

import dev.finetune4j.error.Problem;
import java.nio.file.Path;

/** How a run ended. */
public sealed interface RunOutcome {
    /**
     * It ended with all results.
     *
     * @param output folder with the worker's output, on this machine
     */
    record Succeeded(Path output) implements RunOutcome {}

    /**
     * It ended with an error.
     *
     * @param problem what was wrong and what to do
     */
    record Failed(Problem problem) implements RunOutcome {}

    /**
     * It was stopped, by a person or by a limit; its checkpoints stay.
     *
     * @param reason who or what stopped it
     */
    record Stopped(String reason) implements RunOutcome {}
}
