package dev.finetune4j.cli.view;

import dev.finetune4j.engine.launch.PreparationProgress;

/** Tells what is fetched and how far it is. */
public final class FetchView implements PreparationProgress {
    private final MessageView view;

    /** Tells {@code view}. */
    public FetchView(MessageView view) {
        this.view = view;
    }

    @Override
    public void began(Stage stage) {
        view.doing(
                switch (stage) {
                    case DATA -> "preparing the rows";
                    case MODEL -> "looking for the model";
                    case CHECK -> "checking every row";
                });
    }

    @Override
    public void at(String what, long doneBytes, long totalBytes) {
        view.fetching(what, doneBytes, totalBytes);
    }
}
