package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * The base models of runs, which lie where their jobs found them and not in the folders of the runs. Another model of the same shape in such
 * a place would be trained and would answer without a word.
 */
final class BaseModels {
    private final Function<Path, Optional<String>> digests;
    private final Providers providers;

    /** @param digests the digest of the files of a model as they are now; empty where it cannot be told */
    BaseModels(Function<Path, Optional<String>> digests, Providers providers) {
        this.digests = digests;
        this.providers = providers;
    }

    /**
     * Refuses a base model that is not the one that its run was prepared with. Reads its files only where their sizes or times of change are
     * others than when they were read last.
     *
     * @throws FineTuneException with FT0512 if it is gone, FT0541 if it is another one, FT0493 or FT0494 if files of it are gone, FT0496 if
     *     they cannot be read
     */
    void refuseChanged(RunView run) {
        JournalEntry.Prepared prepared = run.prepared();
        if (prepared == null) {
            return;
        }
        Path model = prepared.model();
        if (Files.notExists(model)) {
            throw RunProblems.filesMissing(run.id(), model);
        }
        Optional<String> changed = digests.apply(model).filter(digest -> !digest.equals(prepared.modelDigest()));
        if (changed.isPresent()) {
            throw RunModelProblems.changedBase(
                    run.id(), model, prepared.modelDigest(), changed.get(), NextCommand.launch(run, providers));
        }
    }

    /** Whether {@link #refuseChanged} refuses nothing of a run that came to its model. */
    boolean isUnchanged(RunView run) {
        try {
            refuseChanged(run);
            return run.prepared() != null;
        } catch (FineTuneException e) {
            return false; // who needs the model is told why
        }
    }
}
