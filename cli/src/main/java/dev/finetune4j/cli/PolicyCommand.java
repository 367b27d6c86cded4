package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.PolicyView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the least that must be allowed so that a job can run. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the least that must be allowed in the cloud so that a job can run.",
            "There is a policy for whoever launches it, follows it and fetches its results,",
            "one for the job, and where its place hosts the tuned model one for whoever has",
            "it hosted. Asks nobody, but for what only the place knows, such as the image",
            "of a model. What each part is for stands behind it."
        },
        footer = {"", "Example:", "  finetune policy job.yaml", "  finetune policy job.yaml --for caller > caller.json"
        })
final class PolicyCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(paramLabel = "JOB", description = "The job file.")
    Path job = Path.of("");

    @Option(
            names = "--target",
            paramLabel = "PLACE",
            description = "Where it would run (default: the first of the job's targets).")
    @Nullable
    String target;

    @Option(
            names = "--for",
            paramLabel = "WHOM",
            description =
                    "caller, job, or host for whoever hosts its tuned model: prints that policy alone, to be kept as a file.")
    AccessPolicy.@Nullable Holder holder;

    @Mixin
    OutputOptions output = new OutputOptions();

    PolicyCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        JobFile read = surroundings.read(job);
        JobFile file = target == null ? read : read.at(new ProviderId(target));
        List<AccessPolicy> policies;
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            policies = tuner.policies(file).stream()
                    .filter(policy -> holder == null || policy.holder() == holder)
                    .toList();
        }
        PolicyView view = new PolicyView(surroundings.screen());
        if (output.isJson()) {
            view.printJson(policies);
        } else if (holder != null) {
            policies.forEach(policy -> surroundings.screen().line(policy.document()));
        } else {
            view.print(policies);
            if (policies.isEmpty()) {
                file.job().places().keySet().stream()
                        .filter(place ->
                                !place.equals(file.job().targets().get(0).value()))
                        .forEach(place -> surroundings
                                .screen()
                                .say("of " + place + ": finetune policy " + job + " --target " + place));
            }
        }
        return ExitCode.OK.number();
    }
}
