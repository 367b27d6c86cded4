package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.ModelJson;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Several safetensors files and the index ({@code *.safetensors.index.json}) that says which tensor lies in which. */
public final class ShardedSafetensors implements WeightFile {
    /** How the name of an index ends. */
    public static final String INDEX_SUFFIX = ".safetensors.index.json";

    private static final long MAX_INDEX_BYTES = 16L << 20;
    private static final int MAX_PROBLEMS = 20;

    private final Path index;
    private final Map<String, SafetensorsFile> shards;
    private final Map<String, TensorEntry> tensors;
    private final Map<String, SafetensorsFile> shardByTensor;

    private ShardedSafetensors(Path index, Map<String, SafetensorsFile> shards) {
        this.index = index;
        this.shards = shards;
        Map<String, TensorEntry> entries = new LinkedHashMap<>();
        this.shardByTensor = new LinkedHashMap<>();
        for (SafetensorsFile shard : shards.values()) {
            shard.tensors().forEach((name, entry) -> {
                entries.put(name, entry);
                shardByTensor.put(name, shard);
            });
        }
        this.tensors = Collections.unmodifiableMap(entries);
    }

    /**
     * Opens an index and all its shards.
     *
     * @throws FineTuneException with FT0411 if a shard is missing or does not hold what the index says, FT0404 or FT0405 if one is
     *     damaged, FT0402 if a file cannot be read
     */
    public static ShardedSafetensors open(Path index) {
        Map<String, String> fileByTensor = readIndex(index);
        checkFilesExist(index, fileByTensor);
        Map<String, SafetensorsFile> shards = new TreeMap<>();
        try {
            for (String file : fileByTensor.values()) {
                shards.computeIfAbsent(file, name -> SafetensorsFile.open(index.resolveSibling(name)));
            }
            checkContents(index, fileByTensor, shards);
            return new ShardedSafetensors(index, shards);
        } catch (RuntimeException e) {
            shards.values().forEach(SafetensorsFile::close);
            throw e;
        }
    }

    private static Map<String, String> readIndex(Path index) {
        Map<String, String> fileByTensor = new LinkedHashMap<>();
        ModelJson.readObject(index, MAX_INDEX_BYTES, ModelFilesProblems.SHARDS)
                .path("weight_map")
                .properties()
                .forEach(entry ->
                        fileByTensor.put(entry.getKey(), entry.getValue().asText()));
        if (fileByTensor.isEmpty()) {
            throw misfit(index, "the index names no tensor", "weight_map is missing or empty")
                    .asException();
        }
        return fileByTensor;
    }

    private static void checkFilesExist(Path index, Map<String, String> fileByTensor) {
        List<Problem> problems = new ArrayList<>();
        fileByTensor.values().stream().distinct().sorted().forEach(file -> {
            if (problems.size() == MAX_PROBLEMS) {
                return;
            }
            if (file.isBlank()
                    || file.contains("/")
                    || file.contains("\\")
                    || file.contains("..")
                    || file.indexOf('\0') >= 0) {
                problems.add(misfit(index, "the index leads out of the model's folder", "shard name " + file)
                        .build());
            } else if (!Files.isRegularFile(index.resolveSibling(file))) {
                problems.add(misfit(index, "shard " + file + " is missing", "the index places tensors in it")
                        .build());
            }
        });
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
    }

    private static void checkContents(
            Path index, Map<String, String> fileByTensor, Map<String, SafetensorsFile> shards) {
        List<Problem> problems = new ArrayList<>();
        fileByTensor.forEach((name, file) -> {
            SafetensorsFile shard = shards.get(file);
            if (problems.size() < MAX_PROBLEMS
                    && (shard == null || !shard.tensors().containsKey(name))) {
                problems.add(misfit(index, "tensor " + name + " is not in " + file, "the index says that it is")
                        .build());
            }
        });
        Map<String, String> seen = new LinkedHashMap<>();
        shards.forEach((file, shard) -> shard.tensors().keySet().forEach(name -> {
            String other = seen.put(name, file);
            if (other != null && problems.size() < MAX_PROBLEMS) {
                problems.add(misfit(index, "tensor " + name + " is there twice", "in " + other + " and in " + file)
                        .build());
            }
        }));
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
    }

    private static Problem.Builder misfit(Path index, String summary, String cause) {
        return ModelFilesProblems.SHARDS
                .error(index.getFileName() + ": " + summary)
                .at(Location.of(index.toString()))
                .because(cause);
    }

    @Override
    public Path path() {
        return index;
    }

    @Override
    public Map<String, TensorEntry> tensors() {
        return tensors;
    }

    @Override
    public void read(String name, long from, ByteBuffer target) {
        entry(name);
        SafetensorsFile shard = shardByTensor.get(name);
        if (shard == null) {
            throw new IllegalStateException("tensor " + name + " has an entry but no shard");
        }
        shard.read(name, from, target);
    }

    @Override
    public void close() {
        shards.values().forEach(SafetensorsFile::close);
    }
}
