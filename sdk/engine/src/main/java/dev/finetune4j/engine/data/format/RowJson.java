package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** How rows are parsed: doubled keys and trailing text are errors, and nothing can nest or grow without bound. */
final class RowJson {
    /** Deepest nesting of a row; known formats need five levels. */
    static final int MAX_DEPTH = 100;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(LineReader.MAX_LINE_BYTES)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private RowJson() {}

    /** Reads one JSON value that is the whole text. */
    static ObjectReader reader() {
        return MAPPER.readerFor(JsonNode.class);
    }

    /** Reads JSON values one after the other. */
    static ObjectReader elementReader() {
        return MAPPER.readerFor(JsonNode.class).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /**
     * Reads one value with {@link #reader()}.
     *
     * @throws JsonProcessingException if it is not JSON, or holds a number whose exponent is too large for any
     */
    static JsonNode read(ObjectReader reader, String text) throws JsonProcessingException {
        try {
            return reader.readTree(text);
        } catch (NumberFormatException e) {
            throw new JsonParseException(null, e.getMessage(), e);
        }
    }

    /** Reads the next value with {@link #elementReader()}; throws as {@link #read(ObjectReader, String)} does. */
    static JsonNode read(ObjectReader reader, JsonParser parser) throws IOException {
        try {
            return reader.readTree(parser);
        } catch (NumberFormatException e) {
            throw new JsonParseException(parser, e.getMessage(), e);
        }
    }

    /** The type of a value in words, for messages. */
    static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> value.isEmpty() ? "an empty list" : "a list";
            case OBJECT, POJO -> "an object";
            case STRING -> "a text";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case NULL -> "null";
            case BINARY -> "bytes";
            case MISSING -> "nothing";
        };
    }
}
