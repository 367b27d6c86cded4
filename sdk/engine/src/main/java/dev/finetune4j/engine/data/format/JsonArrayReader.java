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
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A JSON array of objects, read one element at a time. */
final class JsonArrayReader implements RowReader {
    private final ObjectReader json = RowJson.elementReader();
    private final JsonParser parser;
    private final String name;
    private final String shown;
    private long row;

    JsonArrayReader(Path file, String name) throws IOException {
        this.name = name;
        this.shown = ShellWord.of(file);
        Reader text = new InputStreamReader(
                Files.newInputStream(file),
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        this.parser = json.createParser(text);
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
            throw DataProblems.NOT_UTF8
                    .error(name + " is not UTF-8")
                    .at(new Location.InFile(name, parser.currentLocation().getLineNr(), 0, null))
                    .asException(e);
        }
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
