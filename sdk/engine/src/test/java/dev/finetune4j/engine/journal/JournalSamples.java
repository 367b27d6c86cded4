package dev.finetune4j.engine.journal;

import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.RunCost;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Entries of an ordinary run. */
public final class JournalSamples {
    static final RunId RUN = new RunId("tickets-0a1b2c3d-1");
    /** Of job, data and model. */
    public static final String DIGEST = "0a1b2c3d".repeat(8);

    private JournalSamples() {}

    /** What is asked for. */
    public static FineTuneJob job() {
        return FineTuneJob.builder(
                        "tickets",
                        ModelRef.parse("tiny"),
                        TaskSpec.of(TaskKind.CLASSIFICATION),
                        DataSpec.ofFile("tickets.jsonl"))
                .build();
    }

    /** Its first. */
    public static JournalEntry created() {
        return new JournalEntry.Created(RUN, job(), DIGEST, "job.yaml", Path.of("/jobs"), 1, "test", Map.of());
    }

    static JournalEntry prepared() {
        return new JournalEntry.Prepared(Path.of("/data"), DIGEST, List.of("a", "b"), Path.of("/model"), DIGEST);
    }

    /** Its job at its place, in a state. */
    public static JobSnapshot snapshot(RunState state) {
        return new JobSnapshot(
                RUN,
                DIGEST,
                "fake:job/1",
                state,
                VirtualClock.START,
                null,
                null,
                Duration.ZERO,
                null,
                Duration.ZERO,
                null);
    }

    /** One of each entry that a run writes on its way to success. */
    public static List<JournalEntry> life() {
        return List.of(
                created(),
                new JournalEntry.Renewed(job(), "job.yaml", Map.of("model", "job.yaml:2:8")),
                prepared(),
                new JournalEntry.Intent(new ProviderId("fake"), DIGEST, "fake:job/1"),
                new JournalEntry.Submitted(snapshot(RunState.QUEUED), false),
                new JournalEntry.StateSeen(RunState.TRAINING, VirtualClock.START, "event-4"),
                new JournalEntry.StopAsked("a test"),
                new JournalEntry.ResumeAsked(1),
                new JournalEntry.Reopened(),
                new JournalEntry.Submitted(snapshot(RunState.QUEUED), true),
                new JournalEntry.StateSeen(RunState.SUCCEEDED, VirtualClock.START, "event-9"),
                new JournalEntry.Fetched(Path.of("/output")),
                new JournalEntry.ReportWritten(List.of(Path.of("/report.html"))),
                new JournalEntry.Closed(
                        RunState.SUCCEEDED,
                        null,
                        "",
                        false,
                        new RunCost(Money.parse("0.42 USD"), Money.parse("5 USD"), false)));
    }
}
