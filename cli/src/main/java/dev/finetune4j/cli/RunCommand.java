package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.plan.SavedPlan;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.run.RunOutcome;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a job from its check to its report. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Checks the data, trains, compares base and tuned model, writes the report.",
        footer = {
            "",
            "Ctrl-C detaches: the run goes on. The same command again takes it up.",
            "Exit code 0 when the gate passes, 9 when it fails.",
            "",
            "Example:",
            "  finetune run job.yaml",
            "  finetune run job.yaml --detach"
        })
final class RunCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(paramLabel = "JOB", description = "The job file, or a plan that \"finetune plan --save\" saved.")
    Path job = Path.of("");

    @Option(names = "--detach", description = "Launch, print the run's id, and come back.")
    boolean detach;

    @Mixin
    OutputOptions output = new OutputOptions();

    RunCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        Optional<SavedPlan> plan = SavedPlan.read(job);
        Path planned = plan.map(saved -> saved.foundJobFile(job)).orElse(job);
        JobFile file = surroundings.read(planned);
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            view.doing("checking " + job);
            Optional<Plan> standing = plan.map(saved -> tuner.plan(saved, file));
            RunHandle<RunOutcome> handle = tuner.launch(standing.flatMap(Plan::choice)
                    .map(option -> file.at(option.target()))
                    .orElse(file));
            RunEnd end = new RunEnd(surroundings, tuner, output, view);
            if (detach) {
                Optional<ExitCode> letGo = end.detach(handle);
                if (letGo.isPresent()) {
                    return letGo.get().number();
                }
            }
            view.took(handle.id(), handle.begin());
            RunOutcome outcome = new Follower(surroundings.screen(), output).followRun(handle, view);
            return end.tell(handle.id(), outcome).number();
        }
    }
}
