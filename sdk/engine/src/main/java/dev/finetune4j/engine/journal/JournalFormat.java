package dev.finetune4j.engine.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.value.Kind;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The text of a journal line: {@code {"crc":"9a3f00c1","line":{"seq":1,"at":"...","entry":{"kind":"created",...}}}}. The CRC-32C
 * is over the bytes of the inner object, so that a torn or altered line is known as such, and the line stays plain JSON.
 */
final class JournalFormat {
    private static final String HEAD = "{\"crc\":\"";
    private static final String MIDDLE = "\",\"line\":";
    private static final int CRC_DIGITS = 8;
    private static final int INNER_START = HEAD.length() + CRC_DIGITS + MIDDLE.length();
    private static final Set<String> KINDS = Arrays.stream(JournalEntry.class.getPermittedSubclasses())
            .map(type -> type.getAnnotation(Kind.class).value())
            .collect(Collectors.toUnmodifiableSet());

    private JournalFormat() {}

    /** A line with its line break. */
    static byte[] write(long seq, Instant at, JournalEntry entry, Redaction redaction) {
        try {
            ObjectNode line = Json.records().createObjectNode();
            line.put("seq", seq);
            line.put("at", at.toString());
            line.set("entry", redaction.apply(Json.records().readTree(Json.line(entry))));
            String inner = Json.records().writeValueAsString(line);
            return (HEAD + crc(inner.getBytes(StandardCharsets.UTF_8)) + MIDDLE + inner + "}\n")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The line, or empty where it is torn or altered, as its checksum says.
     *
     * @throws IllegalArgumentException if it is as it was written, and holds what this version cannot read
     */
    static Optional<JournalLine> read(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (bytes.length <= INNER_START || !text.startsWith(HEAD) || bytes[bytes.length - 1] != '}') {
            return Optional.empty();
        }
        byte[] inner = Arrays.copyOfRange(bytes, INNER_START, bytes.length - 1);
        if (!text.startsWith(crc(inner) + MIDDLE, HEAD.length())) {
            return Optional.empty();
        }
        try {
            JsonNode line = Json.records().readTree(inner);
            JsonNode entry = line.path("entry");
            String kind = entry.path("kind").asText();
            Instant at = Instant.parse(line.path("at").asText());
            JournalEntry known = KINDS.contains(kind) ? Json.records().treeToValue(entry, JournalEntry.class) : null;
            if (known == null || isWhole(known)) {
                return Optional.of(new JournalLine(line.path("seq").asLong(), at, kind, known));
            }
        } catch (java.io.IOException | ReflectiveOperationException | RuntimeException e) {
            throw new IllegalArgumentException("it holds a value that this version cannot read", e);
        }
        throw new IllegalArgumentException("it lacks a field that it must have");
    }

    /** Whether it has all that its kind must have. */
    private static boolean isWhole(JournalEntry entry) throws ReflectiveOperationException {
        for (RecordComponent field : entry.getClass().getRecordComponents()) {
            if (!field.getAnnotatedType().isAnnotationPresent(Nullable.class)
                    && field.getAccessor().invoke(entry) == null) {
                return false;
            }
        }
        return true;
    }

    private static String crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
