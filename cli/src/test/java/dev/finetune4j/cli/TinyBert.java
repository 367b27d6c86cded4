package dev.finetune4j.cli;

import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.encoder.EncoderTensors;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A BERT of random weights in Hugging Face layout that knows some words. */
final class TinyBert {
    private static final Sizes TINY = new Sizes(32, 48, 2);

    private TinyBert() {}

    /**
     * How large a model is.
     *
     * @param width C
     * @param inner F
     * @param layers L
     */
    record Sizes(int width, int inner, int layers) {}

    /** Writes the same model each time: two layers, some thousand weights. */
    static Path write(Path folder, List<String> words) throws IOException {
        return write(folder, words, TINY);
    }

    /** Writes the same model each time. */
    static Path write(Path folder, List<String> words, Sizes sizes) throws IOException {
        Files.createDirectories(folder);
        List<String> vocabulary = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]"));
        vocabulary.addAll(words);
        String entries = IntStream.range(0, vocabulary.size())
                .mapToObj(id -> "\"" + vocabulary.get(id) + "\": " + id)
                .collect(Collectors.joining(", "));
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"version": "1.0", "added_tokens": [%s],
                 "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
                  "lowercase": true},
                 "pre_tokenizer": {"type": "BertPreTokenizer"},
                 "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
                 "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
                 "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {%s}}}
                """.formatted(special(), entries));
        Files.writeString(folder.resolve("config.json"), """
                {"architectures": ["BertModel"], "model_type": "bert", "hidden_size": %s, "intermediate_size": %s,
                 "num_hidden_layers": %s, "num_attention_heads": 4, "vocab_size": %s, "max_position_embeddings": 64,
                 "type_vocab_size": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "pad_token_id": 0}
                """.formatted(
                        sizes.width(), sizes.inner(), sizes.layers(), vocabulary.size()));
        writeWeights(folder);
        return folder;
    }

    private static String special() {
        return IntStream.range(0, 4)
                .mapToObj(id -> """
                        {"id": %s, "content": "%s", "single_word": false, "lstrip": false, "rstrip": false,
                         "normalized": false, "special": true}""".formatted(
                                id, List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]").get(id)))
                .collect(Collectors.joining(", "));
    }

    private static void writeWeights(Path folder) throws IOException {
        Map<String, WritableTensor> tensors = new TreeMap<>();
        Random random = new Random(1);
        for (ExpectedTensor tensor : EncoderTensors.of(
                        ModelFolder.open(folder).encoder().orElseThrow())
                .body()) {
            float[] numbers =
                    new float[tensor.shape().stream().mapToInt(Long::intValue).reduce(1, Math::multiplyExact)];
            for (int i = 0; i < numbers.length; i++) {
                boolean isNorm = tensor.name().endsWith("LayerNorm.weight");
                numbers[i] = isNorm ? 1 : (float) (random.nextGaussian() * 0.3);
            }
            tensors.put(tensor.name(), WritableTensor.ofFloats(tensor.shape(), () -> numbers));
        }
        try (FileChannel channel = FileChannel.open(
                folder.resolve("model.safetensors"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(channel, tensors, Map.of("format", "pt"));
        }
    }
}
