package dev.finetune4j.worker.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.SmallJob;
import dev.finetune4j.worker.TinyLlama;
import dev.finetune4j.worker.folder.EventReader;
import dev.finetune4j.worker.folder.WorkerLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The memory that is foreseen for a run, against the most that its worker ever had ({@code VmHWM} of the kernel), over training and
 * answers. Memory is no time: it hardly depends on the machine's load.
 */
@Tag("long")
class MemoryForecastTest {
    /** A run that needs more than was foreseen may be killed, so below the peak it may not be at all. */
    private static final double MOST_TIMES = 1 / LocalRefusals.LEAST_TAKEN;

    private static final TinyLlama.Sizes SMALL = new TinyLlama.Sizes(4096, 256, 768, 6, 8, 4);
    private static final TinyLlama.Sizes WIDE = new TinyLlama.Sizes(16_384, 768, 2048, 4, 12, 4);
    private static final int ROWS = 48;
    private static final int EPOCHS = 3;

    @TempDir
    private Path root;

    private LocalPlace local;

    @BeforeEach
    void open() {
        local = new LocalPlace(root.resolve("home"));
    }

    @AfterEach
    void killWorkers() {
        local.killAll();
    }

    @ParameterizedTest
    @CsvSource({
        "small, lora, FP32, NONE, 8, 40",
        "small, lora, BF16, NONE, 2, 120",
        "small, dora, FP32, NONE, 8, 40",
        "small, qlora, FP32, NONE, 8, 40",
        "small, full, FP32, NONE, 8, 40",
        "small, prompt-tuning, FP32, NONE, 8, 40",
        "small, prefix-tuning, FP32, NONE, 8, 40"
    })
    void noRunTakesMoreThanWasForeseen(
            String size, String method, Precision precision, Recompute level, int batch, int letters) throws Exception {
        assertForeseen(size, method, precision, level, batch, letters, 0);
    }

    /** Answers that are written side by side have a cache of their own; a step of a single short row takes less than they do. */
    @Test
    void noRunThatWritesTakesMoreThanWasForeseen() throws Exception {
        assertForeseen("small", "lora", Precision.FP32, Recompute.LAYER, 1, 60, 200);
    }

    /** Minutes each, some of them, where the processor has no products of bf16. */
    @ParameterizedTest
    @CsvSource({
        "wide, lora, FP32, LAYER, 4, 60",
        "wide, lora, AUTO, NONE, 2, 40",
        "wide, dora, BF16, LAYER, 2, 40",
        "wide, qlora, FP32, LAYER, 4, 60",
        "wide, full, BF16, LAYER, 2, 40"
    })
    @Tag("slow")
    void noLargerRunTakesMoreThanWasForeseen(
            String size, String method, Precision precision, Recompute level, int batch, int letters) throws Exception {
        assertForeseen(size, method, precision, level, batch, letters, 0);
    }

    private void assertForeseen(
            String size, String method, Precision precision, Recompute level, int batch, int letters, int maxNewTokens)
            throws Exception {
        RunId id = new RunId("measured");
        TinyLlama.Sizes sizes = size.equals("wide") ? WIDE : SMALL;
        local.provider.submit(submission(id, sizes, method, precision, level, batch, letters, maxNewTokens));

        long peak = peakBytes(id);

        assertThat(local.awaitEnd(id).state()).as(local.log(id)).isEqualTo(RunState.SUCCEEDED);
        long foreseen = new EventReader(local.folder(id))
                .all().stream()
                        .filter(RunEvent.TrainingStarted.class::isInstance)
                        .mapToLong(event -> ((RunEvent.TrainingStarted) event).predictedPeakBytes())
                        .max()
                        .orElseThrow();
        assertThat((double) foreseen / peak)
                .as("%d MiB foreseen, %d MiB at the peak", foreseen >> 20, peak >> 20)
                .isBetween(1.0, MOST_TIMES);
    }

    /** Follows the high-water mark for as long as the worker lives; 0 if it was never seen. */
    private long peakBytes(RunId id) throws IOException {
        long peak = 0;
        while (!local.provider.find(id).orElseThrow().state().isTerminal()) {
            OptionalLong worker = WorkerLock.holder(local.folder(id));
            if (worker.isPresent()) {
                Path status = Path.of("/proc", String.valueOf(worker.getAsLong()), "status");
                peak = Math.max(peak, Files.exists(status) ? highWaterBytes(status) : 0);
            }
            LocalPlace.pause();
        }
        return peak;
    }

    private static long highWaterBytes(Path status) throws IOException {
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .sum();
        } catch (java.io.UncheckedIOException e) {
            return 0; // it ended while its file was read
        }
    }

    private Submission submission(
            RunId id,
            TinyLlama.Sizes sizes,
            String method,
            Precision precision,
            Recompute level,
            int batch,
            int letters,
            int maxNewTokens)
            throws IOException {
        Path data = Files.createDirectories(root.resolve("data"));
        writeRows(data.resolve(Part.TRAIN.fileName()), ROWS, letters);
        // Fewer would not take what they may.
        writeRows(data.resolve(Part.TEST.fileName()), WorkStep.Predict.MOST_ROWS_BESIDE, letters);
        TrainingSpec training = SmallJob.training(EPOCHS)
                .batchSize(batch)
                .gradientAccumulation(1)
                .precision(precision)
                .recompute(level)
                .build();
        LoraTuning adapters = new LoraTuning(4, 8, 0.1, List.of(LoraTuning.ALL_LINEAR));
        TuningMethod tuning = switch (method) {
            case "full" -> FullTuning.defaults();
            case "prompt-tuning" -> PromptTuning.defaults();
            case "prefix-tuning" -> PrefixTuning.defaults();
            case "dora" -> adapters.toBuilder().dora(true).build();
            case "qlora" -> new QloraTuning(adapters);
            default -> adapters;
        };
        List<WorkStep> steps = SmallJob.steps(tuning, training).stream()
                .map(step -> step instanceof WorkStep.Predict predict && maxNewTokens > 0
                        ? writing(predict, maxNewTokens)
                        : step)
                .toList();
        WorkOrder order = new WorkOrder("measured", steps);
        return Submission.builder(id, new ModelRef("made"), order)
                .channel(WorkOrder.MODEL_CHANNEL, TinyLlama.write(root.resolve("model"), sizes))
                .channel(WorkOrder.DATA_CHANNEL, data)
                .build();
    }

    private static WorkStep writing(WorkStep.Predict step, int maxNewTokens) {
        return new WorkStep.Predict(
                step.variant(),
                step.rowsFile(),
                step.shots(),
                List.of(),
                step.labelScoring(),
                maxNewTokens,
                step.maxTokens());
    }

    /** Rows of up to so many letters, each a token. */
    private static void writeRows(Path file, int count, int letters) throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        List<String> lines = new ArrayList<>();
        for (int row = 1; row <= count; row++) {
            StringBuilder text = new StringBuilder();
            random.ints(random.nextInt(letters / 2, letters + 1), 'a', 'z' + 1).forEach(text::appendCodePoint);
            lines.add(Json.line(new Example.Conversation(
                    new RowRef(file.getFileName().toString(), row),
                    List.of(
                            new Message(Role.USER, text.toString()),
                            new Message(Role.ASSISTANT, row % 2 == 0 ? "even" : "odd")),
                    row % 2 == 0 ? "even" : "odd")));
        }
        Files.write(file, lines);
    }
}
