package dev.finetune4j.modelfiles.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.modelfiles.PythonScript;
import dev.finetune4j.modelfiles.weights.GgufFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The tokens of thousands of texts are those of transformers: for each family of tokenizers a small one, and those of real models that
 * can be had from packages. What transformers gives was noted by src/test/python/make_token_references.py, a digest for every 100 texts.
 */
class TokenDigestsTest {
    private static final Path CODEC = Path.of("src/test/resources/dev/finetune4j/modelfiles/codec");
    private static final String PUBLISHED = "published-";
    private static final int CHUNK = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void givesTheTokensOfTransformersForAThousandTexts() throws Exception {
        assertThat(differences(1_000, smallTokenizers())).isEmpty();
    }

    @Tag("slow")
    @Test
    void givesTheTokensOfTransformersForTenThousandTexts() throws Exception {
        Path folder = Path.of("target/published-tokenizers");
        PythonScript.run("published_tokenizers.py", folder.toString());
        Map<String, Path> tokenizers = smallTokenizers();
        for (String file : List.of("deepseek.json", "llama3.json", "smollm2.gguf")) {
            tokenizers.put(PUBLISHED + file.substring(0, file.indexOf('.')), folder.resolve(file));
        }

        assertThat(differences(10_000, tokenizers)).isEmpty();
    }

    private static Map<String, Path> smallTokenizers() {
        Map<String, Path> tokenizers = new TreeMap<>(Map.of("metaspace", CODEC.resolve("metaspace.json")));
        for (String name : List.of("gemma", "llama", "unigram")) {
            tokenizers.put(name, CODEC.resolve("sentencepiece").resolve(name + ".json"));
        }
        for (String name : List.of("bert", "roberta")) {
            tokenizers.put(name, CODEC.resolve("encoders").resolve(name).resolve("tokenizer.json"));
        }
        for (String name : List.of("gpt-2", "llama-bpe", "qwen2", "smollm")) {
            tokenizers.put(name, CODEC.resolve(name + ".gguf"));
        }
        return tokenizers;
    }

    /** The chunks of texts that have other tokens, as the number of their first text, by tokenizer and way with special tokens. */
    private static Map<String, List<Integer>> differences(int count, Map<String, Path> tokenizers) throws Exception {
        List<String> texts = new ArrayList<>();
        for (String line :
                PythonScript.run("token_texts.py", Integer.toString(count)).split("\n")) {
            texts.add(JSON.readValue(line, String.class));
        }
        assertThat(texts).hasSize(count);
        Map<String, List<Integer>> differences = new TreeMap<>();
        int compared = 0;
        for (String line : Files.readAllLines(CODEC.resolve("token-digests.tsv"))) {
            String[] cells = line.split("\t");
            Path path = tokenizers.get(cells[0]);
            if (path == null) {
                continue;
            }
            compared++;
            try (Tokenizer tokenizer =
                    cells[1].equals("plain") ? Tokenizer.openPlain(json(path)) : Tokenizer.open(json(path))) {
                for (int start = 0; start < count; start += CHUNK) {
                    if (!digest(tokenizer, texts.subList(start, start + CHUNK)).equals(cells[2 + start / CHUNK])) {
                        differences
                                .computeIfAbsent(cells[0] + " " + cells[1], name -> new ArrayList<>())
                                .add(start);
                    }
                }
            }
        }
        assertThat(compared).as("tokenizers, each twice").isEqualTo(2 * tokenizers.size());
        return differences;
    }

    private static TokenizerJson json(Path path) {
        if (path.toString().endsWith(".json")) {
            return TokenizerJson.read(path);
        }
        try (GgufFile file = GgufFile.open(path)) {
            return GgufTokenizer.read(file);
        }
    }

    /** Of the token numbers as Python's json writes a list of lists. */
    private static String digest(Tokenizer tokenizer, List<String> texts) throws Exception {
        List<String> tokens = texts.stream()
                .map(text -> Arrays.toString(tokenizer.encode(text)))
                .toList();
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(tokens.toString().getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(digest).substring(0, 12);
    }

    /** Rows may hold one, escaped in JSON; transformers refuses them. */
    @Test
    void takesAHalfSurrogateForTheReplacementCharacterAndLeavesTheRestAsItIs() {
        for (Path path : smallTokenizers().values()) {
            try (Tokenizer tokenizer = Tokenizer.open(json(path))) {
                for (String broken : List.of("a\uD800b", "\uDC00", "🙂 \uDE42 🙂\0", "x\uD83D", "\uD83D\uD83D\uDE42")) {
                    String replaced = new String(broken.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE);

                    assertThat(tokenizer.encode(broken)).as(path + " " + broken).isEqualTo(tokenizer.encode(replaced));
                }
            }
        }
    }
}
