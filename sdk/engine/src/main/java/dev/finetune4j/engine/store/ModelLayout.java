package dev.finetune4j.engine.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Which files of a folder in Hugging Face layout make up the model, and whether all of them are there. */
final class ModelLayout {
    private static final String INDEX = "model.safetensors.index.json";
    private static final String CONFIG = "config.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final Set<String> SMALL_FILES = Set.of(
            CONFIG,
            TOKENIZER,
            INDEX,
            "generation_config.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja");
    private static final Set<String> PICKLES = Set.of("bin", "pt", "pth", "ckpt", "pkl");
    private static final long MAX_INDEX_BYTES = 64 << 20;

    private ModelLayout() {}

    /** The names of the files that make up the model, sorted. */
    static List<String> chosen(Collection<String> names) {
        boolean hasUsualName = names.stream().anyMatch(name -> isWeights(name) && name.startsWith("model"));
        TreeSet<String> chosen = new TreeSet<>();
        for (String name : names) {
            // Some repositories hold the same weights twice, under the makers' own names too.
            boolean isChosenWeights = isWeights(name) && (!hasUsualName || name.startsWith("model"));
            if (SMALL_FILES.contains(name) || isChosenWeights) {
                chosen.add(name);
            }
        }
        return List.copyOf(chosen);
    }

    private static boolean isWeights(String name) {
        return name.endsWith(".safetensors") && !name.contains("/");
    }

    /** Whether a name is that of a pickle file. */
    static boolean isPickle(String name) {
        return PICKLES.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    /**
     * Refuses names that make up no model.
     *
     * @param names all files there are
     * @param where the folder or repository, for problems
     * @throws FineTuneException with FT0493 if the only weights are pickle files, FT0494 if files are missing
     */
    static void refuseIncomplete(Collection<String> names, String where) {
        boolean hasWeights = names.stream().anyMatch(ModelLayout::isWeights);
        if (!hasWeights && names.stream().anyMatch(ModelLayout::isPickle)) {
            throw pickleOnly(where);
        }
        List<String> missing = new ArrayList<>();
        for (String needed : List.of(CONFIG, TOKENIZER)) {
            if (!names.contains(needed)) {
                missing.add(needed);
            }
        }
        if (!hasWeights) {
            missing.add("*.safetensors");
        }
        if (!missing.isEmpty()) {
            throw incomplete(where, missing);
        }
    }

    /**
     * The files of a folder that make up its model, sorted.
     *
     * @throws FineTuneException with FT0493 or FT0494 if they are incomplete
     */
    static List<Path> files(Path folder, String where) throws IOException {
        List<String> names;
        try (Stream<Path> all = Files.list(folder)) {
            names = all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
        refuseIncomplete(names, where);
        if (names.contains(INDEX)) {
            List<String> missing = new ArrayList<>(shards(folder.resolve(INDEX), where));
            missing.removeAll(names);
            if (!missing.isEmpty()) {
                throw incomplete(where, missing);
            }
        }
        return chosen(names).stream().map(folder::resolve).toList();
    }

    private static Set<String> shards(Path index, String where) throws IOException {
        if (Files.size(index) > MAX_INDEX_BYTES) {
            throw incomplete(where, List.of("an index that can be read"));
        }
        try {
            JsonNode map = new ObjectMapper().readTree(index.toFile()).path("weight_map");
            Set<String> shards = new TreeSet<>();
            map.forEach(shard -> shards.add(shard.asText()));
            return shards;
        } catch (JsonProcessingException e) {
            throw incomplete(where, List.of("an index that can be read"));
        }
    }

    /** The refusal of pickles, with the recipe for the folder of the model. */
    static FineTuneException pickleOnly(String where) {
        String last = where.substring(where.lastIndexOf('/') + 1);
        String folder = !isPickle(where)
                ? where.replaceFirst("^hf:", "")
                : last.length() < where.length() ? where.substring(0, where.length() - last.length() - 1) : ".";
        return StoreProblems.PICKLE_ONLY
                .error("the weights of " + where + " are pickle files, which are never loaded")
                .at(Location.of(where))
                .remedy(StoreProblems.PICKLE_ONLY.remedy().replace("FOLDER", folder))
                .asException();
    }

    private static FineTuneException incomplete(String where, List<String> missing) {
        return StoreProblems.INCOMPLETE
                .error(where + " lacks files of the model")
                .at(Location.of(where))
                .because("missing: " + String.join(", ", missing))
                .asException();
    }
}
