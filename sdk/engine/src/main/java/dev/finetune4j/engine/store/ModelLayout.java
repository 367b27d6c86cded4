package dev.finetune4j.engine.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which files of a folder in Hugging Face layout make up the model, and whether all of them are there. */
final class ModelLayout {
    private static final String INDEX = "model.safetensors.index.json";
    private static final String CONFIG = "config.json";
    static final String TOKENIZER = "tokenizer.json";
    private static final Set<String> SMALL_FILES = Set.of(
            CONFIG,
            TOKENIZER,
            INDEX,
            "generation_config.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja");
    private static final Set<String> PICKLES = Set.of("bin", "pt", "pth", "ckpt", "pkl");

    /** What PEFT says of an adapter. */
    static final String ADAPTER_CONFIG = "adapter_config.json";

    /** Larger ones are not read. */
    static final long MAX_ADAPTER_CONFIG_BYTES = 1 << 20;

    private static final String ADAPTER = "adapter_model.";
    private static final long MAX_INDEX_BYTES = 64 << 20;
    /** Pointers of Git LFS are smaller than this. */
    private static final long POINTER_BYTES = 1024;

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
     * @throws FineTuneException with FT0493 if the only weights are pickle files, FT0494 if files are missing, or if they are an adapter
     */
    static void refuseIncomplete(Collection<String> names, String where) {
        refuseIncomplete(names, Set.of(), where);
    }

    private static void refuseIncomplete(Collection<String> names, Set<String> shards, String where) {
        if (isAdapter(names)) {
            throw AdapterRefusal.of(where, names, MissingNode.getInstance());
        }
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
        if (!hasWeights && shards.isEmpty()) {
            missing.add("*.safetensors");
        }
        shards.stream().filter(shard -> !names.contains(shard)).forEach(missing::add);
        if (!missing.isEmpty()) {
            throw incomplete(where, missing, names);
        }
    }

    /** Whether names are those of an adapter as PEFT writes it, alone or beside the files of a tokenizer. */
    static boolean isAdapter(Collection<String> names) {
        return names.contains(ADAPTER_CONFIG)
                && !names.contains(INDEX)
                && names.stream()
                        .filter(name -> !name.startsWith(ADAPTER))
                        .noneMatch(name -> isWeights(name) || name.startsWith("pytorch_model"));
    }

    /**
     * The files of a folder that make up its model, sorted.
     *
     * @throws FineTuneException with FT0493 or FT0494 if they are incomplete
     */
    static List<Path> files(Path folder, String where) throws IOException {
        List<String> names = names(folder);
        refuseAdapter(folder, names, where);
        refuseIncomplete(names, names.contains(INDEX) ? shards(folder.resolve(INDEX), where) : Set.of(), where);
        List<Path> files = chosen(names).stream().map(folder::resolve).toList();
        refusePointers(files, where);
        return files;
    }

    /**
     * Refuses a folder that holds an adapter.
     *
     * @param where the folder or repository, for problems
     * @throws FineTuneException with FT0494 if it does
     */
    static void refuseAdapter(Path folder, String where) throws IOException {
        refuseAdapter(folder, names(folder), where);
    }

    private static void refuseAdapter(Path folder, List<String> names, String where) throws IOException {
        if (isAdapter(names)) {
            throw AdapterRefusal.of(where, names, adapterConfig(folder.resolve(ADAPTER_CONFIG)));
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    /** A clone without Git LFS has a few lines of text in place of each large file. */
    private static void refusePointers(List<Path> files, String where) throws IOException {
        List<String> pointers = new ArrayList<>();
        for (Path file : files) {
            if (Files.size(file) <= POINTER_BYTES && isPointer(Files.readAllBytes(file))) {
                pointers.add(String.valueOf(file.getFileName()));
            }
        }
        if (!pointers.isEmpty()) {
            throw StoreProblems.INCOMPLETE
                    .error(where + " lacks the content of " + String.join(", ", pointers))
                    .at(Location.of(where))
                    .because("the files are pointers of Git LFS")
                    .remedy("git -C " + ShellWord.of(where) + " lfs pull")
                    .asException();
        }
    }

    private static boolean isPointer(byte[] content) {
        return new String(content, StandardCharsets.UTF_8).startsWith("version https://git-lfs");
    }

    /** The shards that an index names, each a file beside it. */
    private static Set<String> shards(Path index, String where) throws IOException {
        if (Files.size(index) > MAX_INDEX_BYTES) {
            throw damagedIndex(where, "it is larger than " + MAX_INDEX_BYTES + " bytes");
        }
        JsonNode map;
        try {
            map = new ObjectMapper().readTree(index.toFile()).path("weight_map");
        } catch (JsonProcessingException e) {
            throw damagedIndex(where, "it is no JSON");
        }
        if (!map.isObject()) {
            throw damagedIndex(where, "weight_map says of no tensor in which file it lies");
        }
        Set<String> shards = new TreeSet<>();
        map.properties().forEach(entry -> {
            String shard = entry.getValue().asText();
            if (!isWeights(shard)) {
                throw damagedIndex(
                        where, entry.getKey() + " lies in " + shard + ", which is no weight file of this folder");
            }
            shards.add(shard);
        });
        return shards;
    }

    private static FineTuneException damagedIndex(String where, String why) {
        return StoreProblems.INCOMPLETE
                .error(where + " lacks an index of its weights that can be read")
                .at(Location.of(where + "/" + INDEX))
                .because(why)
                .remedy(recipe(where, List.of(INDEX), List.of()))
                .asException();
    }

    /** What PEFT wrote beside an adapter; a missing node where that cannot be read. */
    static JsonNode adapterConfig(Path file) throws IOException {
        if (Files.size(file) > MAX_ADAPTER_CONFIG_BYTES) {
            return MissingNode.getInstance();
        }
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
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

    private static String recipe(String where, List<String> missing, Collection<String> names) {
        if (where.startsWith("hf:")) {
            return "finetune models    # models that are complete";
        }
        if (PackagedModel.isAddress(where)) {
            return zipping(where, names);
        }
        return missing.equals(List.of(TOKENIZER))
                ? "python3 -c \"from transformers import AutoTokenizer as T; T.from_pretrained('" + where
                        + "').save_pretrained('" + where + "')\""
                : "hf download ORG/NAME --local-dir " + ShellWord.of(where) + " --include "
                        + missing.stream().map(name -> "'" + name + "'").collect(Collectors.joining(" "));
    }

    /** How the zip of a package is made, from the folder in which its files lie where it holds one. */
    private static String zipping(String address, Collection<String> names) {
        // Where one lies at the top, those in folders are of parts, such as 1_Pooling of sentence-transformers.
        Optional<String> config = names.contains(CONFIG)
                ? Optional.empty()
                : names.stream()
                        .filter(name -> name.endsWith("/" + CONFIG))
                        .min(Comparator.comparingInt(String::length));
        String folder = config.map(name -> name.substring(0, name.length() - CONFIG.length() - 1))
                .orElse("model");
        String zip = "../".repeat(folder.split("/", -1).length) + address.substring(1 + lastSlash(address));
        return (config.isPresent() ? "" : "hf download ORG/NAME --local-dir model && ") + "(cd " + ShellWord.of(folder)
                + " && zip -r " + ShellWord.of(zip) + " .)";
    }

    private static int lastSlash(String address) {
        return Math.max(address.lastIndexOf('/'), address.lastIndexOf('!'));
    }

    private static FineTuneException incomplete(String where, List<String> missing, Collection<String> names) {
        return StoreProblems.INCOMPLETE
                .error(where + " lacks files of the model")
                .at(Location.of(where))
                .because("missing: " + String.join(", ", missing)
                        + (PackagedModel.isAddress(where) && !names.contains(CONFIG)
                                ? "; they must lie at the top of the zip"
                                : ""))
                .remedy(recipe(where, missing, names))
                .asException();
    }
}
