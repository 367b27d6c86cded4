package dev.finetune4j.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root command; does nothing by itself. Those of {@link CommandList} are below it. */
@Command(
        name = "finetune",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Fine-tunes language models from one job file, and says whether it pays.",
        footer = {
            "",
            "Example:",
            "  finetune run examples/attack-tactics/job.yaml",
            "",
            "Exit codes: 0 ok, 1 defect, 2 usage, 3 invalid job or data, 4 credentials,",
            "5 no capacity or quota, 6 budget refused, 7 stopped by its budget, 8 training",
            "failed, 9 gate failed, 10 plan differs, 130 interrupted (the run goes on)."
        })
final class FinetuneCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }
}
