package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Provider;
import java.nio.file.Path;

/** Brings home what a run left at its place that has ended, well or not. */
final class EndedRunFetch {
    private final LaunchContext context;

    EndedRunFetch(LaunchContext context) {
        this.context = context;
    }

    /**
     * The folder with its files. What a run left that did not succeed lies apart, so that the output is whole where the run is resumed and
     * does. Files that are here are not fetched again.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0505 if another process drives the run, or with what its place has against it
     */
    @SuppressWarnings("try") // the lock is held, not used
    Path fetch(RunFolder folder, RunView view) {
        try (RunLock lock = RunLock.tryTake(folder, context.files())
                        .orElseThrow(() -> RunProblems.drivenElsewhere(folder.id()));
                Provider provider = Outcomes.open(view, context.providers())) {
            return provider.fetch(folder.id(), view.state() == RunState.SUCCEEDED ? folder.output() : folder.left());
        }
    }
}
