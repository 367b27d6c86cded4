package dev.finetune4j.cli;

import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.plan.SavedPlan;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/**
 * What a command line is about.
 *
 * @param jobFile the job file that it names, or that of its run; null where it is about none, or nobody knows it
 * @param run its run; null where it is about none
 */
record CommandSubject(@Nullable String jobFile, @Nullable RunId run) {
    private static final String JOB = "JOB";
    private static final String RUN = "RUN";

    /** Of a command that was read. */
    static CommandSubject of(ParseResult parsed, Path home) {
        ParseResult command = parsed;
        while (command.hasSubcommand()) {
            command = command.subcommand();
        }
        Optional<String> run = argument(command, RUN);
        if (run.isPresent()) {
            return ofRun(run.get(), home);
        }
        return new CommandSubject(
                argument(command, JOB).map(CommandSubject::jobFile).orElse(null), null);
    }

    private static CommandSubject ofRun(String asked, Path home) {
        try {
            RunView view = RunView.read(new RunStore(home).resolve(asked));
            return new CommandSubject(view.jobFile(), view.id());
        } catch (FineTuneException e) {
            return new CommandSubject(null, null); // what the command itself says of it
        }
    }

    /** A saved plan stands for the job file that it was made of. */
    private static String jobFile(String asked) {
        try {
            Path path = Path.of(asked);
            return SavedPlan.read(path)
                    .map(plan -> plan.jobFile(path).toString())
                    .orElse(asked);
        } catch (FineTuneException e) {
            return asked;
        }
    }

    private static Optional<String> argument(ParseResult command, String label) {
        return command.matchedPositionals().stream()
                .filter(positional -> positional.paramLabel().equals(label))
                .flatMap(positional -> positional.originalStringValues().stream())
                .findFirst();
    }

    /** A problem that can be mended by pasting what it says. */
    Problem named(Problem problem) {
        return Remedies.named(problem, jobFile, run);
    }
}
