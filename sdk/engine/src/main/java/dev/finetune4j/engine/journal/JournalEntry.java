package dev.finetune4j.engine.journal;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunCost;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.value.Kind;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One thing that was decided or seen in a run. Entries are only ever added, and fields only ever added to them. */
public sealed interface JournalEntry {
    /**
     * The run exists. First entry of every journal.
     *
     * @param run its id
     * @param job what was asked for, secrets taken out
     * @param jobDigest digest of the job as it was given
     * @param jobFile the job file as it was named, or null where the job came from code
     * @param baseFolder the folder that relative paths of the job start from
     * @param attempt attempt from 1 at this job, data and model
     * @param version version of finetune4j
     * @param origins where each setting of the job came from, by its key; empty where that was not written down
     */
    @Kind("created")
    record Created(
            RunId run,
            FineTuneJob job,
            String jobDigest,
            @Nullable String jobFile,
            Path baseFolder,
            int attempt,
            String version,
            @Nullable Map<String, String> origins)
            implements JournalEntry {
        /** Copies the map in its order; journals of earlier versions have none. */
        public Created {
            origins = origins == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(origins));
        }
    }

    /**
     * The run, which no place had, is begun anew under its name, by the job as it is now: another role, bucket or machine.
     *
     * @param job what is asked for now, secrets taken out; the same work
     * @param jobFile the job file as it was named, or null where the job came from code
     * @param origins where each setting of the job came from, by its key
     */
    @Kind("renewed")
    record Renewed(FineTuneJob job, @Nullable String jobFile, Map<String, String> origins) implements JournalEntry {
        /** Copies the map in its order. */
        public Renewed {
            origins = Collections.unmodifiableMap(new LinkedHashMap<>(origins));
        }
    }

    /**
     * Data and model lie ready on this machine.
     *
     * @param data folder with the rows of each part
     * @param dataDigest digest over all rows
     * @param labels the closed list of answers; empty without labels
     * @param model folder or file of the base model
     * @param modelDigest digest over the model's files
     */
    @Kind("prepared")
    record Prepared(Path data, String dataDigest, List<String> labels, Path model, String modelDigest)
            implements JournalEntry {
        /** Copies the labels. */
        public Prepared {
            labels = List.copyOf(labels);
        }
    }

    /**
     * What the run was foreseen to take.
     *
     * @param foreseen time, memory and cost
     */
    @Kind("foreseen")
    record Expected(Foreseen foreseen) implements JournalEntry {}

    /**
     * Somebody agreed to what the run may take.
     *
     * @param terms what it may take
     */
    @Kind("agreed")
    record Agreed(LaunchTerms terms) implements JournalEntry {}

    /**
     * The machine was not to be had, or the job failed with an exit code that it lists for another try: the next act is {@code submit}, for
     * another machine that was agreed to, or for the same.
     *
     * @param terms what it may take there, with what is left of the budget
     * @param why why it was not to be had, or what the job failed of
     * @param verdict what its place says by that of such machines, {@link MachineVerdict#UNRELATED} where the job is begun anew on the same;
     *     journals of earlier versions have none
     * @param billed time that was billed until then, over all machines
     * @param kept time that machines are kept besides, and billed; journals of earlier versions tell of none
     * @param spent what that cost, or null where a price is not known
     * @param after the place's own name of the launch that the next one follows, or null where none ended, and in journals of earlier versions
     */
    @Kind("moved")
    record Moved(
            LaunchTerms terms,
            Problem why,
            MachineVerdict verdict,
            Duration billed,
            Duration kept,
            @Nullable Money spent,
            @Nullable String after)
            implements JournalEntry {
        /** Tells by the exit code what an earlier version did not write down. */
        public Moved {
            kept = kept == null ? Duration.ZERO : kept;
            if (verdict == null) {
                verdict = why.kind().exitCode() == ExitCode.CAPACITY
                        ? MachineVerdict.NOT_FREE
                        : MachineVerdict.NOT_SUITED;
            }
        }

        /** Whether the job is begun anew on the same machine. */
        public boolean isRestart() {
            return verdict == MachineVerdict.UNRELATED;
        }
    }

    /**
     * The next act is the provider's {@code submit}; whether it was reached is not known until {@link Submitted}.
     *
     * @param provider where
     * @param digest digest of the work order
     * @param found the provider's own name of the job where it was there already; null where it was not, and in journals of earlier versions
     */
    @Kind("intent")
    record Intent(
            ProviderId provider, String digest, @Nullable String found) implements JournalEntry {}

    /**
     * The provider has the job.
     *
     * @param snapshot its answer
     * @param found whether it was there before this run asked for it: launched from another home
     */
    @Kind("submitted")
    record Submitted(JobSnapshot snapshot, Boolean found) implements JournalEntry {
        /** Journals of earlier versions tell of no job that was there. */
        public Submitted {
            found = found == null ? Boolean.FALSE : found;
        }
    }

    /**
     * The run was seen in another state.
     *
     * @param state the state
     * @param eventAt when it went there, by the clock that told it
     * @param cursor the provider's cursor from which a watcher misses nothing that comes later
     */
    @Kind("state-seen")
    record StateSeen(RunState state, Instant eventAt, String cursor) implements JournalEntry {}

    /**
     * A person asked for the run to stop.
     *
     * @param by who or what asked
     */
    @Kind("stop-asked")
    record StopAsked(String by) implements JournalEntry {}

    /**
     * The next act is the provider's {@code resume}; the run goes on from its checkpoint.
     *
     * @param times how often it was resumed, this time included
     */
    @Kind("resume-asked")
    record ResumeAsked(int times) implements JournalEntry {}

    /** The place was found to have the job of a run that had been closed without the place's word: it is followed after all. */
    @Kind("reopened")
    record Reopened() implements JournalEntry {}

    /**
     * The output is on this machine.
     *
     * @param output the folder
     */
    @Kind("fetched")
    record Fetched(Path output) implements JournalEntry {}

    /**
     * Base and tuned model are compared.
     *
     * @param report the comparison
     */
    @Kind("evaluation-done")
    record EvaluationDone(EvaluationReport report) implements JournalEntry {}

    /**
     * The report is written.
     *
     * @param files the files
     */
    @Kind("report-written")
    record ReportWritten(List<Path> files) implements JournalEntry {
        /** Copies the list. */
        public ReportWritten {
            files = List.copyOf(files);
        }
    }

    /**
     * The next act is the place's call that hosts the tuned model; whether it was reached is not known until {@link Hosted}.
     *
     * @param place where
     * @param order how
     */
    @Kind("host-asked")
    record HostAsked(ProviderId place, HostingOrder order) implements JournalEntry {}

    /**
     * The tuned model is hosted, or about to be.
     *
     * @param model what the place tells
     */
    @Kind("hosted")
    record Hosted(HostedModel model) implements JournalEntry {}

    /**
     * What hosted the tuned model was ended, or is gone.
     *
     * @param reference the place's name of it; empty where none was ever told
     */
    @Kind("hosting-ended")
    record HostingEnded(String reference) implements JournalEntry {}

    /** Whether an entry is of what happens to the model of a run after the run itself. */
    static boolean isOfHosting(JournalEntry entry) {
        return entry instanceof HostAsked || entry instanceof Hosted || entry instanceof HostingEnded;
    }

    /**
     * Nothing more will happen, unless somebody resumes the run.
     *
     * @param state how it ended; terminal
     * @param problem why it failed, or null
     * @param reason who or what stopped it; empty where nobody did
     * @param byBudget whether the budget stopped it
     * @param spent what it cost of its budget, or null where nothing is billed, or its place does not tell
     */
    @Kind("closed")
    record Closed(
            RunState state,
            @Nullable Problem problem,
            String reason,
            boolean byBudget,
            @Nullable RunCost spent) implements JournalEntry {
        /** Refuses a state that is no end. */
        public Closed {
            if (!state.isTerminal()) {
                throw new IllegalArgumentException("a run closes in a terminal state, was " + state);
            }
        }
    }
}
