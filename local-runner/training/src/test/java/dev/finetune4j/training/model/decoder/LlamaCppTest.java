package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.modelfiles.codec.GgufDescription;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.tokenizer.Tokenizer;
import dev.finetune4j.modelfiles.tokenizer.TokenizerJson;
import dev.finetune4j.modelfiles.weights.GgufWriter;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.testkit.PythonPackages;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** llama.cpp, through its Python package, loads a tuned model that was written as GGUF and computes the same numbers and tokens. */
@Tag("slow")
class LlamaCppTest {
    private static final Path SENTENCE_PIECES =
            Path.of("../model-files/src/test/resources/dev/finetune4j/modelfiles/codec/sentencepiece");

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "tied, F32, 1e-3",
        "untied, F32, 1e-3",
        "bias, F32, 1e-3",
        "linear, F32, 1e-3",
        "llama3, F32, 1e-3",
        "mistral, F32, 1e-3",
        "qwen2, F32, 1e-3",
        "tied, F16, 0.1",
        "tied, BF16, 0.5",
        "tied, Q8_0, 1"
    })
    void computesWhatTheTunedModelDoes(String name, TensorType type, double tolerance) throws Exception {
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        double[] expected = Fixture.train(name, Fixture.RANK_4, adapter);
        ModelFolder base = ModelFolder.open(withTokenizer(Fixture.folder(name)));
        Path file = folder.resolve("tuned.gguf");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            MergedFormat format = new MergedFormat.Gguf(type, GgufDescription.of(base, "tuned", type));
            MergedWeights.write(base, adapter, Fixture.RANK_4, format, channel);
        }

        List<Object> arguments = new ArrayList<>(List.of(file.toAbsolutePath(), "abc bc<end>"));
        Arrays.stream(Fixture.TEXT).forEach(arguments::add);
        JsonNode told = JSON.readTree(
                PythonPackages.of("llama-cpp-requirements.txt").output("llama_cpp_scores.py", arguments.toArray()));

        assertThat(told.path("name").asText()).isEqualTo("tuned");
        assertThat(Fixture.doubles(told.path("scores"))).containsExactly(expected, offset(tolerance));
        assertThat(Fixture.ints(told.path("tokens")))
                .as("ab, c, blank, bc, end")
                .containsExactly(92, 66, 91, 93, 95);
    }

    /** llama makes a blank before each part of a text, gemma makes none. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma"})
    void makesTheTokensOfSentencePieces(String name) throws Exception {
        Path model = Files.createDirectory(folder.resolve("model"));
        TokenizerJson json = TokenizerJson.read(SENTENCE_PIECES.resolve(name + ".json"));
        ObjectNode config = (ObjectNode)
                JSON.readTree(Fixture.folder("tied").resolve("config.json").toFile());
        JSON.writeValue(model.resolve("config.json").toFile(), config.put("vocab_size", json.vocabularySize() + 1));
        Files.copy(SENTENCE_PIECES.resolve(name + ".json"), model.resolve("tokenizer.json"));
        Files.writeString(
                model.resolve("tokenizer_config.json"),
                "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"unk_token\": \"<unk>\"}");
        Path file = folder.resolve("vocabulary.gguf");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            GgufWriter.write(channel, GgufDescription.of(ModelFolder.open(model), "tokens", TensorType.F32), Map.of());
        }
        List<String> texts = texts();
        Path lines = Files.write(
                folder.resolve("texts.jsonl"),
                texts.stream().map(text -> JSON.valueToTree(text).toString()).toList());

        String told = PythonPackages.of("llama-cpp-requirements.txt").output("llama_cpp_tokens.py", file, lines);

        List<String> expected = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.open(json)) {
            texts.forEach(text -> expected.add(Arrays.toString(tokenizer.encode(text))));
        }
        assertThat(told.lines()).containsExactlyElementsOf(expected);
    }

    /** Words, blanks, letters that have no token, and special tokens between them. */
    private static List<String> texts() {
        List<String> parts = List.of(
                "the",
                "tokenizer",
                " ",
                "  ",
                "\n",
                "of",
                "é",
                "漢字",
                "🙂",
                "Sentence",
                "pieces",
                ".",
                "42",
                "<s>",
                "</s>");
        SplittableRandom random = new SplittableRandom(1);
        return IntStream.range(0, 2000)
                .mapToObj(text -> random.ints(1 + text % 12, 0, parts.size())
                        .mapToObj(parts::get)
                        .collect(Collectors.joining()))
                .toList();
    }

    /** The fixtures have none: here the bytes from ! on are a token each, then a blank, two merges, a line feed and an end. */
    private Path withTokenizer(Path model) throws Exception {
        Path copy = Files.createDirectory(folder.resolve("model"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(model.resolve(file), copy.resolve(file));
        }
        ObjectNode json = JSON.createObjectNode();
        json.putArray("added_tokens")
                .addObject()
                .put("id", 95)
                .put("content", "<end>")
                .put("special", true);
        json.putObject("pre_tokenizer").put("type", "ByteLevel").put("add_prefix_space", false);
        ObjectNode bpe = json.putObject("model").put("type", "BPE");
        ObjectNode vocabulary = bpe.putObject("vocab");
        for (int id = 0; id < 91; id++) {
            vocabulary.put(String.valueOf((char) ('!' + id)), id);
        }
        vocabulary.put("Ġ", 91).put("ab", 92).put("bc", 93).put("Ċ", 94);
        ArrayNode merges = bpe.putArray("merges");
        merges.add("a b").add("b c");
        Files.writeString(copy.resolve("tokenizer.json"), json.toString());
        Files.writeString(copy.resolve("tokenizer_config.json"), "{\"eos_token\": \"<end>\"}");
        return copy;
    }
}
