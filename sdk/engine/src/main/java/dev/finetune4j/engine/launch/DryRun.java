package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Goes the way of a launch up to the first call that would write something at the place. */
final class DryRun {
    private final LaunchContext context;
    private final RunStore store;
    private final Path home;

    DryRun(LaunchContext context, RunStore store, Path home) {
        this.context = context;
        this.store = store;
        this.home = home;
    }

    /**
     * The calls that would be made, in order.
     *
     * @throws FineTuneException with FT0501 if this machine has no room for the rows, or with what the place cannot do
     */
    List<PlannedCall> calls(PreparedJob prepared, LaunchTerms terms) {
        FineTuneJob job = prepared.file().job();
        RunId id = RunStore.id(
                job.name(),
                prepared.digest(),
                Attempts.read(store, job.name(), prepared.digest()).next());
        Path folder = folder();
        try (Provider provider = context.providers().openFor(job)) {
            Path data = folder.resolve("data");
            StageDataStep.copyRows(data, id, prepared);
            Submission submission = new Submissions(context.version(), provider)
                    .of(
                            id,
                            job,
                            StageDataStep.order(prepared, provider.capabilities()),
                            data,
                            prepared.model().path(),
                            terms.timeLimit(),
                            terms.diskBytes(),
                            null);
            return provider.plannedCalls(context.workers().equip(submission, provider, terms.setup(), folder));
        } finally {
            Folders.remove(folder);
        }
    }

    private Path folder() {
        try {
            return Files.createTempDirectory(Files.createDirectories(home.resolve("cache")), "dry-run-");
        } catch (IOException e) {
            throw RunProblems.unwritable(home, e);
        }
    }
}
