package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.Location;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One JSON object a line; blank lines are skipped. */
final class JsonLinesReader implements RowReader {
    private final ObjectReader json = RowJson.reader();
    private final LineReader lines;
    private final String name;
    private final String shown;

    JsonLinesReader(Path file, String name) throws IOException {
        this.lines = new LineReader(file, name);
        this.name = name;
        this.shown = ShellWord.of(file);
    }

    @Override
    public @Nullable RawRow next() throws IOException {
        LineReader.Line line = lines.next();
        while (line != null && line.problem() == null && line.text().isBlank()) {
            line = lines.next();
        }
        if (line == null) {
            return null;
        }
        return line.problem() == null ? parse(line) : new RawRow.Broken(line.number(), line.problem());
    }

    private RawRow parse(LineReader.Line line) {
        try {
            JsonNode value = RowJson.read(json, line.text());
            if (value instanceof ObjectNode fields) {
                return new RawRow.Read(line.number(), fields);
            }
            return new RawRow.Broken(
                    line.number(),
                    DataProblems.NOT_JSON
                            .error("line " + line.number() + " of " + name + " is not a JSON object")
                            .at(new Location.InFile(name, line.number(), 0, null))
                            .because("it is " + RowJson.typeOf(value))
                            .remedy(
                                    value.isArray()
                                            ? "jq -c '.[]' " + shown + " > objects.jsonl    # a line for each element"
                                            : showing(line))
                            .build());
        } catch (JsonProcessingException e) {
            long column =
                    e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getColumnNr());
            return new RawRow.Broken(
                    line.number(),
                    DataProblems.NOT_JSON
                            .error("line " + line.number() + " of " + name + " is not JSON")
                            .at(new Location.InFile(name, line.number(), column, null))
                            .because(JsonReason.of(e))
                            .remedy(hasOldLineEnds(line) ? withNewLineEnds() : showing(line))
                            .build());
        }
    }

    /** Within JSON a carriage return is written as an escape, so that a bare one is the end of a line. */
    private static boolean hasOldLineEnds(LineReader.Line line) {
        return line.text().indexOf('\r') >= 0;
    }

    private String withNewLineEnds() {
        return lines.withNewLineEnds() + "    # " + LineReader.OLD_LINE_ENDS;
    }

    private String showing(LineReader.Line line) {
        return "sed -n '" + line.number() + "p' " + shown + "    # shows the line; correct or delete it";
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
