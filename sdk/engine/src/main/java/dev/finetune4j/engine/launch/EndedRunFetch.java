package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import java.nio.file.Path;
import java.util.Locale;

/** Brings home what a run left at its place that has ended, well or not. */
final class EndedRunFetch {
    private final LaunchContext context;

    EndedRunFetch(LaunchContext context) {
        this.context = context;
    }

    /**
     * Refuses a run that no journal says has ended, unless its job has: nobody followed it, and it can be taken to its end here.
     *
     * @throws FineTuneException with FT0508, or if its place does not say
     */
    void refuseWhatGoesOn(RunFolder folder) {
        RunView view = RunView.read(folder);
        if (PendingLaunch.isIn(folder.read())) { // taking it to its end would launch it
            throw stillLive(folder, "it was not launched yet, or is to go on");
        }
        try (Provider provider = Outcomes.open(view, context.providers())) {
            RunState now = provider.find(folder.id()).map(JobSnapshot::state).orElse(view.state());
            if (!now.isTerminal()) {
                throw stillLive(folder, "it is " + now.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    private static FineTuneException stillLive(RunFolder folder, String why) {
        return RunProblems.stillLive(folder.id(), "fetch", why, "finetune watch " + folder.id());
    }

    /**
     * What it left at the place that had it last, which another one that it was to go to and that refused it knows nothing of. That of a
     * run whose output is not here lies apart from it, so that the output is whole where the run is resumed. Files that are here are not
     * fetched again; where it was never launched there are none.
     *
     * @throws FineTuneException with FT0505 if another process drives the run, or with what its place has against it
     */
    @SuppressWarnings("try") // the lock is held, not used
    FetchedFiles fetch(RunFolder folder) {
        try (RunLock lock =
                RunLock.tryTake(folder, context.files()).orElseThrow(() -> RunProblems.drivenElsewhere(folder.id()))) {
            RunView view = RunView.read(folder);
            Path into = view.output() == null ? folder.left() : folder.output();
            if (view.submitted() == null) {
                return FetchedFiles.in(folder.id(), view.state(), into);
            }
            try (Provider provider = Outcomes.openLaunched(view, context.providers())) {
                return FetchedFiles.in(folder.id(), view.state(), provider.fetch(folder.id(), into));
            }
        }
    }
}
