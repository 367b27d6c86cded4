package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A JSON array of objects, read one element at a time. */
final class JsonArrayReader implements RowReader {
    private static final int START_BYTES = 1 << 16;

    private final ObjectReader json = RowJson.elementReader();
    private final ForeignBytes foreign;
    private final JsonParser parser;
    private final Path file;
    private final String name;
    private final String shown;
    private long row;

    JsonArrayReader(Path file, String name) throws IOException {
        this.file = file;
        this.name = name;
        this.shown = ShellWord.of(file);
        InputStream in = Files.newInputStream(file);
        try {
            byte[] start = in.readNBytes(START_BYTES);
            this.foreign = new ForeignBytes(file, name, start);
            int mark = foreign.refuseOther();
            refuseUnmarkedUtf16(start);
            InputStream whole = new SequenceInputStream(new ByteArrayInputStream(start, mark, start.length - mark), in);
            this.parser = json.createParser(new InputStreamReader(whole, strict()));
        } catch (FineTuneException | IOException e) {
            in.close();
            throw e;
        }
    }

    private static CharsetDecoder strict() {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /** JSON has no NUL bytes, of which UTF-16 is full: as UTF-8 it would be no more than broken JSON. */
    private void refuseUnmarkedUtf16(byte[] start) {
        foreign.unmarkedUtf16().ifPresent(order -> {
            int nul = 0;
            while (start[nul] != 0) {
                nul++;
            }
            throw DataProblems.NUL_BYTES
                    .error(name + " holds a NUL byte")
                    .at(Location.of(name))
                    .because("at byte " + nul + " of the file")
                    .remedy(foreign.withoutNul())
                    .asException();
        });
    }

    @Override
    public @Nullable RawRow next() throws IOException {
        try {
            JsonToken token = parser.nextToken();
            if (row == 0 && token != JsonToken.START_ARRAY && token != null) {
                throw notAnArray();
            }
            token = row == 0 && token != null ? parser.nextToken() : token;
            if (token == null || token == JsonToken.END_ARRAY) {
                return null;
            }
            row++;
            JsonNode value = RowJson.read(json, parser);
            return value instanceof ObjectNode fields ? new RawRow.Read(row, fields) : notAnObject(value);
        } catch (JsonProcessingException e) {
            // Without its place the parser tells what its limits refuse, such as depth.
            JsonLocation place = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
            // After a syntax error the parser cannot know where the next element starts, so the file as a whole is
            // unfit.
            throw DataProblems.NOT_JSON
                    .error(name + " is not JSON")
                    .at(new Location.InFile(name, place.getLineNr(), place.getColumnNr(), null))
                    .because(JsonReason.of(e))
                    .asException(e);
        } catch (CharacterCodingException e) {
            throw notUtf8(e);
        }
    }

    /** The parser has lost the bytes, so that the file is read once more, to its end: what most of it is decides about the remedy. */
    private FineTuneException notUtf8(CharacterCodingException failure) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(START_BYTES).limit(0);
        CharBuffer text = CharBuffer.allocate(START_BYTES);
        CharsetDecoder decoder = strict();
        byte[] bad = new byte[0];
        long badAt = 0;
        long line = 1;
        long before = 0; // bytes of the file before those that the buffer holds
        try (InputStream in = Files.newInputStream(file)) {
            boolean atEnd = false;
            while (!atEnd) {
                before += bytes.position();
                bytes.compact();
                int read = in.readNBytes(bytes.array(), bytes.position(), bytes.remaining());
                atEnd = bytes.remaining() > read;
                bytes.limit(bytes.position() + read).position(0);
                CoderResult result = decoder.decode(bytes, text.clear(), atEnd);
                foreign.weigh(text.flip());
                line += bad.length == 0 ? text.chars().filter(c -> c == '\n').count() : 0;
                while (result.isError()) {
                    if (bad.length == 0) {
                        badAt = before + bytes.position();
                        bad = Arrays.copyOfRange(bytes.array(), bytes.position(), bytes.limit());
                    }
                    foreign.weigh("\uFFFD");
                    bytes.position(bytes.position() + result.length());
                    result = decoder.reset().decode(bytes, text.clear(), atEnd);
                    foreign.weigh(text.flip());
                }
            }
        }
        return DataProblems.NOT_UTF8
                .error(name + " is not UTF-8")
                .at(new Location.InFile(name, line, 0, null))
                .because(ForeignBytes.where(bad[0], badAt))
                .remedy(foreign.toUtf8(bad))
                .asException(failure);
    }

    private FineTuneException notAnArray() {
        return DataProblems.NOT_JSON
                .error(name + " is not a JSON array of rows")
                .at(Location.of(name))
                .because(
                        "a .json data file is an array of objects; other JSON can be read with data.sources and data.query")
                .remedy("mv " + shown + " rows.jsonl    # if it holds one object a line")
                .remedy("jq -c '.KEY[]' " + shown + " > rows.jsonl    # if the rows stand under a key")
                .asException();
    }

    private RawRow notAnObject(JsonNode value) {
        return new RawRow.Broken(
                row,
                DataProblems.NOT_JSON
                        .error("row " + row + " of " + name + " is not a JSON object")
                        .at(new Location.InRow(name, row, null))
                        .because("it is " + RowJson.typeOf(value))
                        .build());
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
