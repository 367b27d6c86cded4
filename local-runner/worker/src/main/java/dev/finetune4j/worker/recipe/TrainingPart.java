package dev.finetune4j.worker.recipe;

import dev.finetune4j.data.Part;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.loop.CheckpointPace;
import dev.finetune4j.training.loop.LearningRates;
import dev.finetune4j.training.loop.TrainingLoop;
import dev.finetune4j.training.loop.TrainingPlan;
import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.TrainableModel;
import dev.finetune4j.training.model.decoder.PeftStart;
import dev.finetune4j.training.model.encoder.ClassifierStart;
import dev.finetune4j.worker.recipe.Recipe.WrittenFile;
import dev.finetune4j.worker.recipe.TokenTable.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes down a training: rows, steps and settings, all from what the core itself plans with. */
final class TrainingPart {
    private static final String STEPS_FILE = "steps.jsonl";
    private static final String SETUP_FILE = "setup.json";
    private static final String HEAD_FILE = "head.safetensors";

    private final WorkStep.Train step;
    private final @Nullable TrainerSettings setup;
    private final ModelFolder model;
    private final Path data;
    private final TextCodec codec;
    private final @Nullable ClassifierStart classifier;

    /**
     * A training.
     *
     * @param step what is trained
     * @param setup how it is set up on its machine; null to leave that to the engine
     * @param model the base model
     * @param data folder of the rows
     * @param codec the model's text side, with room for virtual tokens
     * @param classifier where the model tells labels apart, how that starts; null where it speaks
     */
    private TrainingPart(
            WorkStep.Train step,
            @Nullable TrainerSettings setup,
            ModelFolder model,
            Path data,
            TextCodec codec,
            @Nullable ClassifierStart classifier) {
        this.step = step;
        this.setup = setup;
        this.model = model;
        this.data = data;
        this.codec = codec;
        this.classifier = classifier;
    }

    /** A training of a model that speaks, or of an encoder. */
    static TrainingPart of(
            WorkStep.Train step, @Nullable TrainerSettings setup, ModelFolder model, Path data, TextCodec codec) {
        ClassifierStart classifier = codec.speaks()
                ? null
                : ClassifierStart.of(
                        model,
                        step.base(),
                        step.method(),
                        step.labels(),
                        step.training().seed());
        return new TrainingPart(step, setup, model, data, codec, classifier);
    }

    /**
     * Writes rows and steps, and how they are computed.
     *
     * @param files told of each file
     * @param notices told what a person should know
     */
    Recipe.Training write(Path target, Map<String, WrittenFile> files, List<Problem> notices) throws IOException {
        TrainingSpec spec = step.training();
        Table training = table(Part.TRAIN, target, files, notices);
        if (training.lengths().length == 0) {
            throw training.leftOut().nothingToLearn();
        }
        Table validation = Files.exists(data.resolve(Part.VALIDATION.fileName()))
                ? table(Part.VALIDATION, target, files, notices)
                : null;
        int virtual = step.method().virtualTokens();
        int longest = validation == null || validation.lengths().length == 0 ? 0 : validation.longest() + virtual;
        int rowLimit = codec.rowLimit(spec.maxTokens()) + virtual;
        TrainingPlan plan = new TrainingPlan(
                spec,
                Arrays.stream(training.lengths())
                        .map(length -> length + virtual)
                        .toArray(),
                virtual,
                longest,
                rowLimit,
                BatchPrefix.NONE); // transformers computes each row whole
        writeSteps(plan, spec, target, files);
        if (setup != null) {
            int learned = training.longest() + virtual;
            PassSetup passes = PassSetup.of(setup, spec, learned, rowLimit, plan.maxBatchTokens());
            Files.writeString(target.resolve(SETUP_FILE), Json.pretty(passes));
        }
        int validationRows = validation == null ? 0 : validation.lengths().length;
        if (classifier != null) {
            PeftStart start = new PeftStart(classifier.adapter(), Map.of(), classifier.draws(), List.of());
            Recipe.Head head = head(classifier, training.rowsByLabel(), target, files);
            return settings(spec, plan, start, head, validationRows);
        }
        PeftStart start = PeftStart.of(
                model, step.base(), step.method(), Math.max(training.longest() + virtual, longest), spec.seed(), codec);
        return settings(spec, plan, start, null, validationRows);
    }

    /** Whether the base model has a head of these labels, so that it can tell them apart before it is trained. */
    boolean hasHead() {
        return classifier != null && classifier.hasHead();
    }

    private static Recipe.Head head(
            ClassifierStart start, long[] rowsByLabel, Path target, Map<String, WrittenFile> files) throws IOException {
        Path file = target.resolve(HEAD_FILE);
        start.writeHead(file);
        files.put(HEAD_FILE, RecipeFile.written(file));
        Map<String, Long> rows = new LinkedHashMap<>();
        start.labels().forEach(label -> rows.put(label, rowsByLabel[rows.size()]));
        return new Recipe.Head(HEAD_FILE, start.trainsHeadAlone(), new LabelCounts(rows), start.config());
    }

    private Table table(Part part, Path target, Map<String, WrittenFile> files, List<Problem> notices)
            throws IOException {
        Path rows = data.resolve(part.fileName());
        String name = part.name().toLowerCase(Locale.ROOT);
        int maxTokens = step.training().maxTokens();
        Table table = classifier == null
                ? TokenTable.write(rows, codec, maxTokens, target, name, files)
                : TokenTable.writeLabelled(rows, codec, maxTokens, classifier.labels(), target, name, files);
        if (table.lengths().length > 0) {
            table.leftOut().warning(rows).ifPresent(notices::add);
        }
        return table;
    }

    private static void writeSteps(TrainingPlan plan, TrainingSpec spec, Path target, Map<String, WrittenFile> files)
            throws IOException {
        LearningRates rates = LearningRates.of(spec, plan.steps());
        try (RecipeFile file = new RecipeFile(target.resolve(STEPS_FILE))) {
            for (int number = 1; number <= plan.steps(); number++) {
                file.write(Json.line(new StepLine(
                        number,
                        rates.at(number),
                        plan.epochsAfter(number),
                        plan.isValidatedAfter(number),
                        plan.microBatches(number))));
            }
            files.put(STEPS_FILE, file.written());
        }
    }

    private Recipe.Training settings(
            TrainingSpec spec, TrainingPlan plan, PeftStart start, Recipe.@Nullable Head head, int validationRows) {
        return new Recipe.Training(
                WorkOrder.resultFolder(step.method()),
                start.config(),
                step.method().adapters().map(LoraTuning::dropout).orElse(0.0),
                start.draws(),
                start.tokens(),
                PassSetup.word(spec.precision()),
                PassSetup.word(spec.recompute()),
                spec.seed(),
                plan.steps(),
                plan.rows(),
                validationRows,
                plan.maxBatchTokens(),
                new Recipe.Optimizer(
                        TrainableModel.BETA1,
                        TrainableModel.BETA2,
                        TrainableModel.EPSILON,
                        spec.weightDecay(),
                        spec.maxGradientNorm(),
                        TrainingLoop.CLIP_EPSILON),
                spec.earlyStoppingPatience(),
                new Recipe.Checkpoints(
                        spec.checkpointEvery(),
                        CheckpointPace.MOST_OVERHEAD,
                        Duration.ofMinutes(CheckpointPace.LONGEST_MINUTES).toSeconds(),
                        CheckpointPace.BETWEEN_FAILURES.toSeconds()),
                start.quantization().isEmpty() ? null : start.quantization(),
                head);
    }
}
