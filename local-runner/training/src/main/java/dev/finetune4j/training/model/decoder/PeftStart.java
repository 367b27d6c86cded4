package dev.finetune4j.training.model.decoder;

import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.model.adapter.AdapterConfig;
import dev.finetune4j.training.model.adapter.LoraLayout;
import dev.finetune4j.training.model.adapter.LoraStart;
import dev.finetune4j.training.model.adapter.PromptFiles;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What a method trains of a decoder in PEFT's words, and how it starts, for whoever trains it elsewhere from the same numbers.
 *
 * @param config {@code adapter_config.json} as this core writes it; empty where every weight is trained
 * @param quantization {@code quantization_config.json} as this core writes it beside; empty where the base model stays as it is
 * @param draws the factors that are drawn
 * @param tokens the token whose embedding, or keys and values, each virtual token starts as
 */
public record PeftStart(
        Map<String, Object> config,
        Map<String, Object> quantization,
        List<LoraStart.Draw> draws,
        List<Integer> tokens) {
    /** Copies the collections in their order. */
    public PeftStart {
        config = Collections.unmodifiableMap(new TreeMap<>(config));
        quantization = Collections.unmodifiableMap(new TreeMap<>(quantization));
        draws = List.copyOf(draws);
        tokens = List.copyOf(tokens);
    }

    /**
     * The start of a method on a model.
     *
     * @param folder the base model; its weights are not read
     * @param name what it is called
     * @param longest tokens of the longest sequence that will be computed
     * @param seed decides what is drawn
     * @param codec its text side
     * @throws dev.finetune4j.error.FineTuneException with FT0470 if the architecture is not supported, FT0472 if a module or layer that the
     *     method names does not exist
     */
    public static PeftStart of(
            ModelFolder folder, ModelName name, TuningMethod method, int longest, long seed, TextCodec codec) {
        DecoderShape shape = SupportedArchitectures.shapeOf(
                folder.config(),
                new LongestTexts(longest, 0, method.virtualTokens(), 0, false),
                folder.path().toString());
        if (method.virtualTokens() > 0) {
            return new PeftStart(
                    PromptFiles.config(method, shape.promptBase(name)),
                    Map.of(),
                    List.of(),
                    tokens(method, tokensOfText(method, codec), seed, shape));
        }
        return method.adapters()
                .map(lora -> ofLora(shape, folder, name, AdapterConfig.quantization(method), lora, seed))
                .orElse(new PeftStart(Map.of(), Map.of(), List.of(), List.of()));
    }

    private static PeftStart ofLora(
            DecoderShape shape,
            ModelFolder folder,
            ModelName name,
            Map<String, Object> quantization,
            LoraTuning method,
            long seed) {
        LoraLayout layout = shape.adapters(method);
        ModulesBeside beside = ModulesBeside.of(layout.length(), method, folder.config());
        return new PeftStart(
                AdapterConfig.config(layout, beside.saved(method), method, name),
                quantization,
                LoraStart.draws(layout, seed),
                List.of());
    }

    /** The tokens of the text that virtual tokens start as; none where they are drawn. */
    public static List<Integer> tokensOfText(TuningMethod method, TextCodec codec) {
        return method.initTextIfAny().stream()
                .flatMapToInt(text -> Arrays.stream(codec.encodeText(text)))
                .boxed()
                .toList();
    }

    /**
     * The token that each virtual token starts as.
     *
     * @param text tokens of a text, taken in turn; where there are none, tokens of the vocabulary are drawn
     */
    static List<Integer> tokens(TuningMethod method, List<Integer> text, long seed, DecoderShape shape) {
        List<Integer> inTurn = text.isEmpty()
                ? new SplittableRandom(seed)
                        .ints(shape.width(), 0, shape.vocabulary())
                        .boxed()
                        .toList()
                : text;
        return IntStream.range(0, method.virtualTokens())
                .mapToObj(number -> inTurn.get(number % inTurn.size()))
                .toList();
    }
}
