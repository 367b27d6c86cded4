package dev.finetune4j.modelfiles.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.WholeText;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parsed and checked header of a safetensors file. The rules are those of the reference implementation (<a
 * href="https://github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs">tensor.rs</a>).
 *
 * @param tensors by name, in the order of their bytes
 * @param metadata the free texts
 */
record SafetensorsHeader(Map<String, TensorEntry> tensors, Map<String, String> metadata) {
    /** The longest header that the reference implementation reads. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    static final int LENGTH_BYTES = 8;
    static final String METADATA_KEY = "__metadata__";

    /** Most tensors of one file; the largest models have fewer in all their shards together. */
    private static final int MAX_TENSORS = 1 << 17;

    private static final int MAX_AXES = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxStringLength((int) MAX_HEADER_BYTES)
                    .maxNameLength(65_536)
                    .build())
            .build();

    /** A tensor as the header claims it, before its place was checked. */
    record Claim(String name, TensorType type, List<Long> shape, long begin, long end) {}

    static SafetensorsHeader read(WeightChannel channel) {
        byte[] json = headerBytes(channel);
        List<Claim> claims = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(strictUtf8(json))) {
            parse(channel, parser, claims, metadata);
        } catch (JsonProcessingException e) {
            throw damaged(channel, "the header is not the JSON it should be", e.getOriginalMessage(), e);
        } catch (CharacterCodingException e) {
            throw damaged(channel, "the header is not UTF-8", String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw WeightChannel.unreadable(channel.path(), e);
        }
        long dataStart = LENGTH_BYTES + (long) json.length;
        return new SafetensorsHeader(
                SafetensorsLayout.check(channel, claims, dataStart), Collections.unmodifiableMap(metadata));
    }

    /** Given bytes, the JSON library would guess at UTF-16 and UTF-32, and let malformed UTF-8 pass. */
    private static Reader strictUtf8(byte[] json) {
        return new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder());
    }

    private static byte[] headerBytes(WeightChannel channel) {
        if (channel.size() < LENGTH_BYTES) {
            throw damaged(
                    channel,
                    "the file is too short",
                    "it has " + channel.size() + " bytes; the length alone takes 8",
                    null);
        }
        ByteBuffer lengthBytes = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        channel.read(0, lengthBytes);
        long length = lengthBytes.getLong(0);
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw damaged(
                    channel,
                    "the header claims to be too long",
                    Long.toUnsignedString(length) + " bytes claimed; " + MAX_HEADER_BYTES + " are allowed",
                    null);
        }
        if (length > channel.size() - LENGTH_BYTES) {
            throw damaged(
                    channel,
                    "the header ends beyond the file",
                    length + " bytes claimed; the file has " + (channel.size() - LENGTH_BYTES) + " after the length",
                    null);
        }
        ByteBuffer json = ByteBuffer.allocate((int) length);
        channel.read(LENGTH_BYTES, json);
        if (length == 0 || json.get(0) != '{') {
            throw damaged(channel, "the header does not start with {", "its length is " + length + " bytes", null);
        }
        return json.array();
    }

    private static void parse(
            WeightChannel channel, JsonParser parser, List<Claim> claims, Map<String, String> metadata)
            throws IOException {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (!WholeText.isWhole(name)) {
                throw damaged(channel, "a name holds half a character", "entry " + (claims.size() + 1), null);
            }
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw damaged(
                        channel,
                        "the header's entry " + name + " is no object",
                        "found " + parser.currentToken(),
                        null);
            }
            if (name.equals(METADATA_KEY)) {
                parseMetadata(channel, parser, metadata);
            } else if (claims.size() == MAX_TENSORS) {
                throw damaged(channel, "it has too many tensors", "at most " + MAX_TENSORS + " are read", null);
            } else {
                claims.add(parseClaim(channel, parser, name));
            }
        }
        if (parser.nextToken() != null) {
            throw damaged(channel, "the header goes on after its last }", "found " + parser.currentToken(), null);
        }
    }

    private static void parseMetadata(WeightChannel channel, JsonParser parser, Map<String, String> metadata)
            throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw damaged(channel, "metadata " + key + " is no text", "found " + parser.currentToken(), null);
            }
            metadata.put(key, parser.getText());
        }
    }

    private static Claim parseClaim(WeightChannel channel, JsonParser parser, String name) throws IOException {
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            switch (key) {
                case "dtype" -> dtype = parser.getText();
                case "shape" -> shape = numbers(channel, parser, name, key, MAX_AXES);
                case "data_offsets" -> offsets = numbers(channel, parser, name, key, 2);
                default -> parser.skipChildren();
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw damaged(
                    channel,
                    "tensor " + name + " is not described in full",
                    "it needs dtype, shape and two data_offsets",
                    null);
        }
        return new Claim(name, type(channel, name, dtype), shape, offsets.get(0), offsets.get(1));
    }

    private static TensorType type(WeightChannel channel, String name, String dtype) {
        return TensorType.ofSafetensors(dtype)
                .orElseThrow(() -> damaged(channel, "tensor " + name + " has an unknown type", "dtype " + dtype, null));
    }

    private static List<Long> numbers(WeightChannel channel, JsonParser parser, String name, String key, int limit)
            throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw damaged(channel, key + " of tensor " + name + " is no list", "found " + parser.currentToken(), null);
        }
        List<Long> numbers = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw damaged(
                        channel,
                        key + " of tensor " + name + " holds no whole number",
                        "found " + parser.currentToken(),
                        null);
            }
            if (numbers.size() == limit) {
                throw damaged(
                        channel, key + " of tensor " + name + " is too long", "at most " + limit + " numbers", null);
            }
            if (parser.getNumberType() != JsonParser.NumberType.INT
                    && parser.getNumberType() != JsonParser.NumberType.LONG) {
                throw damaged(channel, key + " of tensor " + name + " is too large", "a number of 2^63 or more", null);
            }
            long number = parser.getLongValue();
            if (parser.getText().startsWith("-")) {
                throw damaged(channel, key + " of tensor " + name + " is negative", "found " + parser.getText(), null);
            }
            numbers.add(number);
        }
        return numbers;
    }

    private static FineTuneException damaged(
            WeightChannel channel, String summary, String cause, @Nullable Throwable thrown) {
        var problem = ModelFilesProblems.SAFETENSORS_HEADER
                .error(channel.path().getFileName() + ": " + summary)
                .at(channel.location())
                .because(cause);
        return thrown == null ? problem.asException() : problem.asException(thrown);
    }
}
