package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.Problem;
import java.util.List;

/** Makes examples of the rows of one format. */
interface ExampleMapper {
    /** What became of a row. */
    sealed interface Mapped {
        /** The row as an example. */
        record Good(Example example) implements Mapped {}

        /** A row of the wrong shape, with everything that is wrong with it. */
        record Broken(List<Problem> problems) implements Mapped {
            /** One problem. */
            Broken(Problem problem) {
                this(List.of(problem));
            }
        }

        /** A row that is right but for its label, which is none of the task's. */
        record Unlisted(String label, Problem problem) implements Mapped {}
    }

    /** Maps one row. */
    Mapped map(RowRef ref, ObjectNode row);
}
