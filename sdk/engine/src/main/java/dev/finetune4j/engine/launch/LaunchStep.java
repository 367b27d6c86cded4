package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Launches a run and follows it to its end; where a machine is not to be had, on the next one that was agreed to, be it at another place, and
 * where the job failed with an exit code that it lists for that, once more on the same.
 */
final class LaunchStep {
    private final LaunchContext context;
    private final RunFolder folder;
    private final Journal journal;
    private final EventLog events;
    private String cursor = EventPage.START;

    LaunchStep(LaunchContext context, RunFolder folder, Journal journal, EventLog events) {
        this.context = context;
        this.folder = folder;
        this.journal = journal;
        this.events = events;
    }

    /**
     * How it ended.
     *
     * @param job what the place says of it; null where the place refused it
     * @param problem why it failed or was refused; null where neither
     */
    record End(@Nullable JobSnapshot job, @Nullable Problem problem) {}

    /**
     * Returns when nothing more runs, and nothing more is to be launched.
     *
     * @throws FineTuneException if the run cannot be driven on now; it stays as it is, and another try goes on from there
     */
    End toTheEnd(WorkOrder order) throws InterruptedException {
        while (true) {
            RunView view = view();
            try (Provider provider = Outcomes.open(view, context.providers())) {
                End end = onThisMachine(view, order, provider);
                Recovery recovery = new Recovery(view.job().recovery(), journal.content(), agreement(view), provider);
                boolean isRecovery = recovery.isAskedFor(end.job());
                Optional<JournalEntry.Moved> next = isRecovery
                        ? recovery.next(
                                Objects.requireNonNull(end.problem()),
                                Objects.requireNonNull(end.job()),
                                unwatched(view))
                        : move(view, end, provider);
                if (next.isEmpty()) {
                    return withStory(isRecovery ? untried(end, recovery) : end);
                }
                if (!next.get().terms().target().equals(provider.id())) {
                    cursor = EventPage.START; // what happened here is told
                }
                journal.append(next.get());
                new MoveTeller(journal.content()).last().ifPresent(events::add);
            }
        }
    }

    private End onThisMachine(RunView view, WorkOrder order, Provider provider) throws InterruptedException {
        Agreement agreement = agreement(view);
        boolean isResume = SubmitStep.isResumePending(journal.content());
        SubmitStep launch = new SubmitStep(context, journal, provider)
                .whileWaiting(
                        why -> events.add(new RunEvent.Noticed(context.clock().instant(), why)));
        try {
            Submission submission = submission(view, order, provider, agreement);
            if (!isResume && SubmitStep.submittedHere(journal.content()).isEmpty()) {
                submission = context.workers().equip(submission, provider, agreement.setup(), folder.path());
            }
            launch.submit(submission);
            launch.found()
                    .map(job -> LaunchProblems.foundThere(job, provider.id(), view.jobFile()))
                    .ifPresent(note ->
                            events.add(new RunEvent.Noticed(context.clock().instant(), note)));
        } catch (FineTuneException e) {
            if (!isRefusedForGood(e, view) || launch.mayBeThere(folder.id())) {
                throw e;
            }
            return new End(null, e.problems().get(0));
        }
        return followed(provider, agreement);
    }

    /** A look that fails says nothing of the job, which may be billed: only its place's word ends the run, or that the job is gone. */
    private End followed(Provider provider, Agreement agreement) throws InterruptedException {
        try {
            FollowStep.Ended ended =
                    new FollowStep(context, journal, provider, events, agreement).follow(folder.id(), cursor);
            cursor = ended.cursor();
            JobSnapshot job = ended.job();
            return new End(job, job.state() == RunState.FAILED ? reason(job, provider) : null);
        } catch (FineTuneException e) {
            Problem problem = e.problems().get(0);
            if (problem.kind().equals(PlaceProblems.GONE)) {
                return new End(null, problem);
            }
            throw e;
        }
    }

    /** Whether another try would be refused as well; of one that was launched here, not since the caller is not let in just now. */
    private static boolean isRefusedForGood(FineTuneException failure, RunView view) {
        Problem problem = failure.problems().get(0);
        boolean isLetIn = problem.kind().exitCode() != ExitCode.CREDENTIALS;
        return !PatientCall.mayPass(failure) && !isOurDisk(problem) && (isLetIn || !view.isLaunchedHere());
    }

    private Problem reason(JobSnapshot job, Provider provider) {
        return job.failure().orElseGet(() -> PlaceProblems.noReason(folder.id(), provider.id(), job.reference()));
    }

    private static End untried(End end, Recovery recovery) {
        JobSnapshot job = Objects.requireNonNull(end.job());
        return new End(job, recovery.untried(Objects.requireNonNull(end.problem()), job));
    }

    /** The next machine; none for a resume that was refused, since what there is to resume keeps its machine. */
    private Optional<JournalEntry.Moved> move(RunView view, End end, Provider provider) {
        Problem problem = end.problem();
        if (problem == null
                || provider.machineVerdict(problem) == MachineVerdict.UNRELATED
                || SubmitStep.isResumePending(journal.content())
                || journal.content().stopAsked().isPresent()) {
            return Optional.empty();
        }
        return agreement(view)
                .next(
                        problem,
                        provider.machineVerdict(problem),
                        end.job(),
                        provider,
                        terms -> endurance(view, terms, provider),
                        unwatched(view));
    }

    private Endurance endurance(RunView view, LaunchTerms terms, Provider here) {
        if (terms.target().equals(here.id())) {
            return Endurance.of(here.capabilities(), here.windDown());
        }
        try (Provider there = context.providers().open(terms.target(), RunView.at(terms, view.job()))) {
            return Endurance.of(there.capabilities(), there.windDown());
        }
    }

    private Function<LaunchTerms, UnaryOperator<Duration>> unwatched(RunView view) {
        return terms -> limit -> longestBilled(view, terms, limit);
    }

    /** As the place says where it is told of the machine of these terms. */
    private Duration longestBilled(RunView view, LaunchTerms terms, Duration timeLimit) {
        try (Provider there = context.providers().open(terms.target(), RunView.at(terms, view.job()))) {
            return there.longestBilled(timeLimit);
        }
    }

    /** A failure after moves tells of the machines that were tried before. */
    private End withStory(End end) {
        Problem problem = end.problem();
        if (problem == null) {
            return end;
        }
        Stream<String> before = journal.content()
                .sinceRenewed()
                .entries()
                .filter(JournalEntry.Moved.class::isInstance)
                .map(entry -> "before: " + ((JournalEntry.Moved) entry).why().summary());
        return new End(
                end.job(),
                problem.withCauses(
                        Stream.concat(problem.causes().stream(), before).toList()));
    }

    private Submission submission(RunView view, WorkOrder order, Provider provider, Agreement agreement) {
        JournalEntry.Prepared prepared = Objects.requireNonNull(view.prepared(), "read with the order");
        return new Submissions(context.version(), provider)
                .of(
                        folder.id(),
                        view.job(),
                        order,
                        prepared.data(),
                        prepared.model(),
                        agreement.timeLimit(),
                        agreement.diskBytes(),
                        agreement.after());
    }

    private RunView view() {
        return RunView.of(journal.content()).orElseThrow(() -> RunProblems.filesMissing(folder.id(), folder.journal()));
    }

    private Agreement agreement(RunView view) {
        return Agreement.of(view.job().budget(), journal.content());
    }

    /** Problems of our own folder say nothing about the run: it goes on, and so may we once they are mended. */
    private static boolean isOurDisk(Problem problem) {
        return problem.kind().equals(RunProblems.UNWRITABLE) || problem.kind().equals(RunProblems.UNREADABLE);
    }
}
