package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Schedule;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.container.Program;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The script of a model of the hub: what it reads becomes an order for a worker, what the worker tells becomes the lines that the document
 * has patterns for, and what the worker leaves goes to where the script leaves its model: the whole model in Hugging Face layout, or the
 * adapter alone where {@code merge_weights} says so.
 */
final class TransferLearning implements Program {
    private static final String SCRIPT = "transfer_learning.py";
    private static final Path SETTINGS = Path.of("input", "config", "hyperparameters.json");

    private final String job;
    private final ObjectNode document;
    private final MetricLines lines;

    TransferLearning(String job, ObjectNode document) {
        this.job = job;
        this.document = document;
        lines = new MetricLines(document.path("TrainingMetrics"));
    }

    /** Where the worker works, in a container's folder. */
    static Path work(Path base) {
        return base.resolve("work");
    }

    @Override
    public void prepare(Path base) throws IOException {
        Map<String, String> given = Json.read(Files.readString(base.resolve(SETTINGS)), new TypeReference<>() {});
        ScriptArguments arguments = ScriptArguments.of(document, given);
        refuseOtherScript(base, arguments);
        lines.every(arguments.whole("logging_steps", 1));
        List<Example> rows = new ScriptData(arguments).read(dataOf(base));
        Path validation = base.resolve("input/data/validation");
        List<Example> held = Files.exists(validation) ? new ScriptData(arguments).read(validation) : List.of();
        if (held.isEmpty()) {
            rows = new ArrayList<>(rows);
            Collections.shuffle(rows, new Random(arguments.whole("train_data_split_seed", 0)));
            int cut = (int) Math.round(rows.size() * (1 - arguments.number("validation_split_ratio", 0)));
            held = rows.subList(Math.max(1, cut), rows.size());
            rows = rows.subList(0, Math.max(1, cut));
        }
        Path data = Files.createDirectories(work(base).resolve("input/data/data"));
        write(data.resolve(Part.TRAIN.fileName()), limited(rows, arguments.whole("max_train_samples", -1)));
        write(data.resolve(Part.VALIDATION.fileName()), limited(held, arguments.whole("max_val_samples", -1)));
        order(base, arguments);
    }

    /** The image's toolkit runs the script of the code channel. */
    private static void refuseOtherScript(Path base, ScriptArguments arguments) throws ProgramFailure {
        String program = arguments.text("sagemaker_program", "");
        if (!program.equals(SCRIPT)) {
            throw new ProgramFailure("the image has no program to run: sagemaker_program is \"" + program + "\"");
        }
        String archive = arguments.text("sagemaker_submit_directory", "").replaceFirst("^/opt/ml/", "");
        if (archive.isEmpty() || !Files.exists(base.resolve(archive))) {
            throw new ProgramFailure("there is no " + archive + " with " + SCRIPT);
        }
    }

    private static Path dataOf(Path base) throws ProgramFailure {
        return Stream.of("training", "train")
                .map(base.resolve("input/data")::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new ProgramFailure("there is neither a channel training nor a channel train"));
    }

    private static List<Example> limited(List<Example> rows, int most) {
        return most < 0 ? rows : rows.subList(0, Math.min(most, rows.size()));
    }

    private static void write(Path file, List<Example> rows) throws IOException {
        List<String> written = new ArrayList<>();
        rows.forEach(row -> written.add(Json.line(row)));
        Files.write(file, written);
    }

    private void order(Path base, ScriptArguments arguments) throws IOException {
        TuningMethod method = method(arguments);
        List<WorkStep> steps = new ArrayList<>();
        steps.add(new WorkStep.Train(method, training(arguments), new ModelName(job, null)));
        if (isMerged(arguments)) {
            steps.add(new WorkStep.Merge(new ModelFormat.HuggingFace(Precision.AUTO)));
        }
        String digest = Json.digest(Map.of("job", job, "steps", steps));
        ContainerOrder order = new ContainerOrder(
                new RunId("worker-" + digest.substring(0, 8)),
                new ModelRef(job),
                new WorkOrder(digest, steps),
                Map.of(
                        WorkOrder.MODEL_CHANNEL,
                        base.resolve("input/data/model").toString(),
                        WorkOrder.DATA_CHANNEL,
                        ""),
                Map.of());
        Path work = work(base);
        Files.createDirectories(work.resolve("input/data/" + ContainerOrder.CHANNEL));
        Files.writeString(
                work.resolve("input/data/" + ContainerOrder.CHANNEL).resolve(ContainerOrder.FILE), Json.pretty(order));
        Files.createDirectories(work.resolve(SETTINGS).getParent());
        Files.writeString(work.resolve(SETTINGS), Json.line(Map.of(ContainerOrder.DIGEST_SETTING, digest)));
    }

    private static boolean isMerged(ScriptArguments arguments) {
        return arguments.isTrue("merge_weights", true)
                && !arguments.text("peft_type", "lora").equals("None");
    }

    private static TuningMethod method(ScriptArguments arguments) {
        if (arguments.text("peft_type", "lora").equals("None")) {
            return FullTuning.defaults();
        }
        String modules = arguments.text("target_modules", "");
        LoraTuning.Builder lora = LoraTuning.builder()
                .rank(arguments.whole("lora_r", 8))
                .alpha(arguments.number("lora_alpha", 32))
                .dropout(arguments.number("lora_dropout", 0));
        if (!modules.isEmpty() && !modules.equals("None")) {
            lora.targetModules(
                    Arrays.stream(modules.split(",", -1)).map(String::strip).toList());
        }
        return lora.build();
    }

    private static TrainingSpec training(ScriptArguments arguments) {
        String schedule = arguments.text("lr_scheduler_type", "constant_with_warmup");
        return TrainingSpec.builder()
                .epochs(arguments.number("epoch", 1))
                .learningRate(arguments.number("learning_rate", 1e-4))
                .batchSize(arguments.whole("per_device_train_batch_size", 1))
                .gradientAccumulation(arguments.whole("gradient_accumulation_steps", 1))
                .maxTokens(Math.max(0, arguments.whole("max_input_length", -1)))
                .warmupRatio(arguments.number("warmup_ratio", 0))
                .weightDecay(arguments.number("weight_decay", 0))
                .schedule(
                        schedule.startsWith("constant")
                                ? Schedule.CONSTANT
                                : schedule.equals("cosine") ? Schedule.COSINE : Schedule.LINEAR)
                .evaluateEvery(
                        arguments.text("evaluation_strategy", "epoch").equals("steps")
                                ? arguments.whole("eval_steps", 0)
                                : 0)
                .seed(arguments.whole("seed", 10))
                .build();
    }

    @Override
    public Optional<String> told(String line) {
        return lines.of(line);
    }

    @Override
    public void finish(Path base, int exitCode) throws IOException {
        Path failure = work(base).resolve("output/failure");
        if (exitCode != 0) {
            if (Files.exists(failure)) {
                Files.createDirectories(base.resolve("output"));
                Files.copy(failure, base.resolve("output/failure"));
            }
            return;
        }
        Path results = work(base).resolve("model");
        for (String folder : List.of(WorkOrder.MERGED_FOLDER, WorkOrder.MODEL_FOLDER, WorkOrder.ADAPTER_FOLDER)) {
            if (Files.exists(results.resolve(folder))) {
                move(results.resolve(folder), base.resolve("model"));
                return;
            }
        }
    }

    private static void move(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(from)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Path target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            Files.move(file, target);
        }
    }
}
