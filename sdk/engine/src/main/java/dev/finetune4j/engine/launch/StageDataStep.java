package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.prepare.DataPreparation;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Begins a run: puts rows, findings and work order into its folder, so that it needs nothing that later runs may change. */
final class StageDataStep {
    private final LaunchContext context;

    StageDataStep(LaunchContext context) {
        this.context = context;
    }

    /**
     * Does what of it is not done yet.
     *
     * @param terms what was agreed to, or null where nothing is billed
     * @throws FineTuneException with FT0501 if the folder cannot be written; the next try goes on from there
     */
    void stage(
            RunFolder folder,
            Journal journal,
            PreparedJob prepared,
            @Nullable LaunchTerms terms,
            int attempt,
            Capabilities place) {
        FineTuneJob job = prepared.file().job();
        if (journal.content().lines().isEmpty()) {
            journal.append(new JournalEntry.Created(
                    folder.id(),
                    job,
                    JobDigest.of(job),
                    prepared.file().source(),
                    prepared.file().baseFolder(),
                    attempt,
                    context.version(),
                    prepared.file().resolved().origins()));
        }
        if (terms != null
                && journal.content()
                        .sinceRenewed()
                        .last(JournalEntry.Agreed.class)
                        .isEmpty()) {
            journal.append(new JournalEntry.Agreed(terms));
        }
        if (journal.content().sinceRenewed().last(JournalEntry.Prepared.class).isEmpty()) {
            copyRows(folder.data(), folder.id(), prepared);
            WholeFile.write(folder.check(), Json.pretty(prepared.check().withProblems(prepared.findings())) + "\n");
            WholeFile.write(folder.order(), Json.pretty(order(prepared, place)) + "\n");
            comparison(prepared, place)
                    .ifPresent(answers -> WholeFile.write(folder.comparison(), Json.pretty(answers) + "\n"));
            journal.append(new JournalEntry.Prepared(
                    folder.data(),
                    prepared.data().digest(),
                    prepared.data().labels(),
                    prepared.model().path(),
                    prepared.model().digest()));
            context.foresight().apply(prepared).map(JournalEntry.Expected::new).ifPresent(journal::append);
        }
    }

    /**
     * Begins a run anew that no place has, by the job as it is now; {@link #stage} goes on from there. Its name stays, so that a launch whose
     * answer nobody saw leads to that job.
     */
    void renew(Journal journal, PreparedJob prepared) {
        journal.append(new JournalEntry.Renewed(
                prepared.file().job(),
                prepared.file().source(),
                prepared.file().resolved().origins()));
    }

    /**
     * Copies the rows of every part, since later preparations may write to where they lie.
     *
     * @param data where to; created where it is not there
     * @param id what they are for
     * @throws FineTuneException with FT0501 if they cannot be written, FT0503 if they are others meanwhile
     */
    static void copyRows(Path data, RunId id, PreparedJob prepared) {
        try {
            Files.createDirectories(data);
        } catch (IOException e) {
            throw RunProblems.unwritable(data, e);
        }
        for (Part part : Part.values()) {
            WholeFile.copy(prepared.data().file(part), data.resolve(part.fileName()));
        }
        boolean isStillTheSame = DataPreparation.find(prepared.data().folder())
                .map(PreparedData::digest)
                .filter(prepared.data().digest()::equals)
                .isPresent();
        if (!isStillTheSame) { // another process prepared the same job from other files meanwhile
            throw RunProblems.filesMissing(id, prepared.data().folder());
        }
    }

    /** What lets base and tuned model answer the held-out rows here; empty where the place does, or keeps the tuned model. */
    private static Optional<WorkOrder> comparison(PreparedJob prepared, Capabilities place) {
        if (place.supportsCustomWork() || !place.givesModel() || !prepared.holdsOutRows()) {
            return Optional.empty();
        }
        FineTuneJob job = prepared.file().job();
        return Optional.of(new WorkOrder(
                Json.digest(Map.of("compares", prepared.digest())),
                List.copyOf(WorkOrders.answers(
                        job,
                        prepared.data().labels(),
                        shots(prepared),
                        prepared.answering().variants()))));
    }

    private static List<Example.Conversation> shots(PreparedJob prepared) {
        return FewShotChoice.of(
                prepared.data().rows(Part.TRAIN),
                prepared.shots(),
                prepared.file().job().evaluation().seed());
    }

    /** What the worker is to do for a job. */
    static WorkOrder order(PreparedJob prepared, Capabilities place) {
        FineTuneJob job = prepared.file().job();
        return WorkOrders.run(
                job,
                prepared.model().name(),
                prepared.digest(),
                prepared.data().labels(),
                shots(prepared),
                place.supportsCustomWork() && prepared.holdsOutRows()
                        ? prepared.answering().variants()
                        : Set.of());
    }
}
