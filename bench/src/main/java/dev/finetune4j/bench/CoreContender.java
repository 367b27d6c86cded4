package dev.finetune4j.bench;

import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.training.model.Classifier;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModel.Alternatives;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.TrainableModel;
import dev.finetune4j.training.model.decoder.DecoderLoader;
import dev.finetune4j.training.model.encoder.EncoderLoader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The training core as a {@link Contender}: a process of its own, started as a worker is.
 *
 * <p>Arguments: model folder, folder of the adapter to start from, file of tokens (32-bit little-endian), workload, threads.
 */
final class CoreContender {
    /** As torch.optim.AdamW has it. */
    private static final double WEIGHT_DECAY = 0.01;

    private static final int ENCODER_LABELS = 14;

    private final Workload workload;
    private final int[] tokens;
    private int steps;

    private CoreContender(Workload workload, int[] tokens) {
        this.workload = workload;
        this.tokens = tokens;
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Workload workload = Workload.parse(arguments[3]);
        ModelFiles files = new ModelFiles(new ModelRef(folder.toString()), folder, "bench");
        Settings settings = settings(workload, Integer.parseInt(arguments[4]));
        CoreContender contender = new CoreContender(workload, read(Path.of(arguments[2])));
        if (workload.subject() == Subject.ENCODER) {
            try (Classifier model =
                    new EncoderLoader().load(files, null, labels(), settings).model()) {
                contender.train(model);
            }
        } else {
            boolean hasAdapter = settings.method().adapters().isPresent()
                    || settings.method().virtualTokens() > 0;
            try (LanguageModel model = new DecoderLoader()
                    .load(files, hasAdapter ? Path.of(arguments[1]) : null, settings)
                    .model()) {
                if (workload.subject() == Subject.SCORING) {
                    contender.score(model);
                } else {
                    contender.train(model);
                }
            }
        }
        say(new Contender.Peak(peakRssBytes()));
    }

    private static Settings settings(Workload workload, int threads) {
        boolean scores = workload.subject() == Subject.SCORING;
        return new Settings(
                scores ? Purpose.ANSWER : Purpose.TRAIN,
                method(workload),
                workload.precision(),
                workload.recompute(),
                threads,
                0,
                List.of(),
                workload.computedTokensOfStep(),
                workload.batch(),
                workload.computedTokensOfStep(),
                scores ? workload.computedTokensOfStep() : 0,
                scores ? workload.length() + Workload.ANSWER_TOKENS : 0,
                0,
                0,
                false,
                Long.MAX_VALUE);
    }

    private static TuningMethod method(Workload workload) {
        return switch (workload.subject()) {
            case LORA -> new LoraTuning(workload.rank(), workload.alpha(), 0, List.of(LoraTuning.ALL_LINEAR));
            case PROMPT_TUNING -> PromptTuning.defaults();
            case FULL, ENCODER, SCORING -> FullTuning.defaults();
        };
    }

    private static LabelCounts labels() {
        Map<String, Long> labels = new LinkedHashMap<>();
        IntStream.range(0, ENCODER_LABELS).forEach(i -> labels.put("label-" + i, 1L));
        return new LabelCounts(labels);
    }

    private void train(TrainableModel model) throws IOException {
        say(new Contender.Ready(model.trainableParameters()));
        doAsTold(number -> {
            TokenBatch batch = workload.subject() == Subject.ENCODER ? labelled(number) : continued(number);
            int counted = batch.countedTargets();
            double loss = model.accumulateGradient(batch, 1.0 / counted, 0) / counted;
            model.step(++steps, workload.learningRate(), WEIGHT_DECAY, 1);
            return loss;
        });
    }

    private void score(LanguageModel model) throws IOException {
        say(new Contender.Ready(0));
        doAsTold(number -> {
            int[] ids = idsOfStep(number);
            List<int[]> answers = IntStream.range(0, workload.batch())
                    .map(b -> workload.length() + b * Workload.ANSWER_TOKENS)
                    .mapToObj(start -> Arrays.copyOfRange(ids, start, start + Workload.ANSWER_TOKENS))
                    .toList();
            Alternatives row = new Alternatives(Arrays.copyOf(ids, workload.length()), answers);
            double[] scores = model.scoreContinuations(new int[0], List.of(row)).get(0);
            return -Arrays.stream(scores).max().orElseThrow();
        });
    }

    private static void doAsTold(IntToDoubleFunction step) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            long start = System.nanoTime();
            double loss = step.applyAsDouble(Integer.parseInt(line));
            say(new Contender.StepFigures(loss, (System.nanoTime() - start) / 1e9));
        }
    }

    /** Each token learns to foretell the next of its own sequence. */
    private TokenBatch continued(int number) {
        int[] ids = idsOfStep(number);
        int[] targets = Arrays.copyOfRange(ids, 1, ids.length + 1);
        for (int end = workload.length() - 1; end < ids.length; end += workload.length()) {
            targets[end] = TokenBatch.IGNORED;
        }
        return new TokenBatch(ids, targets, lengths());
    }

    /** Sequence b has label b modulo the labels. */
    private TokenBatch labelled(int number) {
        int[] ids = idsOfStep(number);
        int[] targets = new int[ids.length];
        Arrays.fill(targets, TokenBatch.IGNORED);
        for (int b = 0; b < workload.batch(); b++) {
            targets[b * workload.length()] = b % ENCODER_LABELS;
        }
        return new TokenBatch(ids, targets, lengths());
    }

    private int[] idsOfStep(int number) {
        int size = workload.tokensOfStep();
        return Arrays.copyOfRange(tokens, number * size, (number + 1) * size);
    }

    private int[] lengths() {
        int[] lengths = new int[workload.batch()];
        Arrays.fill(lengths, workload.length());
        return lengths;
    }

    private static int[] read(Path file) throws IOException {
        IntBuffer tokens = ByteBuffer.wrap(Files.readAllBytes(file))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer();
        int[] read = new int[tokens.remaining()];
        tokens.get(read);
        return read;
    }

    private static long peakRssBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }

    private static void say(Object figures) {
        System.out.println(Json.line(figures));
    }
}
