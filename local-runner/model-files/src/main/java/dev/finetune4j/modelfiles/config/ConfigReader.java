package dev.finetune4j.modelfiles.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** Reads values of a configuration by key, and collects everything that is missing or impossible before it refuses. */
final class ConfigReader {
    private static final int SHOWN_CHARACTERS = 40;

    /** As PyTorch names them. */
    private static final Set<String> NUMBER_FORMATS = Set.of(
            "bfloat16",
            "bool",
            "complex64",
            "double",
            "float",
            "float16",
            "float32",
            "float4_e2m1fn_x2",
            "float64",
            "float8_e4m3fn",
            "float8_e4m3fnuz",
            "float8_e5m2",
            "float8_e5m2fnuz",
            "float8_e8m0fnu",
            "half",
            "int",
            "int16",
            "int32",
            "int64",
            "int8",
            "long",
            "short",
            "uint16",
            "uint32",
            "uint64",
            "uint8");

    private final String source;
    private final JsonNode json;
    private final Function<String, OptionalLong> wholes;
    private final Function<String, OptionalDouble> reals;
    private final List<String> remedies;
    private final List<Problem> problems = new ArrayList<>();

    /**
     * A reader over the metadata of a GGUF file.
     *
     * @param source the file, for messages
     * @param wholes looks up whole numbers
     * @param reals looks up numbers
     */
    ConfigReader(String source, Function<String, OptionalLong> wholes, Function<String, OptionalDouble> reals) {
        this.source = source;
        this.json = MissingNode.getInstance();
        this.wholes = wholes;
        this.reals = reals;
        this.remedies = List.of("download the file again and compare its size and SHA-256 with the publisher's");
    }

    /** A reader over config.json. */
    ConfigReader(Path file, JsonNode json) {
        this.source = file.toString();
        this.json = json;
        this.wholes = key -> whole(key, json.path(key));
        this.reals = key -> real(key, json.path(key));
        this.remedies = List.of(); // the problem's own
    }

    /** A count that must be there. */
    int count(String key, int max) {
        OptionalLong value = wholes.apply(key);
        if (value.isEmpty()) {
            missing(key);
            return 1;
        }
        return checked(key, value.getAsLong(), 1, max);
    }

    /** A count with a default. */
    int count(String key, int max, int absent) {
        OptionalLong value = wholes.apply(key);
        return value.isEmpty() ? absent : checked(key, value.getAsLong(), 1, max);
    }

    /** A count that may be 0, with a default. */
    int countOrNone(String key, int max, int absent) {
        OptionalLong value = wholes.apply(key);
        return value.isEmpty() ? absent : checked(key, value.getAsLong(), 0, max);
    }

    /** A number above 0, with a default. */
    double positive(String key, double absent) {
        OptionalDouble value = reals.apply(key);
        if (value.isEmpty()) {
            return absent;
        }
        if (!(value.getAsDouble() > 0) || Double.isInfinite(value.getAsDouble())) {
            invalid(key + " is " + value.getAsDouble(), "it must be above 0");
        }
        return value.getAsDouble();
    }

    /** A number that must be there. */
    double positive(String key) {
        if (reals.apply(key).isEmpty()) {
            missing(key);
        }
        return positive(key, 1);
    }

    /** Whether something is so, with a default where config.json has no such key. */
    boolean truth(String key, boolean absent) {
        return truth(key, json.path(key), absent);
    }

    /** Whether something is so, with a default where the value is missing. */
    boolean truth(String key, JsonNode node, boolean absent) {
        if (!node.isMissingNode() && !node.isBoolean()) {
            invalid(key + " is " + shown(node), "it must be true or false");
        }
        return node.asBoolean(absent);
    }

    /** A text, with a default where config.json has no such key. */
    String text(String key, String absent) {
        return text(key, json.path(key), absent);
    }

    /** A text, with a default where the value is missing. */
    String text(String key, JsonNode node, String absent) {
        if (!node.isMissingNode() && !node.isTextual()) {
            invalid(key + " is " + shown(node), "it must be a text");
        }
        return node.asText(absent);
    }

    /** Values by key; none where there are none, or null. */
    JsonNode group(String key, JsonNode node) {
        if (node.isObject() || isAbsent(node)) {
            return node;
        }
        invalid(key + " is " + shown(node), "it must be an object with keys of its own");
        return MissingNode.getInstance();
    }

    /** The weights' number format as config.json names it; empty if not said. */
    String storedType() {
        String key = json.hasNonNull("torch_dtype") ? "torch_dtype" : "dtype";
        JsonNode node = json.path(key);
        if (isAbsent(node)) {
            return "";
        }
        if (!node.isTextual() || !NUMBER_FORMATS.contains(node.asText())) {
            invalid(key + " is " + shown(node), "it must be a number format of PyTorch, such as float32 or bfloat16");
        }
        return node.asText();
    }

    /** A token id, or a list of them; empty where the key is absent or null. */
    List<Integer> tokens(String key) {
        JsonNode node = json.path(key);
        if (isAbsent(node)) {
            return List.of();
        }
        List<Integer> tokens = new ArrayList<>();
        Iterable<JsonNode> all = node.isArray() ? node : List.of(node);
        for (JsonNode token : all) {
            if (token.isInt()) {
                tokens.add(token.asInt());
            } else {
                invalid(key + " is " + shown(node), "it must be a token id, or a list of token ids");
            }
        }
        return tokens;
    }

    void missing(String key) {
        invalid(key + " is missing", "every model of this kind has it");
    }

    void invalid(String summary, String cause) {
        Problem.Builder problem = ModelFilesProblems.CONFIG_INVALID
                .error(summary)
                .at(Location.of(source))
                .because(cause);
        remedies.forEach(problem::remedy);
        Problem found = problem.build();
        if (!problems.contains(found)) { // some values are read several times
            problems.add(found);
        }
    }

    /** Whether anything was wrong so far. */
    boolean hasProblems() {
        return !problems.isEmpty();
    }

    /**
     * Refuses if anything was wrong.
     *
     * @throws FineTuneException with FT0421, one problem each
     */
    void finish() {
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
    }

    private int checked(String key, long value, int min, int max) {
        if (value < min || value > max) {
            invalid(key + " is " + value, "it must be " + min + " to " + max);
            return 1;
        }
        return (int) value;
    }

    private OptionalLong whole(String key, JsonNode node) {
        if (isAbsent(node)) {
            return OptionalLong.empty();
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            invalid(key + " is " + shown(node), "it must be a whole number");
            return OptionalLong.of(1);
        }
        return OptionalLong.of(node.asLong());
    }

    private OptionalDouble real(String key, JsonNode node) {
        if (isAbsent(node)) {
            return OptionalDouble.empty();
        }
        if (!node.isNumber()) {
            invalid(key + " is " + shown(node), "it must be a number");
            return OptionalDouble.of(1);
        }
        return OptionalDouble.of(node.asDouble());
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    /** A value as it stands there, cut where it is long. */
    static String shown(JsonNode node) {
        String text = node.toString();
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
    }
}
