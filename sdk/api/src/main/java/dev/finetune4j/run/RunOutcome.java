package dev.finetune4j.run;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a run ended. */
public sealed interface RunOutcome {
    /** What a process that waited for the run ends with. */
    ExitCode exitCode();

    /**
     * It ended with all results. Whether the tuned model is good enough is another matter, which the gate tells.
     *
     * @param output folder with the worker's output, on this machine
     * @param evaluation the comparison of base and tuned model, or null where the place answers no held-out rows
     * @param reports the report's files
     */
    record Succeeded(Path output, @Nullable EvaluationReport evaluation, List<Path> reports) implements RunOutcome {
        /** Copies the list. */
        public Succeeded {
            reports = List.copyOf(reports);
        }

        /** The comparison of base and tuned model, if one was made. */
        public Optional<EvaluationReport> comparison() {
            return Optional.ofNullable(evaluation);
        }

        /** {@link ExitCode#OK}, or {@link ExitCode#GATE_FAILED} if there is a comparison and its gate did not pass. */
        @Override
        public ExitCode exitCode() {
            return comparison().map(report -> report.gate().passed()).orElse(true) ? ExitCode.OK : ExitCode.GATE_FAILED;
        }
    }

    /**
     * It ended with an error.
     *
     * @param problem what was wrong and what to do
     */
    record Failed(Problem problem) implements RunOutcome {
        @Override
        public ExitCode exitCode() {
            return problem.kind().exitCode();
        }
    }

    /**
     * It was stopped, by a person or by its budget; its checkpoints stay.
     *
     * @param reason who or what stopped it
     * @param byBudget whether the budget did
     */
    record Stopped(String reason, boolean byBudget) implements RunOutcome {
        @Override
        public ExitCode exitCode() {
            return byBudget ? ExitCode.BUDGET_STOPPED : ExitCode.INTERRUPTED;
        }
    }
}
