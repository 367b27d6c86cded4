package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * The tensors of a model, wherever they lie. Opening reads and checks headers only; {@link #read} gives the bytes. Safe for use by
 * several threads.
 */
public sealed interface WeightFile extends AutoCloseable permits SafetensorsFile, ShardedSafetensors, GgufFile {
    /** The file, or the index where there are shards. */
    Path path();

    /** Every tensor by name, in the order of the bytes. */
    Map<String, TensorEntry> tensors();

    /**
     * Copies part of a tensor's bytes, which are little-endian. They are read rather than mapped: pages of a mapping count as memory
     * of this process until the collector finds the mapping, so that weights would be there twice while they are loaded.
     *
     * @param name a key of {@link #tensors()}
     * @param from first byte, counted from the tensor's first
     * @param target is filled from its position to its limit
     * @throws FineTuneException with FT0410 if there is no such tensor, FT0402 if the file cannot be read
     * @throws IllegalArgumentException if the tensor ends before {@code target} is full
     */
    void read(String name, long from, ByteBuffer target);

    /**
     * The description of a tensor.
     *
     * @throws FineTuneException with FT0410 if there is no such tensor
     */
    default TensorEntry entry(String name) {
        TensorEntry entry = tensors().get(name);
        if (entry == null) {
            throw ModelFilesProblems.TENSOR_MISSING
                    .error("no tensor " + name)
                    .at(Location.of(path().toString()))
                    .because("the file holds " + tensors().size() + " others")
                    .asException();
        }
        return entry;
    }

    /** Lets go of the files. */
    @Override
    void close();

    /**
     * Opens a weight file: {@code *.safetensors}, {@code *.safetensors.index.json}, or GGUF (known by its first bytes).
     *
     * @throws FineTuneException with FT0401 if it does not exist or is of no known kind, FT0403 if it is a pickle, FT0402 if it
     *     cannot be read, FT0404 to FT0408 or FT0411 if it is damaged
     */
    static WeightFile open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw ModelFilesProblems.MODEL_MISSING
                    .error("no weight file at " + file)
                    .at(Location.of(file.toString()))
                    .asException();
        }
        PickleRefusal.check(file);
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(ShardedSafetensors.INDEX_SUFFIX)) {
            return ShardedSafetensors.open(file);
        }
        if (name.endsWith(".safetensors")) {
            return SafetensorsFile.open(file);
        }
        if (name.endsWith(".gguf") || GgufFile.hasMagic(file)) {
            return GgufFile.open(file);
        }
        throw ModelFilesProblems.MODEL_MISSING
                .error(file.getFileName() + " is no weight file")
                .at(Location.of(file.toString()))
                .because("its name ends neither with .safetensors nor with .gguf, and it does not start with GGUF")
                .asException();
    }

    /**
     * Passes every file that is no pickle, by name or by its first bytes.
     *
     * @throws FineTuneException with FT0403 if it is one, with the recipe that converts it; FT0402 if it cannot be read
     */
    static void refusePickle(Path file) {
        PickleRefusal.check(file);
    }
}
