package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.cli.view.Tone;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.job.Precision;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.MergedModel;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the tuned model of a run as a model of its own. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description =
                "Adds the adapter of a run to the weights of its base model, and writes a model that needs no adapter: a folder in"
                        + " Hugging Face layout, compared with base model and adapter before it is handed out.",
        footer = {"", "Example:", "  finetune export attack-tactics-3f9c2a71-1 --to tuned-model"})
final class ExportCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    RunArgument argument = new RunArgument();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FOLDER",
            description = "A folder that does not exist or is empty.")
    Path target = Path.of("");

    @Option(
            names = "--precision",
            paramLabel = "FORMAT",
            defaultValue = "auto",
            description =
                    "How weights are stored: fp32, bf16, or auto (default): bf16 where the base is stored so, else fp32.")
    Precision precision = Precision.AUTO;

    @Mixin
    OutputOptions output = new OutputOptions();

    ExportCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            view.doing("merging adapter and weights");
            RunHandle<MergedModel> handle = tuner.export(argument.run, precision, target);
            Follower follower = new Follower(surroundings.screen(), output);
            print(follower.follow(handle, Farewell.toAnswer(handle.id()), view));
            return ExitCode.OK.number();
        }
    }

    private void print(MergedModel merged) {
        Screen screen = surroundings.screen();
        if (output.isJson()) {
            screen.line(Json.pretty(Map.of("folder", target.toAbsolutePath().normalize(), "model", merged)));
            return;
        }
        screen.line(target + ": " + Figures.bytes(merged.bytes()) + " of weights in "
                + merged.precision().name().toLowerCase(Locale.ROOT));
        screen.line(screen.paint(
                Tone.FAINT,
                String.format(
                        Locale.ROOT,
                        "compared with base model and adapter at %d next tokens: at most %.1g nats apart",
                        merged.comparedTokens(),
                        merged.largestDifference())));
    }
}
