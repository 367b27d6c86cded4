package dev.finetune4j.modelfiles.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.ModelJson;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.tokenizer.GgufTokenizer;
import dev.finetune4j.modelfiles.tokenizer.TokenizerJson;
import dev.finetune4j.modelfiles.weights.GgufFile;
import dev.finetune4j.modelfiles.weights.GgufMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the files of a model say about its text.
 *
 * @param tokenizer the tokenizer
 * @param template the chat template, or null
 * @param templateSource the file that it comes from
 * @param specialTokens {@code bos_token}, {@code eos_token} and the like, by the names that templates know them by
 * @param beginsTexts whether a text begins with the {@code bos_token}
 */
record TextSettings(
        TokenizerJson tokenizer,
        @Nullable String template,
        String templateSource,
        Map<String, String> specialTokens,
        boolean beginsTexts) {
    private static final long MAX_CONFIG_BYTES = 16L << 20;
    private static final List<String> TOKEN_NAMES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    TextSettings {
        specialTokens = Map.copyOf(specialTokens);
    }

    /**
     * Reads what a model has.
     *
     * @throws FineTuneException with FT0430 if there is no tokenizer, FT0431 or FT0432 if it cannot be used
     */
    static TextSettings read(ModelFolder folder) {
        return folder.isGguf() ? fromGguf(folder.path()) : fromFolder(folder);
    }

    private static TextSettings fromFolder(ModelFolder folder) {
        Path tokenizerFile = folder.file("tokenizer.json")
                .orElseThrow(() -> ModelFilesProblems.TOKENIZER_MISSING
                        .error("tokenizer.json is missing in " + folder.path())
                        .at(Location.of(folder.path().resolve("tokenizer.json").toString()))
                        .asException());
        TokenizerJson tokenizer = TokenizerJson.read(tokenizerFile);
        Optional<Path> configFile = folder.file("tokenizer_config.json");
        JsonNode config = configFile
                .map(file -> ModelJson.readObject(file, MAX_CONFIG_BYTES, ModelFilesProblems.TOKENIZER_DAMAGED))
                .orElse(JsonNodeFactory.instance.objectNode());
        Map<String, String> tokens = new LinkedHashMap<>();
        folder.file("special_tokens_map.json")
                .map(file -> ModelJson.readObject(file, MAX_CONFIG_BYTES, ModelFilesProblems.TOKENIZER_DAMAGED))
                .ifPresent(map -> readTokens(map, tokens));
        readTokens(config, tokens);
        Optional<Path> templateFile = folder.file("chat_template.jinja");
        String template = templateFile.map(TextSettings::readText).orElseGet(() -> template(config));
        boolean begins =
                config.path("add_bos_token").asBoolean(tokenizer.beginToken().isPresent());
        tokenizer.beginToken().ifPresent(token -> tokens.putIfAbsent("bos_token", token));
        String source = templateFile.or(() -> configFile).orElse(folder.path()).toString();
        return new TextSettings(tokenizer, template, source, tokens, begins && tokens.containsKey("bos_token"));
    }

    private static void readTokens(JsonNode config, Map<String, String> tokens) {
        for (String name : TOKEN_NAMES) {
            JsonNode token = config.path(name);
            String content =
                    token.isObject() ? token.path("content").asText() : token.isTextual() ? token.asText() : "";
            if (!content.isEmpty()) {
                tokens.put(name, content);
            }
        }
    }

    /** The template, or of several named ones the default. */
    private static @Nullable String template(JsonNode config) {
        JsonNode template = config.path("chat_template");
        if (template.isTextual()) {
            return template.asText();
        }
        for (JsonNode named : template) {
            if (named.path("name").asText().equals("default")) {
                return named.path("template").asText();
            }
        }
        return null;
    }

    private static String readText(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw ModelFilesProblems.FILE_UNREADABLE
                    .error("cannot read " + file.getFileName() + " as UTF-8 text")
                    .at(Location.of(file.toString()))
                    .because(String.valueOf(e.getMessage()))
                    .asException(e);
        }
    }

    private static TextSettings fromGguf(Path path) {
        try (GgufFile file = GgufFile.open(path)) {
            GgufMetadata metadata = file.metadata();
            TokenizerJson tokenizer = GgufTokenizer.read(file);
            List<String> vocabulary = metadata.texts("tokenizer.ggml.tokens").orElse(List.of());
            Map<String, String> tokens = new LinkedHashMap<>();
            Map<String, String> keys = Map.of(
                    "bos_token", "bos_token_id",
                    "eos_token", "eos_token_id",
                    "unk_token", "unknown_token_id",
                    "pad_token", "padding_token_id");
            keys.forEach((name, key) -> {
                long id = metadata.whole("tokenizer.ggml." + key).orElse(-1);
                if (id >= 0 && id < vocabulary.size()) {
                    tokens.put(name, vocabulary.get((int) id));
                }
            });
            return new TextSettings(
                    tokenizer,
                    metadata.text("tokenizer.chat_template").orElse(null),
                    path.toString(),
                    tokens,
                    tokenizer.beginToken().isPresent());
        }
    }
}
