package dev.finetune4j.modelfiles.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/** Reads numbers of a configuration by key, and collects everything that is missing or impossible before it refuses. */
final class ConfigReader {
    private static final int SHOWN_CHARACTERS = 40;

    private final String source;
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
        this.wholes = wholes;
        this.reals = reals;
        this.remedies = List.of("download the file again and compare its size and SHA-256 with the publisher's");
    }

    /** A reader over config.json. */
    ConfigReader(Path file, JsonNode json) {
        this.source = file.toString();
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
        return checked(key, value.getAsLong(), max);
    }

    /** A count with a default. */
    int count(String key, int max, int absent) {
        OptionalLong value = wholes.apply(key);
        return value.isEmpty() ? absent : checked(key, value.getAsLong(), max);
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

    void missing(String key) {
        invalid(key + " is missing", "every model of this kind has it");
    }

    void invalid(String summary, String cause) {
        Problem.Builder problem = ModelFilesProblems.CONFIG_INVALID
                .error(summary)
                .at(Location.of(source))
                .because(cause);
        remedies.forEach(problem::remedy);
        problems.add(problem.build());
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

    private int checked(String key, long value, int max) {
        if (value < 1 || value > max) {
            invalid(key + " is " + value, "it must be 1 to " + max);
            return 1;
        }
        return (int) value;
    }

    private OptionalLong whole(String key, JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return OptionalLong.empty();
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            invalid(key + " is " + shown(node), "it must be a whole number");
            return OptionalLong.of(1);
        }
        return OptionalLong.of(node.asLong());
    }

    private OptionalDouble real(String key, JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return OptionalDouble.empty();
        }
        if (!node.isNumber()) {
            invalid(key + " is " + shown(node), "it must be a number");
            return OptionalDouble.of(1);
        }
        return OptionalDouble.of(node.asDouble());
    }

    private static String shown(JsonNode node) {
        String text = node.toString();
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
    }
}
