package dev.finetune4j.training.model.internal;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A loaded library of TorchScript blocks, and the values that go in and come out of its methods. {@link #call} may be called by several threads at a time; values belong
 * to the script and live until they or the script are closed.
 */
public final class TorchScript implements AutoCloseable {
    /** The number of a dtype in TorchScript. */
    public static final int FLOAT32 = 6;

    /** The number of a dtype in TorchScript: unsigned bytes. */
    public static final int BYTE = 0;

    /** The number of a dtype in TorchScript. */
    public static final int BFLOAT16 = 15;

    /** Torch's number of float16. */
    public static final int FLOAT16 = 5;

    /** The blocks that every model is composed of, each one file of resources. */
    private static final List<String> BLOCKS = List.of(
            "product",
            "rms_norm",
            "dropout",
            "packed",
            "magnitude",
            "linear",
            "rotary",
            "prefix_tuning",
            "attention",
            "feed_forward",
            "head",
            "adamw",
            "layer",
            "decoder",
            "inference",
            "layer_norm",
            "classifier",
            "encoder_layer",
            "encoder");

    private final Model model;
    private final PtSymbolBlock block;
    private final PtNDManager manager;
    private final Set<Value> open = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    private TorchScript(Model model) {
        this.model = model;
        this.block = (PtSymbolBlock) model.getBlock();
        this.manager = (PtNDManager) NDManager.newBaseManager("PyTorch");
    }

    /** Loads the blocks of the product with the methods of {@code entry.ts.py}. */
    public static TorchScript load() {
        return load(source("entry"));
    }

    /** The loaded module itself, for tests that differentiate it. */
    PtSymbolBlock block() {
        return block;
    }

    /** Loads the blocks under other methods: how tests reach a block alone. */
    static TorchScript load(String entry) {
        return load(entry, CpuFeatures.read(CpuFeatures.CPUINFO));
    }

    /** The same as on a processor that need not be this one. */
    static TorchScript load(String entry, CpuFeatures cpu) {
        Map<String, String> blocks = new TreeMap<>();
        BLOCKS.forEach(name -> blocks.put(name, source(name)));
        if (cpu.multipliesFasterByOneDnn()) {
            blocks.put("product", source("product_onednn"));
        }
        Model model = Model.newInstance("blocks", "PyTorch");
        try {
            model.load(new ByteArrayInputStream(ScriptArchive.of(entry, blocks)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedModelException e) {
            throw new IllegalStateException("the blocks do not compile", e);
        }
        return new TorchScript(model);
    }

    private static String source(String name) {
        String resource = "/dev/finetune4j/training/model/script/" + name + ".ts.py";
        try (InputStream in = TorchScript.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource " + resource + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Calls a method.
     *
     * @param method its name
     * @param arguments {@link Value}, {@code Integer}, {@code Long}, {@code Double}, {@code int[]}, {@code double[]}, or a list of values
     *     or of arrays
     * @return what it returns; the caller closes it
     */
    public Value call(String method, Object... arguments) {
        List<IValue> made = new ArrayList<>();
        try {
            IValue[] inputs = new IValue[arguments.length];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = argument(arguments[i], made);
            }
            // A setting of the thread, and this may be a new one. The optimizer would make two generators of one seed
            // one, from which the second mask of a dropout draws other numbers than the first.
            JniUtils.setGraphExecutorOptimize(false);
            return new Value(IValueUtils.runMethod(block, method, inputs));
        } finally {
            made.forEach(IValue::close);
        }
    }

    private static IValue argument(Object argument, List<IValue> made) {
        if (argument instanceof Value value) {
            return value.handle;
        }
        IValue fresh;
        if (argument instanceof Number number) {
            fresh = number instanceof Double ? IValue.from(number.doubleValue()) : IValue.from(number.longValue());
        } else if (argument instanceof int[] numbers) {
            fresh = numbers(numbers);
        } else if (argument instanceof double[] numbers) {
            fresh = IValue.listFrom(numbers);
        } else if (argument instanceof List<?> list && !list.isEmpty()) {
            fresh = IValue.listFrom(
                    list.stream().map(element -> argument(element, made)).toArray(IValue[]::new));
        } else {
            throw new IllegalArgumentException("a script takes no " + argument);
        }
        made.add(fresh);
        return fresh;
    }

    private static IValue numbers(int[] numbers) {
        long[] wide = new long[numbers.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = numbers[i];
        }
        return IValue.listFrom(wide);
    }

    /** A tensor [n] int64. */
    public Value integers(int[] numbers) {
        long[] wide = new long[numbers.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = numbers[i];
        }
        return new Value((PtNDArray) manager.create(wide));
    }

    /** A tensor of the given shape, float32. */
    public Value floats(float[] numbers, long... shape) {
        return new Value((PtNDArray) manager.create(numbers, new Shape(shape)));
    }

    /** A tensor [n] float32 that looks at the buffer's memory; the buffer is direct and outlives it. */
    public Value floats(ByteBuffer buffer) {
        return new Value(manager.create(buffer, new Shape(buffer.remaining() / Float.BYTES), DataType.FLOAT32));
    }

    /** Lets go of every value that is still open: nothing but its handle holds a native tensor, and no collector finds it. */
    @Override
    public void close() {
        List.copyOf(open).forEach(Value::close);
        manager.close();
        model.close();
    }

    /** A tensor, number or structure on the native side. */
    public final class Value implements AutoCloseable {
        private final IValue handle;
        private final @Nullable PtNDArray array;

        private Value(IValue handle) {
            this.handle = handle;
            this.array = null;
            open.add(this);
        }

        private Value(PtNDArray array) {
            this.handle = IValue.from(array);
            this.array = array;
            open.add(this);
        }

        /** The number it holds. */
        public double toDouble() {
            return handle.toDouble();
        }

        /** The numbers of a float32 tensor, row by row. */
        public float[] toFloats() {
            try (PtNDArray tensor = handle.toTensor(manager)) {
                return tensor.toFloatArray();
            }
        }

        /**
         * The memory of a dense tensor of floats or bytes, to read and to write; valid until this value is closed. Bytes are in the machine's
         * order, little-endian wherever libtorch runs.
         */
        public ByteBuffer memory() {
            try (PtNDArray tensor = handle.toTensor(manager)) {
                return tensor.toByteBuffer(true).order(ByteOrder.nativeOrder());
            }
        }

        @Override
        public void close() {
            if (!open.remove(this)) {
                return;
            }
            handle.close();
            if (array != null) {
                array.close();
            }
        }
    }

    /** Whether {@code failure} says that memory ran out on the native side. */
    public static boolean isOutOfMemory(RuntimeException failure) {
        return failure instanceof EngineException
                && String.valueOf(failure.getMessage()).contains("DefaultCPUAllocator");
    }
}
