package dev.finetune4j.training.model.adapter;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.weights.FlatLayout;
import dev.finetune4j.training.model.weights.StateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Adapters in the format of PEFT (<a href="https://huggingface.co/docs/peft/developer_guides/checkpoint">checkpoint format</a>):
 * {@code adapter_config.json} and {@code adapter_model.safetensors} with one tensor a factor, float32 where it is written here.
 */
public final class AdapterFiles {
    private AdapterFiles() {}

    /**
     * Writes both files into an existing folder; the same adapter gives the same bytes.
     *
     * @param folder where to
     * @param layout where the factors lie
     * @param saved what was trained beside them
     * @param method how they were trained
     * @param baseModel what the base model is called
     * @param flat the trainable vector
     * @throws UncheckedIOException if the disk refuses
     */
    public static void write(
            Path folder,
            LoraLayout layout,
            SavedModules saved,
            TuningMethod method,
            ModelName baseModel,
            StateFile.Memory flat) {
        Map<String, WritableTensor> tensors = new TreeMap<>();
        for (LoraLayout.Factor factor : layout.factors()) {
            tensors.put(
                    factor.name(),
                    WritableTensor.ofBytes(
                            TensorType.F32, factor.shape(), () -> slice(flat, factor.offset(), factor.length())));
        }
        for (FlatLayout.Slice slice : saved.slices()) {
            tensors.put(
                    SavedModules.nameOf(slice),
                    WritableTensor.ofBytes(
                            TensorType.F32, slice.tensor().shape(), () -> slice(flat, slice.offset(), slice.length())));
        }
        try (FileChannel channel = FileChannel.open(
                folder.resolve(AdapterTensors.FILE),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(channel, tensors, Map.of("format", "pt"));
            AdapterConfig.write(folder, layout, saved, method, baseModel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads an adapter into the trainable vector.
     *
     * @param folder a folder that PEFT or {@link #write} wrote
     * @param layout where the factors lie
     * @param saved what is trained beside them; a tensor that the adapter does not hold stays as the base model has it
     * @param method what the adapter must agree with
     * @param flat the vector
     * @return what of {@code saved} the adapter holds
     * @throws FineTuneException with FT0473 if it does not fit, FT0474 if it holds what is no finite number, FT04xx if the weight
     *     file is damaged
     */
    public static List<FlatLayout.Slice> read(
            Path folder, LoraLayout layout, SavedModules saved, LoraTuning method, StateFile.Memory flat) {
        checkMethod(folder, layout, saved, method);
        try (AdapterTensors weights = AdapterTensors.open(folder)) {
            List<FlatLayout.Slice> slices = checkTensors(weights, folder, layout, saved);
            readFactors(weights, layout, flat);
            slices.forEach(
                    slice -> weights.read(SavedModules.nameOf(slice), slice(flat, slice.offset(), slice.length())));
            return slices;
        }
    }

    /** The same, but what is trained beside the factors is looked for only. */
    public static void readFactors(
            Path folder, LoraLayout layout, SavedModules saved, LoraTuning method, StateFile.Memory flat) {
        checkMethod(folder, layout, saved, method);
        try (AdapterTensors weights = AdapterTensors.open(folder)) {
            checkTensors(weights, folder, layout, saved);
            readFactors(weights, layout, flat);
        }
    }

    private static void readFactors(AdapterTensors weights, LoraLayout layout, StateFile.Memory flat) {
        for (LoraLayout.Factor factor : layout.factors()) {
            weights.read(factor.name(), slice(flat, factor.offset(), factor.length()));
        }
    }

    /** What is there to be read beside the factors. */
    private static List<FlatLayout.Slice> checkTensors(
            AdapterTensors weights, Path folder, LoraLayout layout, SavedModules saved) {
        List<LoraLayout.Factor> factors = layout.factors();
        List<FlatLayout.Slice> slices = saved.slices().stream()
                .filter(slice -> weights.names().contains(SavedModules.nameOf(slice)) || saved.isOnlyIn(folder, slice))
                .toList();
        List<String> wrong = new ArrayList<>();
        factors.forEach(factor -> weights.misfit(factor.name(), factor.shape()).ifPresent(wrong::add));
        slices.forEach(slice -> weights.misfit(
                        SavedModules.nameOf(slice), slice.tensor().shape())
                .ifPresent(wrong::add));
        if (wrong.isEmpty()) {
            Set<String> others = new TreeSet<>(weights.names());
            factors.forEach(factor -> others.remove(factor.name()));
            slices.forEach(slice -> others.remove(SavedModules.nameOf(slice)));
            others.forEach(name -> wrong.add(name + " is neither a factor nor a module that the method trains"));
        }
        if (!wrong.isEmpty()) {
            throw misfit(folder.resolve(AdapterTensors.FILE), wrong).asException();
        }
        return slices;
    }

    /**
     * Does what is planned with an adapter by its own method, so that what the method names and the model has not is told of the adapter:
     * no key of a job says it.
     *
     * @param folder the adapter's, or null where there is none
     * @throws FineTuneException with FT0473 instead of FT0472
     */
    public static <T> T byItsMethod(@Nullable Path folder, Supplier<T> planned) {
        try {
            return planned.get();
        } catch (FineTuneException e) {
            boolean isOfModules = e.problems().stream()
                    .allMatch(problem -> problem.code().equals(ModelProblems.TARGET_MODULE.code()));
            if (folder == null || !isOfModules) {
                throw e;
            }
            List<String> causes = e.problems().stream()
                    .flatMap(problem -> Stream.concat(Stream.of(problem.summary()), problem.causes().stream()))
                    .distinct()
                    .toList();
            throw misfit(folder.resolve("adapter_config.json"), causes).asException(e);
        }
    }

    /** The weights in an adapter's folder; the caller closes them. */
    public static WeightFile open(Path folder) {
        return WeightFile.open(folder.resolve(AdapterTensors.FILE));
    }

    private static ByteBuffer slice(StateFile.Memory flat, long offset, long length) {
        return flat.of(offset, Math.toIntExact(length));
    }

    private static void checkMethod(Path folder, LoraLayout layout, SavedModules saved, LoraTuning method) {
        List<String> wrong = new ArrayList<>();
        if (AdapterConfig.isOfClassifier(folder) != saved.isOfClassifier()) {
            wrong.add("task_type is " + (saved.isOfClassifier() ? "not " : "") + AdapterConfig.CLASSIFICATION
                    + ", the model " + (saved.isOfClassifier() ? "tells labels apart" : "predicts tokens"));
        }
        AdapterConfig.lora(folder, wrong).ifPresent(written -> {
            compare("rank", "r", method.rank(), written.rank(), wrong);
            compare("alpha", "lora_alpha", method.alpha(), written.alpha(), wrong);
            compare("rank-stabilised", "use_rslora", method.rankStabilised(), written.rankStabilised(), wrong);
            compare("dora", "use_dora", method.dora(), written.dora(), wrong);
            compare("ranks", "rank_pattern", method.ranks(), written.ranks(), wrong);
            compare("alphas", "alpha_pattern", method.alphas(), written.alphas(), wrong);
            if (!adaptedLayers(method, layout).equals(adaptedLayers(written, layout))) {
                compare("layers", "layers_to_transform", method.layers(), written.layers(), wrong);
            }
            compare("trained-modules", "modules_to_save", method.trainedModules(), written.trainedModules(), wrong);
            compare("target-modules", "target_modules", layout.moduleNames(), written.targetModules(), wrong);
        });
        if (!wrong.isEmpty()) {
            throw misfit(folder.resolve("adapter_config.json"), wrong).asException();
        }
    }

    /** All of them where none is named. */
    private static List<Integer> adaptedLayers(LoraTuning method, LoraLayout layout) {
        return method.layers().isEmpty()
                ? IntStream.range(0, layout.layers().size()).boxed().toList()
                : method.layers();
    }

    private static void compare(String key, String peftKey, Object asked, Object written, List<String> wrong) {
        if (!asked.equals(written)) {
            wrong.add(peftKey + " is " + written + ", method." + key + " is " + asked);
        }
    }

    static Problem.Builder misfit(Path file, List<String> causes) {
        Problem.Builder problem = ModelProblems.ADAPTER
                .error("the adapter in " + file.getParent() + " does not fit")
                .at(Location.of(file.toString()));
        causes.stream().limit(5).forEach(problem::because);
        if (causes.size() > 5) {
            problem.because((causes.size() - 5) + " more");
        }
        return problem;
    }
}
