package dev.finetune4j.modelfiles.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads how a model turns positions, from the keys of transformers 4 ({@code rope_scaling} and {@code rope_theta}) or 5 ({@code
 * rope_parameters}, in which layers of different kinds may have their own). Where both are there, transformers drops the newer with the
 * base in it; but to Gemma 3 the older one changes what the newer says of full attention, and of the newer it reads nothing but what
 * stands there for a kind of layers.
 */
final class RopeReader {
    private static final String PLAIN = "default";
    private static final String SHARE = "partial_rotary_factor";
    private static final String ORIGINAL_CONTEXT = "original_max_position_embeddings";
    private static final int PHI_3_ORIGINAL_CONTEXT = 4096;
    private static final double DEFAULT_THETA = 10_000;
    private static final double GEMMA_3_THETA = 1_000_000;
    private static final double YARN_FAST_TURNS = 32;
    private static final double YARN_SLOW_TURNS = 1;

    private final JsonNode json;
    private final JsonNode rope;
    private final JsonNode windowed;
    private final ConfigReader reader;
    private final Family family;
    private final int contextTokens;

    /**
     * A reader of one configuration.
     *
     * @param json config.json
     * @param reader collects what is wrong
     * @param family whose defaults hold
     * @param contextTokens the length that the model is made for
     */
    RopeReader(JsonNode json, ConfigReader reader, Family family, int contextTokens) {
        this.json = json;
        this.reader = reader;
        JsonNode scaling = reader.group("rope_scaling", json.path("rope_scaling"));
        JsonNode parameters = reader.group("rope_parameters", json.path("rope_parameters"));
        boolean isMerged = family == Family.GEMMA_3;
        JsonNode all = scaling.isEmpty() || isMerged ? parameters : scaling;
        JsonNode ofFull = reader.group("full_attention", all.path("full_attention"));
        this.rope = isMerged ? merged(ofFull, scaling) : ofFull.isMissingNode() ? all : ofFull;
        this.windowed = reader.group("sliding_attention", all.path("sliding_attention"));
        this.family = family;
        this.contextTokens = contextTokens;
    }

    private static JsonNode merged(JsonNode below, JsonNode above) {
        ObjectNode merged = JsonNodeFactory.instance.objectNode();
        below.properties().forEach(entry -> merged.set(entry.getKey(), entry.getValue()));
        above.properties().forEach(entry -> merged.set(entry.getKey(), entry.getValue()));
        return merged;
    }

    double theta() {
        double absent = family == Family.GEMMA_3 ? GEMMA_3_THETA : DEFAULT_THETA;
        return theta(rope, "rope_theta", absent);
    }

    /** Base of the layers with a window. */
    double windowedTheta() {
        return theta(windowed, "rope_local_base_freq", DEFAULT_THETA);
    }

    /** Null is a wrong one: transformers takes it for the base, and fails. */
    private double theta(JsonNode parameters, String keyBeside, double absent) {
        String key = parameters.has("rope_theta") ? "rope_theta" : keyBeside;
        JsonNode theta = parameters.has("rope_theta") ? parameters.path(key) : json.path(key);
        if (theta.isMissingNode()) {
            return absent;
        }
        if (!theta.isNumber() || !(theta.asDouble() > 0) || Double.isInfinite(theta.asDouble())) {
            reader.invalid(key + " is " + ConfigReader.shown(theta), "it must be a number above 0");
            return absent;
        }
        return theta.asDouble();
    }

    /** Numbers of a head that turn: all of them, but in Phi 3; the models of the other families do not look at the share. */
    int width(int headSize) {
        if (family != Family.PHI_3) {
            return headSize;
        }
        JsonNode share = rope.has(SHARE) ? rope.path(SHARE) : json.path(SHARE);
        if (!rope.has(SHARE) && !json.hasNonNull(SHARE)) {
            return headSize;
        }
        if (!share.isNumber() || !(share.asDouble() > 0) || share.asDouble() > 1) {
            reader.invalid(SHARE + " is " + ConfigReader.shown(share), "it must be a number above 0 and at most 1");
            return headSize;
        }
        return (int) (headSize * share.asDouble());
    }

    /** Early files of Phi 3 call LongRoPE su or yarn, and transformers still takes both for it. */
    RopeScaling scaling(int rotaryWidth) {
        String windowedType = type(windowed);
        if (!windowedType.equals(PLAIN)) {
            return new RopeScaling.Other(windowedType + " in sliding_attention");
        }
        String type = type(rope);
        return switch (type) {
            case PLAIN -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(number("factor"));
            case "llama3" ->
                new RopeScaling.Llama3(
                        number("factor"), number("low_freq_factor"), number("high_freq_factor"), originalContext());
            case "yarn" -> family == Family.PHI_3 ? longRope(rotaryWidth) : yarn();
            case "longrope" -> longRope(rotaryWidth);
            case "su" -> family == Family.PHI_3 ? longRope(rotaryWidth) : new RopeScaling.Other(type);
            default -> new RopeScaling.Other(type);
        };
    }

    private String type(JsonNode parameters) {
        String key = parameters.has("rope_type") ? "rope_type" : "type";
        return reader.text(key, parameters.path(key), PLAIN);
    }

    private RopeScaling yarn() {
        double factor = number("factor");
        return new RopeScaling.Yarn(
                factor,
                number("beta_fast", YARN_FAST_TURNS),
                number("beta_slow", YARN_SLOW_TURNS),
                originalContext(),
                reader.truth("truncate", rope.path("truncate"), true),
                yarnMagnitude(factor));
    }

    private double yarnMagnitude(double factor) {
        if (rope.hasNonNull("attention_factor")) {
            return number("attention_factor");
        }
        double scale = number("mscale", 0);
        double scaleOfAll = number("mscale_all_dim", 0);
        return scale > 0 && scaleOfAll > 0
                ? yarnMagnitude(factor, scale) / yarnMagnitude(factor, scaleOfAll)
                : yarnMagnitude(factor, 1);
    }

    private static double yarnMagnitude(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }

    private RopeScaling longRope(int rotaryWidth) {
        List<Double> divisors = new ArrayList<>();
        rope.path("short_factor").forEach(divisor -> divisors.add(divisor.isNumber() ? divisor.asDouble() : 0));
        if (divisors.size() != rotaryWidth / 2
                || divisors.stream().anyMatch(divisor -> !(divisor > 0) || divisor.isInfinite())) {
            reader.invalid(
                    "rope scaling has no usable short_factor",
                    "it must be " + rotaryWidth / 2 + " numbers above 0, one for each frequency");
        }
        int original = originalContext();
        double factor = number("factor", (double) contextTokens / original);
        double magnitude = rope.hasNonNull("attention_factor")
                ? number("attention_factor")
                : factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
        return new RopeScaling.LongRope(divisors, original, magnitude);
    }

    private double number(String key, double absent) {
        return rope.hasNonNull(key) ? number(key) : absent;
    }

    private double number(String key) {
        double value = rope.path(key).isNumber() ? rope.path(key).asDouble() : 0;
        if (!(value > 0) || Double.isInfinite(value)) {
            reader.invalid("rope scaling has no usable " + key, "it must be a number above 0");
        }
        return value;
    }

    /** The one beside rope wins in transformers: Phi 3 always has it, and Gemma 3 looks in rope alone. */
    private JsonNode original() {
        JsonNode beside = json.path(ORIGINAL_CONTEXT);
        boolean wins = family == Family.PHI_3 || (family != Family.GEMMA_3 && json.hasNonNull(ORIGINAL_CONTEXT));
        return wins ? beside : rope.path(ORIGINAL_CONTEXT);
    }

    private int originalContext() {
        JsonNode original = original();
        if (original.isMissingNode() || original.isNull()) {
            return family == Family.PHI_3 ? PHI_3_ORIGINAL_CONTEXT : contextTokens;
        }
        long tokens = original.isNumber() ? original.asLong() : 0;
        if (tokens < 1 || tokens > HuggingFaceConfig.MAX_CONTEXT) {
            reader.invalid(
                    "rope scaling has no usable " + ORIGINAL_CONTEXT,
                    "it must be 1 to " + HuggingFaceConfig.MAX_CONTEXT);
            return 1;
        }
        return (int) tokens;
    }
}
