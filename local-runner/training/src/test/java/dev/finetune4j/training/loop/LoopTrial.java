package dev.finetune4j.training.loop;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.training.bigram.BigramModel;
import dev.finetune4j.training.bigram.SmallRows;
import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.rows.EncodedRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One training folder with a small model; each {@link #run} is what a new process would do. */
final class LoopTrial {
    static final int VOCABULARY = 11;
    static final EncodedRows NONE = EncodedRows.of(List.of(), List.of());

    final TrainingFolders folders;
    final List<RunEvent> events = new ArrayList<>();
    final TrainingSpec spec;
    EncodedRows training = SmallRows.of(40, VOCABULARY, 7);
    EncodedRows validation = SmallRows.of(9, VOCABULARY, 8);
    BigramModel model = new BigramModel(VOCABULARY);
    StopSignal stop = StopSignal.NEVER;
    String identity = "identity";
    Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    LoopTrial(Path folder, TrainingSpec spec) {
        folders = new TrainingFolders(folder.resolve("checkpoints"), folder.resolve("best"), folder.resolve("adapter"));
        this.spec = spec;
    }

    /** Starts from a fresh model, or from the checkpoints that earlier runs left. */
    TrainingResult run() {
        return loop().run();
    }

    TrainingLoop loop() {
        TrainingPlan plan = new TrainingPlan(spec, training, validation, 12, BatchPrefix.NONE);
        return new TrainingLoop(
                model,
                training,
                validation,
                spec,
                plan,
                folders,
                identity,
                new TrainingLoop.Surroundings(events::add, stop, clock, () -> 0));
    }

    /** Makes the next run stop before its n-th micro-batch, counted from 0. */
    LoopTrial stoppingBefore(int microBatch) {
        int[] asked = {0};
        stop = () -> asked[0]++ >= microBatch ? Optional.of("told to") : Optional.empty();
        model = new BigramModel(VOCABULARY);
        return this;
    }

    /** Makes the next run go to the end, with a fresh model. */
    LoopTrial undisturbed() {
        stop = StopSignal.NEVER;
        model = new BigramModel(VOCABULARY);
        return this;
    }

    String adapterSha() {
        try {
            return Json.sha256(Files.readAllBytes(folders.adapter().resolve("adapter_model.safetensors")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    <T extends RunEvent> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<Path> checkpoints() {
        try (var paths = Files.list(folders.checkpoints())) {
            return paths.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
