package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Plain text: each block of lines between blank lines is a row with the field {@code text}. Lines may end in a carriage return alone, as
 * on old Macs.
 */
final class TextBlockReader implements RowReader {
    private final LineReader lines;

    TextBlockReader(Path file, String name) throws IOException {
        this.lines = new LineReader(file, name, true);
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
        long first = line.number();
        StringBuilder block = new StringBuilder();
        while (line != null && (line.problem() != null || !line.text().isBlank())) {
            if (line.problem() != null) {
                return new RawRow.Broken(line.number(), line.problem());
            }
            if (block.length() > 0) {
                block.append('\n');
            }
            block.append(line.text());
            if (block.length() > LineReader.MAX_LINE_BYTES) {
                break;
            }
            line = lines.next();
        }
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        fields.put("text", block.toString());
        return new RawRow.Read(first, fields);
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
