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
import dev.finetune4j.run.GgufType;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.ModelFormat;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes the tuned model of a run as a model of its own. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the tuned model of a run as a model of its own, its adapter added to the weights of the base model: a folder in"
                    + " Hugging Face layout (hf), or one file that llama.cpp loads (gguf). It is compared with the tuned model before"
                    + " it is handed out.",
            "GGUF is written of Llama, Mistral and Qwen 2 whose tokenizer is one of those of GPT-2, SmolLM, Llama 3 or Qwen 2, or one like"
                    + " SentencePiece's."
        },
        footer = {
            "",
            "Example:",
            "  finetune export attack-tactics-3f9c2a71-1 --to tuned-model",
            "  finetune export attack-tactics-3f9c2a71-1 --to tuned.gguf --type q8_0"
        })
final class ExportCommand implements Callable<Integer> {
    private static final String GGUF_ENDING = ".gguf";

    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Mixin
    RunArgument argument = new RunArgument();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "PATH",
            description = "A folder that does not exist or is empty; for gguf a file that does not exist.")
    Path target = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "hf or gguf (default: gguf for a PATH of that ending, else hf).")
    @Nullable
    ExportFormat format;

    @Option(
            names = "--precision",
            paramLabel = "FORMAT",
            description =
                    "hf: how weights are stored: fp32, bf16, or auto (default): bf16 where the base is stored so, else fp32.")
    @Nullable
    Precision precision;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description =
                    "gguf: how matrices are stored: f32, f16, bf16, q8_0, or auto (default): bf16 where the base is stored so, else"
                            + " f16.")
    @Nullable
    GgufType type;

    @Mixin
    OutputOptions output = new OutputOptions();

    ExportCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        ModelFormat asked = asked();
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            view.doing("writing the tuned model");
            RunHandle<MergedModel> handle = tuner.export(argument.run, asked, target);
            Follower follower = new Follower(surroundings.screen(), output);
            print(follower.follow(handle, Farewell.toAnswer(handle.id()), view));
            return ExitCode.OK.number();
        }
    }

    private ModelFormat asked() {
        boolean isGguf = format == null ? target.toString().endsWith(GGUF_ENDING) : format == ExportFormat.GGUF;
        if (isGguf && precision != null) {
            throw new ParameterException(spec.commandLine(), "--precision is for --format hf; --type is for gguf");
        }
        if (!isGguf && type != null) {
            throw new ParameterException(spec.commandLine(), "--type is for --format gguf; --precision is for hf");
        }
        if (!isGguf && target.toString().endsWith(GGUF_ENDING)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--format hf writes a folder, and --to " + target
                            + " names a file; leave out --format, or name a folder");
        }
        return isGguf
                ? new ModelFormat.Gguf(type == null ? GgufType.AUTO : type)
                : new ModelFormat.HuggingFace(precision == null ? Precision.AUTO : precision);
    }

    private void print(MergedModel merged) {
        Screen screen = surroundings.screen();
        boolean isGguf = merged.format() instanceof ModelFormat.Gguf;
        if (output.isJson()) {
            screen.line(Json.pretty(Map.of(
                    isGguf ? "file" : "folder",
                    target.toAbsolutePath().normalize().toString(),
                    "model",
                    merged)));
            return;
        }
        screen.line(target + ": " + Figures.bytes(merged.bytes()) + (isGguf ? " in " : " of weights in ")
                + merged.format().stored());
        screen.line(screen.paint(
                Tone.FAINT,
                String.format(
                        Locale.ROOT,
                        "compared with the tuned model by %d log-probabilities: at most %.1g nats apart, within what is allowed in %s",
                        merged.comparedTokens(),
                        merged.largestDifference(),
                        merged.format().stored())));
    }
}
