package dev.finetune4j.training.model.decoder;

import dev.finetune4j.job.Precision;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.config.GgufKeys;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.config.RopeScaling;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.decoder.WeightCheck;
import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.FloatEncoding;
import dev.finetune4j.modelfiles.weights.NormalFloat4;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import dev.finetune4j.training.model.adapter.AdapterFiles;
import dev.finetune4j.training.model.adapter.LoraFactors;
import dev.finetune4j.training.model.adapter.LoraLayout;
import dev.finetune4j.training.model.adapter.SavedModules;
import dev.finetune4j.training.model.weights.FiniteWeights;
import dev.finetune4j.training.model.weights.FlatLayout;
import dev.finetune4j.training.model.weights.StateFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a decoder with an adapter added to them, W + s B A, for Hugging Face or llama.cpp; with DoRA each row of the sum is
 * then given its length. Modules that were trained beside the adapter are taken from its file. Computed in float32. Some rows of one
 * tensor are in memory at a time.
 */
public final class MergedWeights {
    private static final int PIECE_FLOATS = 1 << 20;

    private final ModelConfig config;
    private final WeightFile stored;
    private final @Nullable LoraFactors adapter;
    private final Map<String, Source> replaced;
    private final MergedFormat format;
    private final boolean isGguf;
    private final Set<String> quantized;

    /**
     * What a written tensor is made of.
     *
     * @param file holds it
     * @param entry the stored tensor
     * @param shape its shape, rows first
     */
    private record Source(WeightFile file, TensorEntry entry, List<Long> shape) {}

    private MergedWeights(
            ModelConfig config,
            WeightFile stored,
            @Nullable LoraFactors adapter,
            Map<String, Source> replaced,
            MergedFormat format,
            boolean isGguf,
            boolean isQuantized) {
        this.config = config;
        this.stored = stored;
        this.adapter = adapter;
        this.replaced = replaced;
        this.format = format;
        this.isGguf = isGguf;
        this.quantized = isQuantized
                ? DecoderTensors.of(config, false).linears().stream()
                        .map(ExpectedTensor::name)
                        .collect(Collectors.toSet())
                : Set.of();
    }

    /**
     * How merged weights are stored: as asked, or in bfloat16 where the base is, else in float32.
     *
     * @param base the base model
     * @param precision what is asked
     */
    public static TensorType typeOf(ModelFolder base, Precision precision) {
        return switch (precision) {
            case FP32 -> TensorType.F32;
            case BF16 -> TensorType.BF16;
            case AUTO -> {
                try (WeightFile weights = base.openWeights()) {
                    String embedding = DecoderTensors.of(base.config(), base.isGguf())
                            .embedding()
                            .name();
                    yield weights.entry(embedding).type() == TensorType.BF16 ? TensorType.BF16 : TensorType.F32;
                }
            }
        };
    }

    /**
     * Writes one file.
     *
     * @param base the base model
     * @param adapter folder of an adapter in PEFT format
     * @param method how the adapter was tuned; where the base model was quantized, the adapter is added to what that left of the weights
     * @param format its kind
     * @param target the file, positioned at its start
     * @throws IOException if the disk refuses
     * @throws dev.finetune4j.error.FineTuneException with FT0470 if the architecture is not supported, FT0473 if the adapter
     *     does not fit, FT0474 if it holds what is no finite number, FT04xx if files are missing or damaged
     */
    public static void write(
            ModelFolder base, Path adapter, TuningMethod method, MergedFormat format, WritableByteChannel target)
            throws IOException {
        DecoderShape shape = SupportedArchitectures.shapeOf(
                base.config(), LongestTexts.NONE, base.path().toString());
        LoraTuning lora = method.adapters().orElseThrow();
        LoraLayout layout = AdapterFiles.byItsMethod(adapter, () -> shape.adapters(lora));
        ModulesBeside beside = ModulesBeside.of(layout.length(), lora, base.config());
        ByteBuffer flat = ByteBuffer.allocate(Math.toIntExact(layout.length() * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        AdapterFiles.readFactors(
                adapter,
                layout,
                beside.saved(lora),
                lora,
                StateFile.Vector.of(flat).memory());
        LoraFactors factors = new LoraFactors(layout, flat.asFloatBuffer());
        try (WeightFile trained = AdapterFiles.open(adapter)) {
            Map<String, Source> replaced = new LinkedHashMap<>();
            for (FlatLayout.Slice module : beside.places().slices()) {
                TensorEntry entry = trained.entry(SavedModules.nameOf(module));
                replaced.put(
                        module.tensor().name(),
                        new Source(trained, entry, module.tensor().shape()));
            }
            write(base, factors, replaced, format, method instanceof QloraTuning, target);
        }
    }

    /** Whether a merged model has a head of its own where its base model shares the embedding's. */
    public static boolean isUntied(ModelFolder base, TuningMethod method) {
        return base.config().tiedEmbeddings()
                && method.adapters()
                        .filter(lora -> !lora.trainedModules().isEmpty())
                        .isPresent();
    }

    /**
     * Writes a model without an adapter in another number format.
     *
     * @param model the model
     * @param format its kind
     * @param target the file, positioned at its start
     * @throws IOException if the disk refuses
     * @throws dev.finetune4j.error.FineTuneException with FT04xx if files are missing or damaged
     */
    public static void write(ModelFolder model, MergedFormat format, WritableByteChannel target) throws IOException {
        write(model, null, Map.of(), format, false, target);
    }

    private static void write(
            ModelFolder base,
            @Nullable LoraFactors factors,
            Map<String, Source> replaced,
            MergedFormat format,
            boolean isQuantized,
            WritableByteChannel target)
            throws IOException {
        ModelConfig config = base.config();
        try (WeightFile stored = base.openWeights()) {
            MergedWeights merged =
                    new MergedWeights(config, stored, factors, replaced, format, base.isGguf(), isQuantized);
            format.write(target, merged.tensors());
        }
    }

    private Map<String, WritableTensor> tensors() {
        Map<String, String> names = DecoderTensors.renamed(config, false, format.isGguf());
        Map<String, WritableTensor> tensors = new LinkedHashMap<>();
        if (format.isGguf()) {
            rotaryDivisors().ifPresent(divisors -> tensors.put(GgufKeys.ROTARY_DIVISORS, divisors));
        }
        sources().forEach((name, source) -> {
            TensorType type = format.typeOf(source.shape());
            tensors.put(
                    names.getOrDefault(name, name),
                    new WritableTensor(type, source.shape(), () -> pieces(name, source, type)));
        });
        return tensors;
    }

    /** What llama.cpp divides each rotary frequency by, [D / 2], where it has to. */
    private Optional<WritableTensor> rotaryDivisors() {
        if (config.ropeScaling() instanceof RopeScaling.Llama3 llama3) {
            List<Long> shape = List.of(config.headSize() / 2L);
            return Optional.of(WritableTensor.ofFloats(
                    shape, () -> RotaryFrequencies.divisors(config.ropeTheta(), config.headSize(), llama3)));
        }
        return DecoderTensors.of(config, isGguf).rotaryDivisors().map(tensor -> {
            Source source = stored(tensor);
            return WritableTensor.ofFloats(
                    source.shape(), () -> floats(source, 0, source.shape().get(0), 1));
        });
    }

    /** What each written tensor is made of. */
    private Map<String, Source> sources() {
        DecoderTensors tensors = DecoderTensors.of(config, isGguf);
        List<ExpectedTensor> inFile = tensors.weights();
        List<ExpectedTensor> written = DecoderTensors.of(config, false).weights();
        Map<String, Source> sources = new LinkedHashMap<>();
        for (int i = 0; i < written.size(); i++) {
            sources.put(written.get(i).name(), stored(inFile.get(i)));
        }
        if (!replaced.isEmpty() && config.tiedEmbeddings()) {
            sources.put(ModulesBeside.HEAD, stored(tensors.embedding()));
        }
        sources.putAll(replaced);
        return sources;
    }

    private Source stored(ExpectedTensor tensor) {
        return new Source(stored, WeightCheck.entry(stored, tensor), tensor.shape());
    }

    private Iterator<ByteBuffer> pieces(String name, Source source, TensorType type) {
        TensorType storedType = source.entry().type();
        long rows = source.shape().get(0);
        long columns = source.shape().size() == 1 ? 1 : source.shape().get(1);
        long rowsAtOnce = rowsAtOnce(storedType, columns);
        LoraFactors.Update update = adapter == null ? null : adapter.of(name).orElse(null);
        boolean isTurned = name.contains(".q_proj.") || name.contains(".k_proj.");
        LongFunction<float[]> floats = row -> {
            float[] inFile = floats(source, row, Math.min(rowsAtOnce, rows - row), columns);
            if (replaced.containsKey(name)) {
                FiniteWeights.refuseInfinite(source.entry(), row * columns, FloatBuffer.wrap(inFile));
            }
            return isTurned && config.interleavedRotary() ? deinterleaved(inFile, (int) columns) : inFile;
        };
        LongFunction<float[]> held = quantized.contains(name) && !storedType.isQuantized()
                ? quantized(floats, rows, columns, rowsAtOnce)
                : floats;
        boolean isInterleaved = isTurned && format.isInterleaved(config);
        return firstRows(rows, rowsAtOnce)
                .mapToObj(row -> {
                    float[] merged = held.apply(row);
                    if (update != null) {
                        update.applyTo(merged, Math.toIntExact(row));
                    }
                    return encoded(isInterleaved ? interleaved(merged, (int) columns) : merged, type);
                })
                .iterator();
    }

    private static LongStream firstRows(long rows, long rowsAtOnce) {
        return LongStream.iterate(0, row -> row < rows, row -> row + rowsAtOnce);
    }

    /** The same rows as training saw them, after a round trip through NF4. */
    private static LongFunction<float[]> quantized(
            LongFunction<float[]> floats, long rows, long columns, long rowsAtOnce) {
        NormalFloat4 matrix = new NormalFloat4(
                rows * columns, bytes -> ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder()));
        firstRows(rows, rowsAtOnce).forEach(row -> matrix.add(FloatBuffer.wrap(floats.apply(row))));
        matrix.finish();
        return row -> {
            float[] back = new float[Math.toIntExact(Math.min(rowsAtOnce, rows - row) * columns)];
            matrix.read(row * columns, FloatBuffer.wrap(back));
            return back;
        };
    }

    /** Whole blocks of the stored format and of NF4, and whole heads, whose rows may have to change places. */
    private long rowsAtOnce(TensorType storedType, long columns) {
        long heads = config.headSize();
        long block = Math.max(storedType.blockElements(), NormalFloat4.BLOCK);
        long multiple = columns % block == 0 ? heads : heads * block;
        return Math.max(multiple, PIECE_FLOATS / columns / multiple * multiple);
    }

    private static float[] floats(Source source, long firstRow, long rows, long columns) {
        return Dequantization.read(source.file(), source.entry(), firstRow * columns, Math.toIntExact(rows * columns));
    }

    private static ByteBuffer encoded(float[] rows, TensorType type) {
        ByteBuffer encoded = ByteBuffer.allocate(Math.toIntExact(type.bytesOf(rows.length)));
        FloatEncoding.encode(type, FloatBuffer.wrap(rows), encoded);
        return encoded.flip();
    }

    /** Rows of whole heads in which dimension i stands beside i + D/2, put in order. */
    private float[] deinterleaved(float[] rows, int columns) {
        float[] placed = new float[rows.length];
        for (int row = 0; row < rows.length / columns; row++) {
            System.arraycopy(rows, row * columns, placed, inOrder(row) * columns, columns);
        }
        return placed;
    }

    /** The reverse. */
    private float[] interleaved(float[] rows, int columns) {
        float[] placed = new float[rows.length];
        for (int row = 0; row < rows.length / columns; row++) {
            System.arraycopy(rows, inOrder(row) * columns, placed, row * columns, columns);
        }
        return placed;
    }

    /** Where a row of interleaved heads stands in order. */
    private int inOrder(int row) {
        int width = config.headSize();
        int inHead = row % width;
        return row - inHead + inHead / 2 + (inHead % 2) * (width / 2);
    }
}
