package dev.finetune4j.worker;

import dev.finetune4j.job.Precision;
import dev.finetune4j.modelfiles.codec.DescriptionFiles;
import dev.finetune4j.modelfiles.codec.GgufDescription;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.run.GgufType;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModel.Alternatives;
import dev.finetune4j.training.model.decoder.MergedFormat;
import dev.finetune4j.training.model.decoder.MergedWeights;
import dev.finetune4j.training.predict.TextLengths;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A tuned decoder as a model of its own: how it is written, and how far its next tokens are from those that it had before. */
final class MergedDecoder implements MergedParts {
    private static final int PROMPTS = 3;
    private static final int PROMPT_TOKENS = 24;
    private static final int NEXT_TOKENS = 64;

    private final WorkSite site;
    private final TunedModel tuned;
    private final ModelFolder model;
    private final TensorType type;
    private final MergedFormat layout;

    /**
     * Looks at a tuned decoder.
     *
     * @param format the form that it is to have
     * @throws dev.finetune4j.error.FineTuneException with FT0424 or FT0434 if it cannot have that form
     */
    MergedDecoder(WorkSite site, TunedModel tuned, ModelFormat format) {
        this.site = site;
        this.tuned = tuned;
        model = ModelFolder.open(tuned.weights());
        type = type(ModelFolder.open(site.baseModel()), format);
        layout = format instanceof ModelFormat.Gguf
                ? new MergedFormat.Gguf(type, GgufDescription.of(model, site.runName(), type))
                : new MergedFormat.Safetensors(type);
    }

    private static TensorType type(ModelFolder base, ModelFormat format) {
        if (format instanceof ModelFormat.Gguf gguf) {
            return gguf.type() == GgufType.AUTO
                    ? shortType(base)
                    : TensorType.valueOf(gguf.type().name());
        }
        return MergedWeights.typeOf(base, ((ModelFormat.HuggingFace) format).precision());
    }

    private static TensorType shortType(ModelFolder base) {
        return MergedWeights.typeOf(base, Precision.AUTO) == TensorType.BF16 ? TensorType.BF16 : TensorType.F16;
    }

    @Override
    public ModelFormat format() {
        return layout.isGguf()
                ? new ModelFormat.Gguf(GgufType.valueOf(type.name()))
                : new ModelFormat.HuggingFace(type == TensorType.BF16 ? Precision.BF16 : Precision.FP32);
    }

    /** What rounding of weights to a type may do to the log-probability of a token; of improbable ones it shows. */
    @Override
    public double tolerance() {
        return switch (type) {
            case F32 -> 1e-3;
            case F16 -> 0.25; // a weight is off by up to 1/4096 of itself
            default -> 1; // by up to 1/512 of itself, or 1/254 of the largest of 32
        };
    }

    @Override
    public int compared() {
        return PROMPTS * NEXT_TOKENS;
    }

    @Override
    public double write(Path folder) throws IOException {
        Path written = folder;
        if (layout.isGguf()) {
            written = folder.resolve(WorkOrder.GGUF_FILE);
            writeWeights(written);
        } else {
            DescriptionFiles.write(model, type, MergedWeights.isUntied(model, tuned.method()), folder);
            writeWeights(folder.resolve(WorkOrder.SAFETENSORS_FILE));
        }
        site.say("comparing the merged model with the tuned model");
        int vocabulary = model.config().vocabularySize();
        int promptTokens = promptTokens(written);
        double[] before = scores(tuned, promptTokens, vocabulary);
        double[] after = scores(TunedModel.plain(written), promptTokens, vocabulary);
        return IntStream.range(0, after.length)
                .mapToDouble(i -> Math.abs(after[i] - before[i]))
                .reduce(0, Math::max); // NaN wins
    }

    /** With the token behind them no more than what was written reads: GGUF has no window, and ends where it would begin to hide tokens. */
    private static int promptTokens(Path written) {
        int context = ModelFolder.open(written).config().contextTokens();
        return Math.max(1, Math.min(PROMPT_TOKENS, context - 1));
    }

    private void writeWeights(Path file) throws IOException {
        try (FileChannel weights = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            if (tuned.adapter().isPresent()) {
                MergedWeights.write(model, tuned.adapter().get(), tuned.method(), layout, weights);
            } else {
                MergedWeights.write(model, layout, weights);
            }
        }
    }

    /** Log-probabilities of tokens from all over the vocabulary after texts of such tokens. */
    private double[] scores(TunedModel model, int promptTokens, int vocabulary) {
        TextLengths lengths = new TextLengths(0, promptTokens + NEXT_TOKENS, 0);
        var loaded = site.loadToCompare(model, lengths);
        try (LanguageModel answering = loaded.model()) {
            answering.useAdapter(model.adapter().isPresent());
            List<int[]> next = IntStream.range(0, NEXT_TOKENS)
                    .mapToObj(i -> new int[] {MergedParts.spread(i, vocabulary)})
                    .toList();
            List<Alternatives> prompts = IntStream.range(0, PROMPTS)
                    .mapToObj(number -> new Alternatives(prompt(number, promptTokens, vocabulary), next))
                    .toList();
            return answering.scoreContinuations(new int[0], prompts).stream()
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
        }
    }

    private static int[] prompt(int number, int tokens, int vocabulary) {
        return IntStream.range(0, tokens)
                .map(i -> MergedParts.spread((number + 1) * NEXT_TOKENS + i, vocabulary))
                .toArray();
    }
}
