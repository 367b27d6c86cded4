package dev.finetune4j.training.model.decoder;

import dev.finetune4j.job.Precision;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.decoder.WeightCheck;
import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.FloatEncoding;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.adapter.AdapterFiles;
import dev.finetune4j.training.model.adapter.LoraFactors;
import dev.finetune4j.training.model.adapter.LoraLayout;
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
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a decoder with an adapter added to them, W + s B A, in the names and layout of Hugging Face. The sum is taken in
 * float32. Some rows of one tensor are in memory at a time.
 */
public final class MergedWeights {
    private static final int PIECE_FLOATS = 1 << 20;

    private final ModelConfig config;
    private final WeightFile stored;
    private final LoraFactors adapter;
    private final TensorType type;
    private final boolean isGguf;

    private MergedWeights(ModelConfig config, WeightFile stored, LoraFactors adapter, TensorType type, boolean isGguf) {
        this.config = config;
        this.stored = stored;
        this.adapter = adapter;
        this.type = type;
        this.isGguf = isGguf;
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
     * Writes one safetensors file.
     *
     * @param base the base model
     * @param adapter folder of an adapter in PEFT format
     * @param method how the adapter was tuned
     * @param type F32 or BF16
     * @param target the file, positioned at its start
     * @throws IOException if the disk refuses
     * @throws dev.finetune4j.error.FineTuneException with FT0470 if the architecture is not supported, FT0472 or FT0473 if the adapter
     *     does not fit, FT04xx if files are missing or damaged
     */
    public static void write(
            ModelFolder base, Path adapter, LoraTuning method, TensorType type, WritableByteChannel target)
            throws IOException {
        ModelConfig config = base.config();
        DecoderShape shape =
                SupportedArchitectures.shapeOf(config, 1, base.path().toString());
        LoraLayout layout = LoraLayout.of(shape.layers(), method, shape.projections());
        ByteBuffer flat = ByteBuffer.allocate(Math.toIntExact(layout.length() * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        AdapterFiles.read(adapter, layout, method, flat);
        LoraFactors factors = new LoraFactors(layout, method, flat.asFloatBuffer());
        try (WeightFile stored = base.openWeights()) {
            MergedWeights merged = new MergedWeights(config, stored, factors, type, base.isGguf());
            SafetensorsWriter.write(target, merged.tensors(), Map.of("format", "pt"));
        }
    }

    private Map<String, SafetensorsWriter.Tensor> tensors() {
        List<ExpectedTensor> sources = DecoderTensors.of(config, isGguf).weights();
        List<ExpectedTensor> names = DecoderTensors.of(config, false).weights();
        Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i).name();
            ExpectedTensor source = sources.get(i);
            tensors.put(name, new SafetensorsWriter.Tensor(type, source.shape(), () -> pieces(name, source)));
        }
        return tensors;
    }

    private Iterator<ByteBuffer> pieces(String name, ExpectedTensor source) {
        TensorEntry entry = WeightCheck.entry(stored, source);
        long rows = source.shape().get(0);
        long columns = source.shape().size() == 1 ? 1 : source.shape().get(1);
        long rowsAtOnce = rowsAtOnce(entry.type(), columns);
        LoraFactors.Pair pair = adapter.of(name).orElse(null);
        boolean isInterleaved = config.interleavedRotary() && isTurned(name);
        return LongStream.iterate(0, row -> row < rows, row -> row + rowsAtOnce)
                .mapToObj(row -> piece(entry, row, Math.min(rowsAtOnce, rows - row), columns, pair, isInterleaved))
                .iterator();
    }

    /** Whole blocks of the stored format, and whole heads, whose rows may have to change places. */
    private long rowsAtOnce(TensorType storedType, long columns) {
        long heads = config.headSize();
        long multiple = columns % storedType.blockElements() == 0 ? heads : heads * storedType.blockElements();
        return Math.max(multiple, PIECE_FLOATS / columns / multiple * multiple);
    }

    private ByteBuffer piece(
            TensorEntry entry,
            long firstRow,
            long rows,
            long columns,
            LoraFactors.@Nullable Pair pair,
            boolean isInterleaved) {
        TensorType storedType = entry.type();
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(storedType.bytesOf(rows * columns)));
        stored.read(entry.name(), storedType.bytesOf(firstRow * columns), bytes);
        float[] floats = new float[Math.toIntExact(rows * columns)];
        Dequantization.decode(storedType, bytes.flip(), FloatBuffer.wrap(floats));
        float[] placed = isInterleaved ? deinterleaved(floats, (int) columns) : floats;
        if (pair != null) {
            pair.addTo(placed, Math.toIntExact(firstRow));
        }
        ByteBuffer encoded = ByteBuffer.allocate(Math.toIntExact(type.bytesOf(rows * columns)));
        FloatEncoding.encode(type, FloatBuffer.wrap(placed), encoded);
        return encoded.flip();
    }

    /** Rows of whole heads in which dimension i stands beside i + D/2, put in order. */
    private float[] deinterleaved(float[] rows, int columns) {
        int width = config.headSize();
        float[] placed = new float[rows.length];
        for (int row = 0; row < rows.length / columns; row++) {
            int inHead = row % width;
            int target = row - inHead + inHead / 2 + (inHead % 2) * (width / 2);
            System.arraycopy(rows, row * columns, placed, target * columns, columns);
        }
        return placed;
    }

    private static boolean isTurned(String name) {
        return name.contains(".q_proj.") || name.contains(".k_proj.");
    }
}
