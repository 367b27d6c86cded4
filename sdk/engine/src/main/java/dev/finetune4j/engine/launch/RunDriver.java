package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Takes a staged run from wherever its journal stands to its outcome: submit, follow, fetch, evaluate, report, close. Has the
 * run's lock. Killed between any two steps, the next driver repeats nothing that is written down.
 */
final class RunDriver {
    private final LaunchContext context;
    private final RunFolder folder;
    private final Journal journal;
    private final EventLog events;

    RunDriver(LaunchContext context, RunFolder folder, Journal journal, EventLog events) {
        this.context = context;
        this.folder = folder;
        this.journal = journal;
        this.events = events;
    }

    /**
     * Returns when the run is closed.
     *
     * @throws FineTuneException if the run cannot be driven on now; it stays as it is, and another try goes on from there
     */
    RunOutcome drive() throws InterruptedException {
        RunView view = view();
        if (view.closed()) {
            SavedEvents.read(folder).forEach(events::add);
            return Outcomes.of(view, journal.content());
        }
        WorkOrder order = readOrder(view);
        try (Provider provider = context.providers().open(Outcomes.place(view, context.providers()))) {
            if (view.output() == null) {
                Optional<RunOutcome> early = runAtProvider(view, order, provider);
                if (early.isPresent()) {
                    return early.get();
                }
            } else {
                SavedEvents.read(folder).forEach(events::add);
            }
            return conclude(order, provider);
        }
    }

    /** Launches and follows; an outcome only where there is nothing to evaluate. */
    private Optional<RunOutcome> runAtProvider(RunView view, WorkOrder order, Provider provider)
            throws InterruptedException {
        JobSnapshot end;
        try {
            Submission submission = submission(view, order, provider);
            new SubmitStep(context, journal, provider).submit(submission);
            end = new FollowStep(context, journal, provider, events)
                    .follow(folder.id(), view.job().budget().maxTime());
        } catch (FineTuneException e) {
            Problem problem = e.problems().get(0);
            if (SubmitStep.mayPass(e) || isOurDisk(problem)) {
                throw e;
            }
            return Optional.of(close(new JournalEntry.Closed(RunState.FAILED, problem, "", false)));
        }
        SavedEvents.write(folder, events.events());
        if (end.state() == RunState.FAILED) {
            Problem problem =
                    end.failure().orElseGet(() -> RunProblems.noReason(folder.id(), provider.id(), end.reference()));
            return Optional.of(close(new JournalEntry.Closed(RunState.FAILED, problem, "", false)));
        }
        if (end.state() == RunState.STOPPED) {
            return Optional.of(close(stopped(view, end)));
        }
        new FetchStep(journal, provider).fetch(folder);
        return Optional.empty();
    }

    /** A run that ended well at its provider: compares, reports and closes. */
    private RunOutcome conclude(WorkOrder order, Provider provider) {
        RunView view = view();
        Path output = Objects.requireNonNull(view.output(), "output is fetched before");
        EvaluationReport evaluation = view.evaluation();
        if (evaluation == null) {
            try {
                evaluation = new EvaluateStep(view.job(), Outcomes.labels(view))
                        .evaluate(order, output)
                        .orElse(null);
            } catch (FineTuneException e) {
                Problem problem = e.problems().get(0);
                return close(new JournalEntry.Closed(RunState.FAILED, problem, "", false));
            }
            if (evaluation != null) {
                journal.append(new JournalEntry.EvaluationDone(evaluation));
            }
        }
        if (view.reports().isEmpty()) {
            List<Path> files = new ReportStep(context)
                    .write(folder, view, provider.id(), order, output, events.events(), evaluation);
            journal.append(new JournalEntry.ReportWritten(files));
        }
        return close(new JournalEntry.Closed(RunState.SUCCEEDED, null, "", false));
    }

    private RunOutcome close(JournalEntry.Closed end) {
        journal.append(end);
        return Outcomes.of(view(), journal.content());
    }

    private RunView view() {
        return RunView.of(journal.content()).orElseThrow(() -> RunProblems.filesMissing(folder.id(), folder.journal()));
    }

    private WorkOrder readOrder(RunView view) {
        JournalEntry.Prepared prepared = view.prepared();
        if (prepared == null) {
            throw RunProblems.filesMissing(folder.id(), folder.data());
        }
        for (Path needed : List.of(prepared.data(), prepared.model(), folder.order())) {
            if (Files.notExists(needed)) {
                throw RunProblems.filesMissing(folder.id(), needed);
            }
        }
        try {
            return Json.read(Files.readString(folder.order()), WorkOrder.class);
        } catch (IOException e) {
            throw RunProblems.unreadable(folder.order(), e);
        }
    }

    private Submission submission(RunView view, WorkOrder order, Provider provider) {
        JournalEntry.Prepared prepared = Objects.requireNonNull(view.prepared(), "read with the order");
        Submission.Builder submission = Submission.builder(
                        folder.id(), view.job().model(), order)
                .channel(WorkOrder.DATA_CHANNEL, prepared.data())
                .label("finetune4j-run", folder.id().value())
                .label("finetune4j-job", view.job().name())
                .label("finetune4j-version", context.version());
        if (provider.capabilities().supportsCustomWork()) {
            submission.channel(WorkOrder.MODEL_CHANNEL, prepared.model());
        }
        if (provider.capabilities().supportsTimeLimit()) {
            submission.timeLimit(view.job().budget().maxTime());
        }
        return submission.build();
    }

    /** Who stopped it: a person who asked through us, the budget, or somebody at the provider. */
    private JournalEntry.Closed stopped(RunView view, JobSnapshot end) {
        Optional<JournalEntry.StopAsked> asked = journal.content().last(JournalEntry.StopAsked.class);
        if (asked.isPresent()) {
            return new JournalEntry.Closed(
                    RunState.STOPPED, null, "stopped by " + asked.get().by(), false);
        }
        Duration limit = view.job().budget().maxTime();
        Instant launched = journal.content().lines().stream()
                .filter(line -> line.entry() instanceof JournalEntry.Submitted)
                .reduce((earlier, later) -> later)
                .map(line -> line.at())
                .orElse(end.submittedAt());
        Instant ended = end.endedAt() == null ? context.clock().instant() : end.endedAt();
        boolean byBudget = limit != null && !ended.isBefore(launched.plus(limit));
        String reason = byBudget ? "stopped at the budget's max-time" : "stopped on request";
        return new JournalEntry.Closed(RunState.STOPPED, null, reason, byBudget);
    }

    /** Problems of our own folder say nothing about the run: it goes on, and so may we once they are mended. */
    private static boolean isOurDisk(Problem problem) {
        return problem.kind().equals(RunProblems.UNWRITABLE) || problem.kind().equals(RunProblems.UNREADABLE);
    }
}
