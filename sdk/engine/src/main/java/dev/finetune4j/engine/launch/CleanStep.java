package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.HostedRun;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
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
     * @param force also where its journal is damaged, and where no place answers that it has it
     * @return a warning for each place that did not answer, which {@code force} leaves as it is
     * @throws FineTuneException with FT0508 if it has not ended, FT0530 if its model is hosted at another place, FT0502 if its journal is damaged,
     *     or because a place does not answer, where {@code force} is not given; whatever is forced, if a place refuses who asks
     */
    List<Problem> clean(RunFolder folder, boolean force) {
        List<Problem> left =
                read(folder, force).map(run -> atPlaces(folder, run, force)).orElse(List.of());
        Folders.remove(folder.path());
        return left;
    }

    private List<Problem> atPlaces(RunFolder folder, RunView run, boolean force) {
        if (!run.closed() && !force) {
            Optional<RunState> told = Outcomes.toldNow(run, context.providers());
            throw RunProblems.notRemovable(
                    run.id(), told.map(run::seenAs).orElse(run).state(), told.isPresent());
        }
        refuseWhatIsBilledElsewhere(run);
        Set<ProviderId> places = places(folder, run);
        Asking asking = new Asking(force);
        if (!run.closed()) {
            places.forEach(place -> asking.at(open(place, run), there -> refuseWhatGoesOn(there, run)));
        }
        if (run.submitted() != null) {
            asking.at(
                    Outcomes.openForSideWork(run, context.providers()),
                    side -> sideJobs(folder).forEach(side::delete));
            places.forEach(place -> asking.at(open(place, run), there -> there.delete(run.id())));
        }
        return asking.unanswered.entrySet().stream()
                .map(one -> PlaceProblems.leftBehind(run.id(), one.getKey(), one.getValue()))
                .map(problem -> Remedies.named(problem, run.jobFile(), run.id()))
                .toList();
    }

    /** Those that it left for another, and the one where it is; none where it was to go nowhere yet. */
    private static Set<ProviderId> places(RunFolder folder, RunView run) {
        Set<ProviderId> places = new LinkedHashSet<>(
                Agreement.of(run.job().budget(), folder.read()).elsewhere().places());
        if (run.provider() != null) {
            places.add(run.provider());
        }
        return places;
    }

    private Provider open(ProviderId place, RunView run) {
        return context.providers().open(place, run.job());
    }

    /** By force goes only what its place does not say to have, and what ended at places that it left. */
    private static void refuseWhatGoesOn(Provider place, RunView run) {
        place.find(run.id())
                .map(JobSnapshot::state)
                .filter(state -> place.id().equals(run.provider()) || !state.isTerminal())
                .ifPresent(state -> {
                    String told = place.id() + " has it, and tells that it is "
                            + state.name().toLowerCase(Locale.ROOT);
                    throw RunProblems.stillLive(run.id(), "remove", told, "finetune stop " + run.id());
                });
    }

    /** Asks places, by force also such as do not answer. */
    private static final class Asking {
        private final boolean force;
        private final Map<ProviderId, FineTuneException> unanswered = new LinkedHashMap<>();

        Asking(boolean force) {
            this.force = force;
        }

        /** Does something at a place and closes its client; a place that did not answer before is not asked again. */
        void at(Provider place, Consumer<Provider> work) {
            try (place) {
                if (!unanswered.containsKey(place.id())) {
                    work.accept(place);
                }
            } catch (FineTuneException e) {
                if (!force || isAnswer(e)) {
                    throw e;
                }
                unanswered.put(place.id(), e);
            }
        }

        /** Whether somebody is there: who has the run, does not know who asks, or wants to be asked later. */
        private static boolean isAnswer(FineTuneException e) {
            return e.exitCode() == ExitCode.CREDENTIALS
                    || e.problems().stream()
                            .anyMatch(problem -> problem.kind().equals(RunProblems.STILL_LIVE)
                                    || (problem.retry() instanceof Retry.After after && after.asked() != null));
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
