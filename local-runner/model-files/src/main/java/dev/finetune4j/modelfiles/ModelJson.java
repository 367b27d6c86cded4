package dev.finetune4j.modelfiles;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.json.WholeText;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Reads the JSON files of a model: bounded in size and depth, without duplicate keys, without anything after the last brace. */
public final class ModelJson {
    private static final int MAX_DEPTH = 64;
    private static final Pattern OF_THE_LIBRARY =
            Pattern.compile("(?s) \\(start marker at .*|, from `[^`]*`|: enable `[^`]*` to allow");

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(100_000_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ModelJson() {}

    /**
     * Reads a file that holds one JSON object.
     *
     * @param file the file
     * @param maxBytes the longest file that is read
     * @param damaged the kind of problem to report if it is no such JSON
     * @throws FineTuneException with {@code damaged}, or FT0402 if the file cannot be read
     */
    public static JsonNode readObject(Path file, long maxBytes, ProblemKind damaged) {
        try {
            long size = Files.size(file);
            if (size > maxBytes) {
                throw problem(file, damaged, "is too long", size + " bytes; at most " + maxBytes + " are read")
                        .asException();
            }
            JsonNode node = readTree(file);
            if (!node.isObject()) {
                throw problem(file, damaged, "holds no JSON object", "found " + node.getNodeType())
                        .asException();
            }
            if (!isWhole(node)) {
                throw problem(
                                file,
                                damaged,
                                "holds half a character",
                                "an escape such as \\ud83d without its other half")
                        .asException();
            }
            return node;
        } catch (CharacterCodingException e) {
            throw problem(file, damaged, "is not UTF-8", "a byte sequence that is no character")
                    .asException(e);
        } catch (JsonProcessingException e) {
            var place = e.getLocation();
            throw damaged.error(file.getFileName() + " is not valid JSON")
                    .at(
                            place == null
                                    ? Location.of(file.toString())
                                    : new Location.InFile(
                                            file.toString(), place.getLineNr(), place.getColumnNr(), null))
                    .because(reason(e))
                    .asException(e);
        } catch (IOException e) {
            throw ModelFilesProblems.FILE_UNREADABLE
                    .error("cannot read " + file.getFileName())
                    .at(Location.of(file.toString()))
                    .because(String.valueOf(e.getMessage()))
                    .asException(e);
        }
    }

    /** What the JSON library says, without its own names and settings. */
    private static String reason(JsonProcessingException e) {
        return OF_THE_LIBRARY.matcher(e.getOriginalMessage()).replaceAll("");
    }

    /** Given bytes, the JSON library would guess at UTF-16 and UTF-32, and let malformed UTF-8 pass. */
    private static JsonNode readTree(Path file) throws IOException {
        try (Reader text = new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder())) {
            return MAPPER.readTree(text);
        }
    }

    private static boolean isWhole(JsonNode node) {
        if (node.isTextual()) {
            return WholeText.isWhole(node.textValue());
        }
        for (JsonNode child : node) {
            if (!isWhole(child)) {
                return false;
            }
        }
        return node.properties().stream().allMatch(field -> WholeText.isWhole(field.getKey()));
    }

    /** A JSON text as bytes, keys in the order given. */
    public static byte[] write(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes can always be written", e);
        }
    }

    private static Problem.Builder problem(Path file, ProblemKind kind, String summary, String cause) {
        return kind.error(file.getFileName() + " " + summary)
                .at(Location.of(file.toString()))
                .because(cause);
    }
}
