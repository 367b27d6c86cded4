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
                .ifPresent(file -> readTokens(
                        file,
                        ModelJson.readObject(file, MAX_CONFIG_BYTES, ModelFilesProblems.TOKENIZER_DAMAGED),
                        tokens));
        configFile.ifPresent(file -> readTokens(file, config, tokens));
        Optional<Path> templateFile = folder.file("chat_template.jinja");
        String template = templateFile
                .map(TextSettings::readText)
                .or(() -> configFile.flatMap(file -> template(file, config)))
                .orElse(null);
        boolean begins = configFile
                .flatMap(file -> addsBeginToken(file, config))
                .orElse(tokenizer.beginToken().isPresent());
        tokenizer.beginToken().ifPresent(token -> tokens.putIfAbsent("bos_token", token));
        String source = templateFile.or(() -> configFile).orElse(folder.path()).toString();
        return new TextSettings(tokenizer, template, source, tokens, begins && tokens.containsKey("bos_token"));
    }

    private static void readTokens(Path file, JsonNode config, Map<String, String> tokens) {
        for (String name : TOKEN_NAMES) {
            JsonNode token = config.path(name);
            if (token.isMissingNode() || token.isNull()) {
                continue;
            }
            JsonNode content = token.isObject() ? token.path("content") : token;
            if (!content.isTextual()) {
                throw damaged(
                        file, name + " is no token", "it must be a text, or an object with the text as its content");
            }
            if (!content.asText().isEmpty()) {
                tokens.put(name, content.asText());
            }
        }
    }

    private static Optional<Boolean> addsBeginToken(Path file, JsonNode config) {
        JsonNode adds = config.path("add_bos_token");
        if (adds.isMissingNode() || adds.isNull()) {
            return Optional.empty();
        }
        if (!adds.isBoolean()) {
            throw damaged(file, "add_bos_token is neither true nor false", "found " + adds.getNodeType());
        }
        return Optional.of(adds.asBoolean());
    }

    /** The template, or of several named ones the default. */
    private static Optional<String> template(Path file, JsonNode config) {
        JsonNode template = config.path("chat_template");
        if (template.isMissingNode() || template.isNull()) {
            return Optional.empty();
        }
        if (template.isObject()) {
            return template.has("default") ? Optional.of(text(file, template.path("default"))) : Optional.empty();
        }
        if (!template.isArray()) {
            return Optional.of(text(file, template));
        }
        for (JsonNode named : template) {
            if (named.path("name").asText().equals("default")) {
                return Optional.of(text(file, named.path("template")));
            }
        }
        return Optional.empty();
    }

    private static String text(Path file, JsonNode template) {
        if (!template.isTextual()) {
            throw damaged(
                    file, "chat_template is no text", "it must be one, or a list or an object of texts with names");
        }
        return template.asText();
    }

    private static FineTuneException damaged(Path file, String what, String cause) {
        return ModelFilesProblems.TOKENIZER_DAMAGED
                .error("the tokenizer's settings are damaged: " + what)
                .at(Location.of(file.toString()))
                .because(cause)
                .asException();
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
