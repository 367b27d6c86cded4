package dev.finetune4j.engine.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
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
    private static final String TOKENIZER = "tokenizer.json";
    private static final Set<String> SMALL_FILES = Set.of(
            CONFIG,
            TOKENIZER,
            INDEX,
            "generation_config.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja");
    /** What PEFT calls adapters that it cannot merge: tokens in front of texts or in attention, and mixtures that each text decides. */
    private static final Set<String> UNMERGEABLE = Set.of(
            "ADAPTION_PROMPT",
            "CARTRIDGE",
            "CPT",
            "LILY",
            "MULTITASK_PROMPT_TUNING",
            "POLY",
            "P_TUNING",
            "PREFIX_TUNING",
            "PROMPT_TUNING",
            "XLORA");

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
            throw ofAdapter(where, names, MissingNode.getInstance());
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
        List<String> names;
        try (Stream<Path> all = Files.list(folder)) {
            names = all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
        if (isAdapter(names)) {
            throw ofAdapter(where, names, adapterConfig(folder.resolve(ADAPTER_CONFIG)));
        }
        refuseIncomplete(names, names.contains(INDEX) ? shards(folder.resolve(INDEX), where) : Set.of(), where);
        List<Path> files = chosen(names).stream().map(folder::resolve).toList();
        refusePointers(files, where);
        return files;
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

    private static Set<String> shards(Path index, String where) throws IOException {
        if (Files.size(index) > MAX_INDEX_BYTES) {
            throw incomplete(where, List.of("an index that can be read"), List.of());
        }
        try {
            JsonNode map = new ObjectMapper().readTree(index.toFile()).path("weight_map");
            Set<String> shards = new TreeSet<>();
            map.forEach(shard -> shards.add(shard.asText()));
            return shards;
        } catch (JsonProcessingException e) {
            throw incomplete(where, List.of("an index that can be read"), List.of());
        }
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

    /**
     * The refusal of an adapter.
     *
     * @param where its folder or repository
     * @param names all files there are
     * @param config what PEFT says of it; a missing node where that cannot be read
     */
    static FineTuneException ofAdapter(String where, Collection<String> names, JsonNode config) {
        String base = config.path("base_model_name_or_path").asText("");
        Problem.Builder problem = StoreProblems.INCOMPLETE
                .error(where + " is an adapter" + (base.isEmpty() ? "" : " of " + base) + ", not a model")
                .at(Location.of(where))
                .because("it holds " + ADAPTER_CONFIG + ", and no weights but those that are added to another model");
        String kind = config.path("peft_type").asText();
        if (UNMERGEABLE.contains(kind) || config.hasNonNull("alora_invocation_tokens")) {
            return problem.because("PEFT cannot merge adapters of the kind " + kind + " into that model")
                    .remedy("model: hf:" + (base.matches("[\\w.-]+/[\\w.-]+") ? base : "ORG/NAME"))
                    .asException();
        }
        return problem.remedy(merging(where, names, config))
                .remedy("finetune export RUN --to FOLDER    # where a run wrote the adapter")
                .asException();
    }

    /** A command of a shell: what no shell and no Python would read as it stands is left to whoever pastes it. */
    private static String merging(String where, Collection<String> names, JsonNode config) {
        String named = where.startsWith("hf:") ? where.replaceFirst("^hf:", "").replaceFirst("@.*", "") : where;
        String adapter = PackagedModel.isAddress(where) || !named.matches("[\\w@%+=:,./ -]+")
                ? "FOLDER"
                : named.replaceFirst("/+$", "");
        String fetching = "";
        if (where.startsWith("hf:")
                && where.contains("@")) { // before PEFT 0.20 a revision is that of the configuration alone
            adapter = named.replaceFirst("^.*/", "");
            fetching = "hf download " + named + " --revision " + where.replaceFirst("^[^@]*@", "") + " --local-dir "
                    + adapter + " && ";
        }
        // PEFT does not write how many labels there are, and transformers takes 2 where nobody says another number.
        boolean tellsLabels = config.path("task_type").asText().equals("SEQ_CLS");
        return fetching + "python3 -c \"from peft import AutoPeftModelFor"
                + (tellsLabels ? "SequenceClassification" : "CausalLM")
                + " as M; from transformers import AutoTokenizer as T; m = M.from_pretrained('" + adapter + "'"
                + (tellsLabels ? ", num_labels=N" : "") + "); T.from_pretrained("
                + (names.contains(TOKENIZER) ? "'" + adapter + "'" : "m.active_peft_config.base_model_name_or_path")
                + ").save_pretrained('" + adapter + "-merged'); m.merge_and_unload().save_pretrained('" + adapter
                + "-merged')\"" + (tellsLabels ? "    # N: how many labels it tells apart" : "");
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
                : "hf download ORG/NAME --local-dir " + where + " --include "
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
