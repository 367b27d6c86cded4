package dev.finetune4j.worker.recipe;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.job.Precision;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.CodecBehindVirtualTokens;
import dev.finetune4j.spi.RecipeWriter;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.spi.TextCodecFactory;
import dev.finetune4j.spi.WorkerEngine;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.problem.LoopProblems;
import dev.finetune4j.training.problem.WriteFailure;
import dev.finetune4j.worker.problem.WorkerProblems;
import dev.finetune4j.worker.recipe.Recipe.Answers;
import dev.finetune4j.worker.recipe.Recipe.WrittenFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes recipes for the engine on transformers and PEFT, with the core's own plan of the steps. */
public final class PeftRecipeWriter implements RecipeWriter {
    static final String FILE = "recipe.json";

    private final TextCodecFactory codecs;

    /** With the text side on the class path. */
    public PeftRecipeWriter() {
        this(ServiceLoader.load(TextCodecFactory.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("finetune4j-model-files is not on the class path")));
    }

    /** With another text side. */
    PeftRecipeWriter(TextCodecFactory codecs) {
        this.codecs = codecs;
    }

    @Override
    public String engine() {
        return WorkerEngine.PEFT;
    }

    @Override
    public List<Problem> refusals(TuningMethod method, boolean speaks, boolean isGguf) {
        return PeftRefusals.of(method, speaks, isGguf);
    }

    @Override
    public void write(Submission submission, @Nullable TrainerSettings setup, Path target) {
        refuse(PeftRefusals.of(submission));
        Path model = channel(submission, WorkOrder.MODEL_CHANNEL);
        Path data = channel(submission, WorkOrder.DATA_CHANNEL);
        ModelFolder folder = ModelFolder.open(model);
        TuningMethod method =
                submission.order().training().map(WorkStep.Train::method).orElse(null);
        ModelFiles files =
                new ModelFiles(submission.model(), model, submission.order().digest());
        try (TextCodec own = codecs.open(files);
                TextCodec codec = method == null ? own : CodecBehindVirtualTokens.of(own, method)) {
            refuse(
                    method == null
                            ? PeftRefusals.untrained(codec.speaks())
                            : refusals(method, codec.speaks(), folder.isGguf()));
            DurableFiles.deleteTree(target);
            Files.createDirectories(target);
            Recipe recipe = compile(submission.order(), setup, folder, data, codec, target);
            Files.writeString(target.resolve(FILE), Json.pretty(recipe));
        } catch (IOException | UncheckedIOException e) {
            throw WriteFailure.of("recipe", target, e);
        }
    }

    @Override
    public Path model(Submission submission, Path cache) {
        ModelFolder model = ModelFolder.open(channel(submission, WorkOrder.MODEL_CHANNEL));
        if (!model.isGguf()) {
            return model.path();
        }
        boolean isExact = submission
                .order()
                .training()
                .filter(train -> train.training().precision() == Precision.FP32)
                .isPresent();
        return new UnpackedModel(model, isExact ? TensorType.F32 : TensorType.BF16).in(cache);
    }

    private static Recipe compile(
            WorkOrder order,
            @Nullable TrainerSettings setup,
            ModelFolder model,
            Path data,
            TextCodec codec,
            Path target)
            throws IOException {
        Map<String, WrittenFile> files = new LinkedHashMap<>();
        List<Problem> notices = new ArrayList<>();
        Recipe.Training training = null;
        boolean hasHead = false;
        List<Answers> answers = new ArrayList<>();
        for (WorkStep step : order.steps()) {
            if (step instanceof WorkStep.Train train) {
                TrainingPart part = TrainingPart.of(train, setup, model, data, codec);
                training = part.write(target, files, notices);
                hasHead = part.hasHead();
            }
        }
        Recipe.Head head = training == null ? null : training.head();
        for (WorkStep.Predict step : order.answers()) {
            answers.add(
                    head == null
                            ? QuestionFile.write(step, data, codec, target, files)
                            : QuestionFile.writeLabelled(step, data, codec, head.labels(), hasHead, target, files));
        }
        return new Recipe(
                Recipe.VERSION,
                order.digest(),
                training,
                answers,
                codec.stopTokens(),
                codec.endOfTextToken(),
                codec.contextTokens(),
                files,
                notices,
                problems());
    }

    /** What the engine may have to tell, so that it tells it as the core does. */
    private static Map<String, ProblemKind> problems() {
        Map<String, ProblemKind> problems = new LinkedHashMap<>();
        Stream.of(
                        ModelProblems.OUT_OF_MEMORY,
                        LoopProblems.NOT_FINITE,
                        LoopProblems.CHECKPOINT_SKIPPED,
                        WorkerProblems.PEFT_ENGINE_FAILED,
                        WorkerProblems.CHANNEL_MISSING,
                        WorkerProblems.FOLDER_DAMAGED)
                .forEach(kind -> problems.put(kind.code(), kind));
        return problems;
    }

    private static Path channel(Submission submission, String name) {
        @Nullable Path path = submission.channels().get(name);
        if (path == null || !Files.exists(path)) {
            throw WorkerProblems.CHANNEL_MISSING
                    .error("the " + name + " channel of the job is missing")
                    .because(path == null ? "the job names none" : "there is no " + path)
                    .asException();
        }
        return path;
    }

    private static void refuse(List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
    }
}
