package dev.finetune4j.modelfiles.weights;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The key-value part of a GGUF file, with lookups by type; a key of another type counts as absent. */
public final class GgufMetadata {
    private final Map<String, GgufValue> values;

    GgufMetadata(Map<String, GgufValue> values) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Every value, in the order of the file. */
    public Map<String, GgufValue> values() {
        return values;
    }

    /** A text. */
    public Optional<String> text(String key) {
        return values.get(key) instanceof GgufValue.Text text ? Optional.of(text.value()) : Optional.empty();
    }

    /** A whole number. */
    public OptionalLong whole(String key) {
        return values.get(key) instanceof GgufValue.Whole whole ? OptionalLong.of(whole.value()) : OptionalLong.empty();
    }

    /** A number, whole or not. */
    public OptionalDouble real(String key) {
        GgufValue value = values.get(key);
        if (value instanceof GgufValue.Real real) {
            return OptionalDouble.of(real.value());
        }
        return value instanceof GgufValue.Whole whole
                ? OptionalDouble.of((double) whole.value())
                : OptionalDouble.empty();
    }

    /** True or false. */
    public Optional<Boolean> truth(String key) {
        return values.get(key) instanceof GgufValue.Truth truth ? Optional.of(truth.value()) : Optional.empty();
    }

    /** A list of texts. */
    public Optional<List<String>> texts(String key) {
        return values.get(key) instanceof GgufValue.Texts texts ? Optional.of(texts.values()) : Optional.empty();
    }

    /** A list of whole numbers; a single whole number counts as a list of one. */
    public Optional<List<Long>> wholes(String key) {
        GgufValue value = values.get(key);
        if (value instanceof GgufValue.Wholes wholes) {
            return Optional.of(Arrays.stream(wholes.values()).boxed().toList());
        }
        return value instanceof GgufValue.Whole whole ? Optional.of(List.of(whole.value())) : Optional.empty();
    }
}
