package dev.finetune4j.worker;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.modelfiles.codec.DescriptionFiles;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModel.Alternatives;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.decoder.MergedWeights;
import dev.finetune4j.training.predict.TextLengths;
import dev.finetune4j.training.problem.WriteFailure;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Does {@link WorkStep.Merge}: writes the merged model, loads what it wrote, and compares it with base model and adapter before it gets
 * its name.
 */
final class MergeStep {
    private static final String WEIGHTS = "model.safetensors";
    private static final int PROMPTS = 3;
    private static final int PROMPT_TOKENS = 24;
    private static final int NEXT_TOKENS = 64;

    /** A weight in bfloat16 is off by up to 1/512 of itself; of improbable tokens that shows. */
    private static final double BF16_TOLERANCE = 1;

    private static final double FP32_TOLERANCE = 1e-3;

    private final WorkSite site;
    private final WorkStep.Merge step;

    MergeStep(WorkSite site, WorkStep.Merge step) {
        this.site = site;
        this.step = step;
    }

    boolean isComplete() {
        return Files.exists(report());
    }

    void run() {
        Path adapter = site.finishedAdapter()
                .orElseThrow(() -> WorkerProblems.CHANNEL_MISSING
                        .error("there is no adapter to merge")
                        .because("the job neither trains one nor came with one")
                        .asException());
        LoraTuning method = AdapterMethod.of(adapter);
        ModelFolder base = ModelFolder.open(site.channel(WorkOrder.MODEL_CHANNEL));
        TensorType type = MergedWeights.typeOf(base, step.precision());
        Precision precision = type == TensorType.BF16 ? Precision.BF16 : Precision.FP32;
        Path folder = site.folder().output().resolve(WorkOrder.MERGED_FOLDER);
        Path partial = folder.resolveSibling(WorkOrder.MERGED_FOLDER + DurableFiles.PARTIAL);
        try {
            site.say("writing the merged weights in " + words(precision));
            DurableFiles.deleteTree(partial);
            Files.createDirectories(partial);
            write(base, adapter, method, type, partial);
            site.say("comparing the merged model with base model and adapter");
            double difference = difference(adapter, method, partial);
            refuseDifferent(difference, precision);
            DurableFiles.forceTree(partial);
            DurableFiles.moveFolder(partial, folder);
            MergedModel merged =
                    new MergedModel(precision, Files.size(folder.resolve(WEIGHTS)), difference, PROMPTS * NEXT_TOKENS);
            DurableFiles.write(report(), Json.line(merged));
        } catch (IOException e) {
            WriteFailure.discard(partial, e);
            throw WriteFailure.of("merged model", folder, e);
        }
    }

    private static void write(ModelFolder base, Path adapter, LoraTuning method, TensorType type, Path folder)
            throws IOException {
        DescriptionFiles.write(base, type, folder);
        try (FileChannel weights =
                FileChannel.open(folder.resolve(WEIGHTS), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            MergedWeights.write(base, adapter, method, type, weights);
        }
    }

    private double difference(Path adapter, LoraTuning method, Path merged) {
        int vocabulary = ModelFolder.open(merged).config().vocabularySize();
        double[] unmergedScores =
                scores(site.channel(WorkOrder.MODEL_CHANNEL), method, Optional.of(adapter), vocabulary);
        double[] mergedScores = scores(merged, method, Optional.empty(), vocabulary);
        double largest = 0;
        for (int i = 0; i < mergedScores.length; i++) {
            largest = Math.max(largest, Math.abs(mergedScores[i] - unmergedScores[i]));
        }
        return largest;
    }

    /** Log-probabilities of tokens from all over the vocabulary after texts of such tokens. */
    private double[] scores(Path model, LoraTuning method, Optional<Path> adapter, int vocabulary) {
        TextLengths lengths = new TextLengths(0, PROMPT_TOKENS + NEXT_TOKENS);
        var loaded = site.load(model, Purpose.ANSWER, method, TrainingSpec.defaults(), 0, lengths, adapter);
        try (LanguageModel answering = loaded.model()) {
            answering.useAdapter(adapter.isPresent());
            List<int[]> next = IntStream.range(0, NEXT_TOKENS)
                    .mapToObj(i -> new int[] {spread(i, vocabulary)})
                    .toList();
            List<Alternatives> prompts = IntStream.range(0, PROMPTS)
                    .mapToObj(number -> new Alternatives(prompt(number, vocabulary), next))
                    .toList();
            return answering.scoreContinuations(new int[0], prompts).stream()
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
        }
    }

    private static int[] prompt(int number, int vocabulary) {
        return IntStream.range(0, PROMPT_TOKENS)
                .map(i -> spread((number + 1) * NEXT_TOKENS + i, vocabulary))
                .toArray();
    }

    /** The i-th of evenly scattered tokens (multiplicative hashing with 2^32 / golden ratio). */
    private static int spread(int i, int vocabulary) {
        long scattered = (i * 2_654_435_761L) & 0xffff_ffffL;
        return (int) ((scattered * vocabulary) >>> 32);
    }

    private static void refuseDifferent(double difference, Precision precision) {
        double tolerance = precision == Precision.FP32 ? FP32_TOLERANCE : BF16_TOLERANCE;
        if (!(difference <= tolerance)) {
            throw WorkerProblems.MERGE_DIFFERS
                    .error("the merged model differs from base model and adapter")
                    .because(String.format(
                            Locale.ROOT,
                            "by up to %.2g nats at a next token; %.2g are allowed in %s",
                            difference,
                            tolerance,
                            words(precision)))
                    .asException();
        }
    }

    private static String words(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    private Path report() {
        return site.folder().output().resolve(WorkOrder.MERGED_FILE);
    }
}
