package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.HostedRun;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Removes what is left of an ended run, at its provider first, so that an interruption leaves the run known and not the costs. */
final class CleanStep {
    private final LaunchContext context;

    CleanStep(LaunchContext context) {
        this.context = context;
    }

    /**
     * Removes the run; the caller has its lock.
     *
     * @param force also where no place ever said to have the run, or its journal is damaged
     * @throws FineTuneException with FT0508 if it has not ended, FT0530 if its model is hosted at another place, or FT0502 if its journal is damaged and {@code force} is not given
     */
    void clean(RunFolder folder, boolean force) {
        Optional<RunView> view = read(folder, force);
        if (view.isPresent() && !view.get().closed() && !(force && isUnanswered(view.get()))) {
            throw stillLive(view.get());
        }
        if (view.isPresent()) {
            refuseWhatIsBilledElsewhere(view.get());
        }
        if (view.map(RunView::submitted).isPresent()) {
            RunView run = view.get();
            try (Provider place = Outcomes.open(run, context.providers());
                    Provider side = Outcomes.openForSideWork(run, context.providers())) {
                sideJobs(folder).forEach(side::delete);
                Agreement.of(run.job().budget(), folder.read())
                        .elsewhere()
                        .places()
                        .forEach(left -> deleteAt(left, run));
                place.delete(folder.id());
            }
        }
        Folders.remove(folder.path());
    }

    /** Whether its launch may have reached a place, and none has said so: where that place is gone for good, nobody can stop the run. */
    private static boolean isUnanswered(RunView run) {
        return run.submitted() == null;
    }

    private static FineTuneException stillLive(RunView run) {
        List<String> remedies = new ArrayList<>(List.of("finetune stop " + run.id()));
        if (isUnanswered(run)) {
            remedies.add("finetune clean " + run.id() + " --force    # where its place is gone for good");
        }
        return RunProblems.stillLive(
                run.id(), "remove", "it is " + run.state().name().toLowerCase(Locale.ROOT), remedies);
    }

    /** What a run had at a place that it left for another. */
    private void deleteAt(ProviderId left, RunView run) {
        try (Provider place = context.providers().open(left, run.job())) {
            place.delete(run.id());
        }
    }

    private void refuseWhatIsBilledElsewhere(RunView run) {
        HostedRun hosted = run.hosted();
        if (hosted != null && !hosted.place().equals(Outcomes.place(run, context.providers()))) {
            throw LaunchProblems.hostedElsewhere(run.id(), hosted.place());
        }
    }

    private static Optional<RunView> read(RunFolder folder, boolean force) {
        try {
            return RunView.of(folder.read());
        } catch (FineTuneException e) {
            if (force) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static List<RunId> sideJobs(RunFolder folder) {
        Path side = ModelWork.folder(folder);
        if (Files.notExists(side)) {
            return List.of();
        }
        try (Stream<Path> jobs = Files.list(side)) {
            return jobs.map(path -> new RunId(String.valueOf(path.getFileName())))
                    .toList();
        } catch (IOException e) {
            throw RunProblems.unreadable(side, e);
        }
    }
}
