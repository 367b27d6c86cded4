package dev.finetune4j.training.rows;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.training.problem.LoopProblems;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a file that teach nothing.
 *
 * @param rows how many
 * @param first where the first came from, null without any
 * @param maxTokens what rows were cut to
 */
public record LeftOut(int rows, @Nullable RowRef first, int maxTokens) {
    /** Those of rows that were read. */
    public static LeftOut of(TrainingRows rows, int maxTokens) {
        int count = rows.leftOut().size();
        return new LeftOut(count, count == 0 ? null : rows.leftOut().get(0), maxTokens);
    }

    /** A warning that names them; empty without any. */
    public Optional<Problem> warning(Path file) {
        return rows == 0
                ? Optional.empty()
                : Optional.of(LoopProblems.ROWS_LEFT_OUT
                        .warning(rows + (rows == 1 ? " row has" : " rows have") + " no trainable token")
                        .at(Location.of(file.toString()))
                        .because("the first is " + first + "; training.max-tokens is " + maxTokens)
                        .build());
    }

    /** Refuses a training whose file has no other rows. */
    public FineTuneException nothingToLearn() {
        return LoopProblems.NOTHING_TO_LEARN
                .error("there is nothing to train on")
                .because(
                        rows == 0
                                ? Part.TRAIN.fileName() + " has no rows"
                                : "none of " + rows + " rows has a trainable token within training.max-tokens "
                                        + maxTokens)
                .asException();
    }
}
