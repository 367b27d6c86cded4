package dev.finetune4j.cli.view;

import dev.finetune4j.engine.launch.PreparationProgress;
import dev.finetune4j.engine.report.Figures;
import java.util.Locale;

/** Shows in the live line what is fetched and how far it is. */
public final class FetchView implements PreparationProgress {
    private final LiveView view;

    /** Shows in {@code view}. */
    public FetchView(LiveView view) {
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
        if (doneBytes <= 0) {
            view.detail(what);
        } else if (totalBytes <= 0) {
            view.detail(what + "  " + Figures.bytes(doneBytes));
        } else {
            view.detail(String.format(
                    Locale.ROOT,
                    "%s  %s of %s  %d%%",
                    what,
                    Figures.bytes(doneBytes),
                    Figures.bytes(totalBytes),
                    100 * doneBytes / totalBytes));
        }
    }
}
