package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.Location;

/** Rows of text that is learned as a whole. */
final class PassageMapper implements ExampleMapper {
    /** The field with the text. */
    static final String FIELD = "text";

    @Override
    public Mapped map(RowRef ref, ObjectNode row) {
        JsonNode text = row.path(FIELD);
        if (text.isTextual()) {
            return new Mapped.Good(new Example.Passage(ref, text.asText()));
        }
        return new Mapped.Broken(DataProblems.ROW_SHAPE
                .error(ref + " has no text in field " + FIELD)
                .at(new Location.InRow(ref.source(), ref.row(), FIELD))
                .because("found " + RowJson.typeOf(text))
                .build());
    }
}
