package dev.finetune4j.modelfiles.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.ModelJson;
import dev.finetune4j.modelfiles.weights.GgufFile;
import dev.finetune4j.modelfiles.weights.ShardedSafetensors;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of one model: a folder in Hugging Face layout, or one GGUF file that holds everything. Reads when it is asked; configuration and headers once. */
public final class ModelFolder {
    private static final String CONFIG = "config.json";
    private static final long MAX_SMALL_JSON_BYTES = 16L << 20;

    private final Path path;
    private final boolean gguf;
    private @Nullable ModelConfig config;
    private @Nullable Map<String, TensorEntry> tensors;

    private ModelFolder(Path path, boolean gguf) {
        this.path = path;
        this.gguf = gguf;
    }

    /**
     * Looks at a folder or a GGUF file. A folder whose only model file is one GGUF file stands for that file.
     *
     * @throws FineTuneException with FT0401 if there is neither, FT0403 if it is a pickle, FT0402 if it cannot be read
     */
    public static ModelFolder open(Path path) {
        if (Files.isRegularFile(path)) {
            WeightFile.refusePickle(path);
            if (!GgufFile.hasMagic(path)) {
                throw noModelAlone(path);
            }
            return new ModelFolder(path, true);
        }
        if (!Files.isDirectory(path)) {
            throw missing(path, "no model at " + path, "there is neither a folder nor a file");
        }
        List<Path> ggufFiles = filesEndingWith(path, ".gguf");
        if (!Files.exists(path.resolve(CONFIG)) && ggufFiles.size() == 1) {
            return new ModelFolder(ggufFiles.get(0), true);
        }
        return new ModelFolder(path, false);
    }

    /** The folder, or the GGUF file. */
    public Path path() {
        return path;
    }

    /** Whether the model is one GGUF file. */
    public boolean isGguf() {
        return gguf;
    }

    /**
     * The configuration.
     *
     * @throws FineTuneException with FT0420 if there is no config.json, FT0421 if it is invalid, FT0422 for a GGUF file of another
     *     architecture, FT0406 to FT0408 for a damaged one
     */
    public synchronized ModelConfig config() {
        ModelConfig known = config;
        if (known == null) {
            known = readConfig();
            config = known;
        }
        return known;
    }

    private ModelConfig readConfig() {
        if (gguf) {
            try (GgufFile weights = GgufFile.open(path)) {
                tensors = weights.tensors();
                return GgufConfig.read(weights);
            }
        }
        return HuggingFaceConfig.read(configFile());
    }

    /**
     * Every tensor of the weights by name.
     *
     * @throws FineTuneException as {@link #openWeights()}
     */
    public synchronized Map<String, TensorEntry> tensors() {
        Map<String, TensorEntry> known = tensors;
        if (known == null) {
            try (WeightFile weights = openWeights()) {
                known = weights.tensors();
            }
            tensors = known;
        }
        return known;
    }

    private Path configFile() {
        Path file = path.resolve(CONFIG);
        if (!Files.isRegularFile(file)) {
            throw ModelFilesProblems.CONFIG_MISSING
                    .error("config.json is missing in " + path)
                    .at(Location.of(file.toString()))
                    .asException();
        }
        return file;
    }

    /**
     * The configuration of an encoder, read anew at each call; empty where the model is none that is known.
     *
     * @throws FineTuneException with FT0420 if there is no config.json, FT0421 if it is invalid
     */
    public Optional<EncoderConfig> encoder() {
        if (gguf) {
            return Optional.empty();
        }
        Path file = configFile();
        JsonNode json =
                ModelJson.readObject(file, HuggingFaceConfig.MAX_CONFIG_BYTES, ModelFilesProblems.CONFIG_INVALID);
        return EncoderFamily.of(json.path("model_type").asText())
                .map(family -> new EncoderConfigReader(family, file, json).read());
    }

    /**
     * Opens the weights: the index if there is one, else the one safetensors file, else the GGUF file.
     *
     * @throws FineTuneException with FT0401 if there are none, FT0403 if there are only pickles, or what {@link WeightFile#open}
     *     throws
     */
    public WeightFile openWeights() {
        return WeightFile.open(gguf ? path : weightsInFolder());
    }

    /** A file of the folder, if it is there; never for a GGUF file. */
    public Optional<Path> file(String name) {
        Path file = path.resolve(name);
        return !gguf && Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /**
     * Tokens that end a text or a turn: those of generation_config.json, then those of the configuration.
     *
     * @throws FineTuneException as {@link #config()}, and with FT0421 if generation_config.json is invalid or names no token ids
     */
    public List<Integer> endTokens() {
        List<Integer> tokens = new ArrayList<>();
        file("generation_config.json").ifPresent(file -> {
            JsonNode json = ModelJson.readObject(file, MAX_SMALL_JSON_BYTES, ModelFilesProblems.CONFIG_INVALID);
            ConfigReader reader = new ConfigReader(file, json);
            tokens.addAll(reader.tokens("eos_token_id"));
            reader.finish();
        });
        for (int token : config().endTokens()) {
            if (!tokens.contains(token)) {
                tokens.add(token);
            }
        }
        return List.copyOf(tokens);
    }

    private Path weightsInFolder() {
        List<Path> indexes = filesEndingWith(path, ShardedSafetensors.INDEX_SUFFIX);
        if (!indexes.isEmpty()) {
            return indexes.get(0);
        }
        List<Path> safetensors = filesEndingWith(path, ".safetensors");
        if (safetensors.size() == 1) {
            return safetensors.get(0);
        }
        if (safetensors.size() > 1) {
            throw missing(
                    path,
                    "several safetensors files but no index in " + path,
                    safetensors.size() + " files; model" + ShardedSafetensors.INDEX_SUFFIX + " is missing");
        }
        for (String pickle : List.of(".bin", ".pt", ".pth", ".ckpt")) {
            List<Path> pickles = filesEndingWith(path, pickle);
            if (!pickles.isEmpty()) {
                return pickles.get(0);
            }
        }
        throw missing(path, "no weights in " + path, "there is no .safetensors and no .gguf file");
    }

    private static List<Path> filesEndingWith(Path folder, String suffix) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw ModelFilesProblems.FILE_UNREADABLE
                    .error("cannot list " + folder)
                    .at(Location.of(folder.toString()))
                    .because(String.valueOf(e.getMessage()))
                    .asException(e);
        }
    }

    private static FineTuneException noModelAlone(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".gguf")
                ? missing(
                        file,
                        name + " is no GGUF file",
                        "it does not begin with GGUF: empty, cut short or something else")
                : missing(file, name + " alone is no model", "name its folder, with config.json in it");
    }

    private static FineTuneException missing(Path path, String summary, String cause) {
        return ModelFilesProblems.MODEL_MISSING
                .error(summary)
                .at(Location.of(path.toString()))
                .because(cause)
                .asException();
    }
}
