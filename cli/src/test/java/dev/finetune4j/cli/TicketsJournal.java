package dev.finetune4j.cli;

import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Journals of runs that nobody launched. */
final class TicketsJournal {
    private TicketsJournal() {}

    /** Writes the journal of a run of the job tickets into a home: its creation, and what came after. */
    static void write(Path home, RunId run, Instant at, JournalEntry... after) {
        FineTuneJob job = FineTuneJob.builder(
                        "tickets",
                        new ModelRef("smollm2-135m-instruct"),
                        TaskSpec.of(TaskKind.CLASSIFICATION),
                        DataSpec.ofFile("rows.jsonl"))
                .build();
        try (Journal journal = Journal.open(
                new RunStore(home).folder(run),
                new DiskFiles(),
                Clock.fixed(at, ZoneOffset.UTC),
                Redaction.of(Map.of(), Set.of()))) {
            journal.append(
                    new JournalEntry.Created(run, job, "7aef332d".repeat(8), "job.yaml", home, 1, "test", Map.of()));
            List.of(after).forEach(journal::append);
        }
    }
}
