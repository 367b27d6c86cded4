package dev.finetune4j.engine.journal;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunCost;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run as its journal tells it.
 *
 * @param id the run
 * @param job what was asked for, secrets taken out, at the machine where it is now
 * @param jobFile the job file as it was named, or null where the job came from code
 * @param attempt attempt from 1 at this job, data and model
 * @param createdAt when it was created
 * @param changedAt when it ended, or its last entry was written while it goes on
 * @param state where it stands; {@link RunState#UPLOADING} between the provider's end and ours
 * @param provider where it runs, or null before it was launched
 * @param prepared data and model, or null before they lay ready
 * @param submitted a provider's answer to the last launch or resume, or null before it
 * @param launchedAt whose answer that is; another one than {@code provider} while the run, which left it, is not launched there yet
 * @param problem why it failed, or null
 * @param resumes how often it was resumed
 * @param spent what it cost of its budget, or null before its end, and where nothing is billed or its place does not tell
 * @param output folder with its output, or null before it was fetched
 * @param evaluation the comparison of base and tuned model, or null before it was made
 * @param reports the report's files; empty before they were written
 * @param hosted what hosts its tuned model, as its place told last, or null where it is not hosted
 * @param closed whether nothing more will happen unless it is resumed
 */
public record RunView(
        RunId id,
        FineTuneJob job,
        @Nullable String jobFile,
        int attempt,
        Instant createdAt,
        Instant changedAt,
        RunState state,
        @Nullable ProviderId provider,
        JournalEntry.@Nullable Prepared prepared,
        @Nullable JobSnapshot submitted,
        @Nullable ProviderId launchedAt,
        @Nullable Problem problem,
        int resumes,
        @Nullable RunCost spent,
        @Nullable Path output,
        @Nullable EvaluationReport evaluation,
        List<Path> reports,
        @Nullable HostedRun hosted,
        boolean closed) {
    /** Copies the list. */
    public RunView {
        reports = List.copyOf(reports);
    }

    /** Whether the place where it is now ever said to have it: not where it has just come to from another place. */
    public boolean isLaunchedHere() {
        return submitted != null && Objects.equals(launchedAt, provider);
    }

    /** The same run in the state that its provider tells, which a journal that nobody writes does not know yet. */
    public RunView seenAs(RunState told) {
        RunState now = told == RunState.SUCCEEDED ? RunState.UPLOADING : told; // it still lacks comparison and report
        return new RunView(
                id,
                job,
                jobFile,
                attempt,
                createdAt,
                changedAt,
                now,
                provider,
                prepared,
                submitted,
                launchedAt,
                problem,
                resumes,
                spent,
                output,
                evaluation,
                reports,
                hosted,
                closed);
    }

    /**
     * The run that a folder's journal tells of.
     *
     * @throws FineTuneException with FT0502 or FT0503 if the journal cannot be read, FT0504 if it tells of none
     */
    public static RunView read(RunFolder folder) {
        return of(folder.read()).orElseThrow(() -> RunProblems.filesMissing(folder.id(), folder.journal()));
    }

    /** The run that a journal tells of; empty where the journal has not begun. */
    public static Optional<RunView> of(JournalContent content) {
        if (content.lines().isEmpty() || !(content.lines().get(0).entry() instanceof JournalEntry.Created created)) {
            return Optional.empty();
        }
        Fold fold = new Fold(created);
        content.entries().forEach(fold::add);
        List<JournalLine> lines = content.lines();
        return Optional.of(new RunView(
                created.run(),
                fold.moved(),
                fold.jobFile,
                created.attempt(),
                lines.get(0).at(),
                changedAt(lines, fold.closed),
                fold.state(),
                fold.provider,
                fold.prepared,
                fold.submitted,
                fold.launchedAt,
                fold.problem,
                fold.resumes,
                fold.spent,
                fold.output,
                fold.evaluation,
                fold.reports,
                HostingStory.of(content).lastSeen(created.run()).orElse(null),
                fold.closed));
    }

    /** A job on the machine of terms that were agreed to. */
    public static FineTuneJob at(LaunchTerms terms, FineTuneJob job) {
        Map<String, String> settings = new LinkedHashMap<>(job.settingsOf(terms.target()));
        settings.putAll(terms.settings());
        FineTuneJob.Builder placed = job.toBuilder().place(terms.target(), settings);
        return job.targets().get(0).equals(terms.target())
                ? placed.build()
                : placed.targets(List.of(terms.target())).build();
    }

    /** When a run ended, whatever became of its model later; of one that goes on, when it moved last. */
    private static Instant changedAt(List<JournalLine> lines, boolean isClosed) {
        for (int i = lines.size() - 1; isClosed && i > 0; i--) {
            if (lines.get(i).entry() instanceof JournalEntry.Closed) {
                return lines.get(i).at();
            }
        }
        return lines.get(lines.size() - 1).at();
    }

    /** Goes through the entries and keeps what the later ones leave standing. */
    private static final class Fold {
        private FineTuneJob job;
        private @Nullable String jobFile;
        private RunState last = RunState.PREPARED;
        private @Nullable ProviderId provider;
        private @Nullable LaunchTerms movedTo;
        private JournalEntry.@Nullable Prepared prepared;
        private @Nullable JobSnapshot submitted;
        private @Nullable ProviderId launchedAt;
        private @Nullable Problem problem;
        private int resumes;
        private @Nullable RunCost spent;
        private @Nullable Path output;
        private @Nullable EvaluationReport evaluation;
        private List<Path> reports = List.of();
        private boolean closed;

        Fold(JournalEntry.Created created) {
            job = created.job();
            jobFile = created.jobFile();
        }

        void add(JournalEntry entry) {
            if (entry instanceof JournalEntry.Prepared ready) {
                prepared = ready;
            } else if (entry instanceof JournalEntry.Intent intent) {
                provider = intent.provider();
            } else if (entry instanceof JournalEntry.Moved moved) {
                movedTo = moved.terms();
                provider = moved.terms().target();
                last = RunState.QUEUED;
            } else if (entry instanceof JournalEntry.Submitted answer) {
                submitted = answer.snapshot();
                launchedAt = provider;
                last = answer.snapshot().state();
            } else if (entry instanceof JournalEntry.StateSeen seen) {
                last = seen.state();
            } else if (entry instanceof JournalEntry.StopAsked) {
                last = RunState.STOPPING;
            } else if (entry instanceof JournalEntry.ResumeAsked resume) {
                resumes = resume.times();
                reopen();
                last = RunState.QUEUED;
            } else if (entry instanceof JournalEntry.Renewed now) {
                reopen();
                renew(now);
            } else if (entry instanceof JournalEntry.Reopened) {
                reopen();
                last = submitted == null ? RunState.QUEUED : submitted.state();
            } else if (entry instanceof JournalEntry.Fetched fetched) {
                output = fetched.output();
            } else if (entry instanceof JournalEntry.EvaluationDone done) {
                evaluation = done.report();
            } else if (entry instanceof JournalEntry.ReportWritten written) {
                reports = written.files();
            } else if (entry instanceof JournalEntry.Closed end) {
                closed = true;
                last = end.state();
                problem = end.problem();
                spent = end.spent();
            }
        }

        private void reopen() {
            reports = List.of();
            closed = false;
            problem = null;
            spent = null;
        }

        private void renew(JournalEntry.Renewed now) {
            job = now.job();
            jobFile = now.jobFile();
            movedTo = null;
            provider = null;
            prepared = null; // what its place is to be given may be another thing now
            last = RunState.PREPARED;
        }

        /** The job with the machine that it was moved to. */
        FineTuneJob moved() {
            if (movedTo == null) {
                return job;
            }
            return at(movedTo, job);
        }

        RunState state() {
            return !closed && last.isTerminal() ? RunState.UPLOADING : last;
        }
    }
}
