package dev.finetune4j.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the API records as JSON.
 *
 * <p>Enum values are lower-case with hyphens, sealed types carry a {@code kind}, values such as money, durations and ids are
 * texts, absent values are left out. Keys of the job are lower-case with hyphens, as in the job file; keys of everything else
 * are in camelCase. Unknown keys are survived, so that an older reader can read what a newer writer wrote.
 */
public final class Json {
    private static final JsonMapper RECORDS = mapper().build();
    private static final JsonMapper JOBS =
            mapper().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE).build();
    private static final JsonMapper CANONICAL = mapper().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Json() {}

    /** The mapper of everything but the job; keys in camelCase. Do not configure it. */
    public static ObjectMapper records() {
        return RECORDS;
    }

    /** The mapper of the job; keys in kebab-case. Do not configure it. */
    public static ObjectMapper jobs() {
        return JOBS;
    }

    /** One line of JSON, without line breaks. */
    public static String line(Object value) {
        return write(RECORDS, value);
    }

    /** The same JSON with the marks escaped that some readers take for the end of a line; they stand in texts only, where they may be. */
    public static String onOneLine(String line) {
        return line.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\u0085", "\\u0085");
    }

    /** JSON for people to read, indented. */
    public static String pretty(Object value) {
        try {
            return RECORDS.writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads one value of a type, which may be a sealed interface.
     *
     * @throws UncheckedIOException if the text is not JSON or not of that shape, or {@code null}
     */
    public static <T> T read(String json, Class<T> type) {
        try {
            return something(RECORDS.readValue(json, type));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads one value of a generic type.
     *
     * @throws UncheckedIOException if the text is not JSON or not of that shape, or {@code null}
     */
    public static <T> T read(String json, TypeReference<T> type) {
        try {
            return something(RECORDS.readValue(json, type));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T something(@Nullable T value) throws MismatchedInputException {
        if (value == null) {
            throw MismatchedInputException.from(null, Object.class, "null stands where a value must");
        }
        return value;
    }

    /**
     * Reads a file that lies beside a class.
     *
     * @throws UncheckedIOException if it cannot be read or is not of that shape
     */
    public static <T> T resource(Class<?> neighbour, String name, TypeReference<T> type) {
        try (InputStream in = Objects.requireNonNull(neighbour.getResourceAsStream(name), name)) {
            return RECORDS.readValue(in, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SHA-256 of the value's canonical JSON (sorted keys, no white space), lower-case hex. */
    public static String digest(Object value) {
        return sha256(write(CANONICAL, value).getBytes(StandardCharsets.UTF_8));
    }

    /** SHA-256 of bytes, lower-case hex. */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static String write(ObjectMapper mapper, Object value) {
        try {
            // The declared type is named so that a value of a sealed interface gets its kind also at the root.
            JavaType type = mapper.constructType(SealedKinds.declaredType(value));
            return mapper.writerFor(type).writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonMapper.Builder mapper() {
        return JsonMapper.builder()
                .annotationIntrospector(new RecordIntrospector())
                .addModule(new ValueModule())
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
    }
}
