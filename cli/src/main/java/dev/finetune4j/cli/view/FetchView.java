package dev.finetune4j.cli.view;

import dev.finetune4j.engine.launch.PreparationProgress;
import dev.finetune4j.error.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells what is fetched and how far it is, and what is odd about rows. */
public final class FetchView implements PreparationProgress {
    private final MessageView view;
    private @Nullable Stage told;

    /** Tells {@code view}. */
    public FetchView(MessageView view) {
        this.view = view;
    }

    /** {@inheritDoc} What is looked at twice in a row is told once. */
    @Override
    public void began(Stage stage) {
        if (stage == told) {
            return;
        }
        told = stage;
        view.doing(
                switch (stage) {
                    case DATA -> "preparing the rows";
                    case MODEL -> "looking for the model";
                    case CHECK -> "checking every row";
                    case PACK -> "making ready what would be sent";
                });
    }

    @Override
    public void warned(List<Problem> warnings) {
        view.problems(warnings);
    }

    @Override
    public void at(String what, long doneBytes, long totalBytes) {
        view.fetching(what, doneBytes, totalBytes);
    }
}
