package dev.finetune4j.engine.report;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.check.FindingCount;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.run.RunCost;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a report shows. The JSON, Markdown and HTML files are three spellings of this record.
 *
 * @param format version of the JSON format, {@link #FORMAT}
 * @param run the run
 * @param state where it stood when the report was written
 * @param job what was asked, every default included
 * @param origins where each setting of the job came from, by its dotted key, as {@code check --resolved} tells it; empty where
 *     that was not written down
 * @param startedAt when the run began, or null if nothing happened
 * @param endedAt when it ended, or null if it goes on
 * @param ending how it ended and how to go on, or null where it succeeded or goes on
 * @param phases how long it spent in each state, in order
 * @param figures what it was foreseen to take beside what it took, or null where that is not known
 * @param spent what it cost of its budget, or null where nothing is billed by the hour or its place does not tell
 * @param training what happened while weights were trained, or null if training never started
 * @param data what the rows look like, or null if they were never prepared
 * @param findings what the data check found
 * @param notices what the run had to say, and what stands out in the answers of its tuned model
 * @param evaluation how the models did, or null if none answered held-out rows
 * @param changedRows which held-out rows tuning changed, or null if the base model was not asked or its rows have no score by themselves
 * @param provenance where the figures came from
 */
public record RunReport(
        int format,
        RunId run,
        RunState state,
        FineTuneJob job,
        Map<String, String> origins,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Ending ending,
        List<Phase> phases,
        @Nullable ForeseenAndActual figures,
        @Nullable RunCost spent,
        @Nullable TrainingHistory training,
        @Nullable DatasetProfile data,
        List<Notice> findings,
        List<Notice> notices,
        @Nullable EvaluationReport evaluation,
        @Nullable ChangedRows changedRows,
        Provenance provenance) {
    /** Version of the JSON format; a field that is removed or changes its meaning makes a new one. */
    public static final int FORMAT = 1;

    /** Copies the collections in their order. */
    public RunReport {
        origins = Collections.unmodifiableMap(new LinkedHashMap<>(origins));
        phases = List.copyOf(phases);
        findings = List.copyOf(findings);
        notices = List.copyOf(notices);
    }

    /** Starts a report from what every run has. */
    public static Builder builder(RunId run, RunState state, FineTuneJob job, Provenance provenance) {
        return new Builder(run, state, job, provenance);
    }

    /** Whether tuning paid, if models were compared. */
    public Optional<EvaluationReport> comparison() {
        return Optional.ofNullable(evaluation);
    }

    /** What its place calls the model that it keeps and tuned; empty where the job's own model was tuned. */
    public Optional<String> modelOfPlace() {
        return Optional.ofNullable(job.settingsOf(provenance.provider()).get(PlaceSettings.MODEL));
    }

    /** Collects the parts of a report that a run may not have reached. */
    public static final class Builder {
        private final RunId run;
        private final RunState state;
        private final FineTuneJob job;
        private final Provenance provenance;
        private @Nullable String jobFile;
        private Map<String, String> origins = Map.of();
        private List<RunEvent> events = List.of();
        private @Nullable Ending ending;
        private @Nullable ForeseenAndActual figures;
        private @Nullable DatasetProfile data;
        private List<Notice> findings = List.of();
        private @Nullable EvaluationReport evaluation;
        private @Nullable ChangedRows changedRows;

        Builder(RunId run, RunState state, FineTuneJob job, Provenance provenance) {
            this.run = run;
            this.state = state;
            this.job = job;
            this.provenance = provenance;
        }

        /** The job file as it was named, so that remedies can be pasted; null where the job came from code. */
        public Builder jobFile(@Nullable String file) {
            jobFile = file;
            return this;
        }

        /** Where each setting of the job came from, by its dotted key. */
        public Builder origins(Map<String, String> originByKey) {
            origins = new LinkedHashMap<>(originByKey);
            return this;
        }

        /** How it ended, if without all its results. */
        public Builder ending(@Nullable Ending how) {
            ending = how;
            return this;
        }

        /** What was foreseen beside what it took, if both are known. */
        public Builder figures(@Nullable ForeseenAndActual known) {
            figures = known;
            return this;
        }

        /** What happened, in order; times, curves and notices are taken from it. */
        public Builder events(List<RunEvent> happened) {
            events = List.copyOf(happened);
            return this;
        }

        /** What the rows look like and what the check found in them. */
        public Builder data(DatasetProfile profile, List<Problem> found) {
            data = profile;
            findings = Notice.of(found);
            return this;
        }

        /** What the check found, with the true number of each finding. */
        public Builder data(DatasetCheckReport check) {
            data = check.profile();
            findings = Notice.of(
                    check.problems(),
                    check.findings().stream()
                            .collect(Collectors.groupingBy(
                                    FindingCount::code, Collectors.summingLong(FindingCount::count))));
            return this;
        }

        /** Whether tuning paid, and on which rows, or null where the base model was not asked. */
        public Builder evaluation(EvaluationReport report, @Nullable ChangedRows rows) {
            evaluation = report;
            changedRows = rows;
            return this;
        }

        /** The finished report. */
        public RunReport build() {
            List<Problem> noticed = new ArrayList<>(events.stream()
                    .filter(RunEvent.Noticed.class::isInstance)
                    .map(event -> ((RunEvent.Noticed) event).problem())
                    .toList());
            if (evaluation != null) {
                AnswerFindings.of(evaluation, job.evaluation().maxNewTokens()).ifPresent(noticed::add);
            }
            return new RunReport(
                    FORMAT,
                    run,
                    state,
                    job,
                    origins,
                    events.isEmpty() ? null : events.get(0).at(),
                    events.isEmpty() || !state.isTerminal()
                            ? null
                            : events.get(events.size() - 1).at(),
                    ending == null ? null : ending.named(jobFile, run),
                    Phase.of(events),
                    figures,
                    RunCost.last(events).orElse(null),
                    TrainingHistory.of(events).orElse(null),
                    data,
                    named(findings),
                    named(Notice.of(noticed)),
                    evaluation,
                    changedRows,
                    provenance);
        }

        private List<Notice> named(List<Notice> notices) {
            return notices.stream().map(notice -> notice.named(jobFile, run)).toList();
        }
    }
}
