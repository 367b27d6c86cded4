package dev.finetune4j.training.model.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.training.model.Classifier;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TokenBatch;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The tiny encoders of make_encoder_fixtures.py, and the texts that they were asked about. */
final class EncoderFixture {
    /** As transformers names labels that have no names. */
    static final List<String> LABELS = List.of("LABEL_0", "LABEL_1", "LABEL_2");

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One text.
     *
     * @param tokenIds its tokens
     * @param label the number of its label
     */
    @SuppressWarnings("ArrayRecordComponent") // read here only
    record Text(int[] tokenIds, int label) {}

    private EncoderFixture() {}

    static Path folder(String name) {
        try {
            return Path.of(EncoderFixture.class.getResource("fixtures/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode expected(String name) throws IOException {
        return JSON.readTree(folder(name).resolve("expected.json").toFile());
    }

    static ModelFiles files(Path path) {
        return new ModelFiles(new ModelRef(path.toString()), path, "digest");
    }

    static Settings settings(TuningMethod method, Precision precision, Recompute recompute) {
        return new Settings(Purpose.TRAIN, method, precision, recompute, 1, 1, 512, 0, 0, 4L << 30);
    }

    static LabelCounts counts(List<String> labels) {
        Map<String, Long> rows = new LinkedHashMap<>();
        labels.forEach(label -> rows.put(label, 1L));
        return new LabelCounts(rows);
    }

    static Classifier load(Path folder, TuningMethod method) {
        return load(folder, settings(method, Precision.FP32, Recompute.NONE));
    }

    static Classifier load(Path folder, Settings settings) {
        return load(folder, null, settings);
    }

    static Classifier load(Path folder, @Nullable Path adapter, Settings settings) {
        return new EncoderLoader()
                .load(files(folder), adapter, counts(LABELS), settings)
                .model();
    }

    /** An adapter that PEFT wrote, at its start or at its end. */
    static Path adapter(String name, String kind, String at) {
        return folder(name).resolve(kind + "-" + at);
    }

    static List<Text> texts(JsonNode expected) {
        return StreamSupport.stream(expected.path("texts").spliterator(), false)
                .map(text -> new Text(ints(text.path("ids")), text.path("label").asInt()))
                .toList();
    }

    /** What a step of make_encoder_fixtures.py learns: the texts go round and round, so many a micro-batch. */
    static List<TokenBatch> microBatches(List<Text> texts, int step, int microBatches, int size) {
        int first = step * microBatches * size;
        return IntStream.range(0, microBatches)
                .mapToObj(batch -> batch(IntStream.range(0, size)
                        .mapToObj(i -> texts.get((first + batch * size + i) % texts.size()))
                        .toList()))
                .toList();
    }

    static TokenBatch batch(List<Text> texts) {
        int[] ids = texts.stream()
                .flatMapToInt(text -> Arrays.stream(text.tokenIds()))
                .toArray();
        int[] targets = texts.stream()
                .flatMapToInt(text ->
                        IntStream.range(0, text.tokenIds().length).map(t -> t == 0 ? text.label() : TokenBatch.IGNORED))
                .toArray();
        return new TokenBatch(
                ids,
                targets,
                texts.stream().mapToInt(text -> text.tokenIds().length).toArray());
    }

    static double[] doubles(JsonNode numbers) {
        return StreamSupport.stream(numbers.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    private static int[] ints(JsonNode numbers) {
        return StreamSupport.stream(numbers.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    static double[] logSoftmax(double[] logits) {
        double largest = Arrays.stream(logits).max().orElseThrow();
        double mass = Arrays.stream(logits).map(z -> Math.exp(z - largest)).sum();
        return Arrays.stream(logits).map(z -> z - largest - Math.log(mass)).toArray();
    }
}
