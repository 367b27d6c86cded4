package dev.finetune4j.cli;

import dev.finetune4j.cli.view.EvaluationView;
import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.json.Json;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares base and tuned model of a run on other rows. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        description = "Compares base and tuned model of a run on other rows; nothing is trained.",
        footer = {"", "Example:", "  finetune eval attack-tactics-3f9c2a71-1 --data new-rows.jsonl"})
final class EvalCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    RunArgument argument = new RunArgument();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE",
            description = "Rows in a format that the run's job reads.")
    Path data = Path.of("");

    @Mixin
    OutputOptions output = new OutputOptions();

    EvalCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            view.doing("reading " + data);
            RunHandle<EvaluationReport> handle = tuner.evaluate(argument.run, data);
            EvaluationReport report =
                    new Follower(surroundings.screen(), output).follow(handle, Farewell.toAnswer(handle.id()), view);
            if (output.isJson()) {
                surroundings.screen().line(Json.pretty(report));
            } else {
                new EvaluationView(surroundings.screen()).print(report);
            }
            return (report.gate().passed() ? ExitCode.OK : ExitCode.GATE_FAILED).number();
        }
    }
}
