package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.engine.data.prepare.DataPreparation;
import dev.finetune4j.engine.evaluate.PredictionFiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What lies in the folder of a run beside its journal: the work order, events, predictions, the record of the split. */
public final class RunFilesTarget implements ParserTarget {
    /** Reads one of the files. */
    private interface Reading {
        void of(Path file) throws IOException;
    }

    @Override
    public String name() {
        return "run-files";
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                bytes(new RunEvent.ValidationCompleted(VirtualClock.START, 1, 2.5, true)),
                bytes(new Prediction(new RowRef("rows", 1), "a", "b", Map.of("a", -1.0, "b", -0.5), 1, 1)),
                bytes(new Example.Passage(new RowRef("rows", 1), "a text")));
    }

    private static void readRows(Path file) {
        try (Stream<Example> rows = RowSource.ofFile(file).open()) {
            rows.forEach(row -> {});
        }
    }

    private static byte[] bytes(Object record) {
        return (Json.line(record) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    @SuppressWarnings("EmptyCatch") // each of the files may be refused
    public void read(byte[] input, Path scratch) throws IOException {
        Path predictions = Files.createDirectories(scratch.resolve(WorkOrder.PREDICTIONS_FOLDER));
        Files.write(predictions.resolve(Variant.TUNED.fileName()), input);
        Files.write(scratch.resolve(DataPreparation.RECORD_FILE), input);
        Path file = Files.write(scratch.resolve("record"), input);
        List<Reading> readings = List.of(
                path -> RunRecords.read(path, WorkOrder.class),
                path -> RunRecords.readLines(path, RunEvent.class),
                path -> PredictionFiles.read(scratch, Set.of(Variant.TUNED)),
                path -> DataPreparation.find(scratch),
                RunFilesTarget::readRows);
        for (Reading reading : readings) {
            try {
                reading.of(file);
            } catch (FineTuneException refused) {
            }
        }
    }
}
