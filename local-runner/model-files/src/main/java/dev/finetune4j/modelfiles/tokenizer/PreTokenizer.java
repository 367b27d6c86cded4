package dev.finetune4j.modelfiles.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How text is cut before byte-level BPE merges, by the name that GGUF files have for it (<a
 * href="https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp">llama-vocab.cpp</a>), as the model's own
 * tokenizer.json has it.
 */
enum PreTokenizer {
    /** GPT-2's pattern. */
    GPT2("gpt-2", "GPT-2", false) {
        @Override
        JsonNode json() {
            return byteLevel(true);
        }
    },
    /** Every digit alone, then GPT-2's pattern. */
    DIGITS_THEN_GPT2("smollm", "SmolLM", false) {
        @Override
        JsonNode json() {
            ObjectNode digits = NODES.objectNode().put("type", "Digits").put("individual_digits", true);
            return sequence(digits, byteLevel(true));
        }
    },
    /** Llama 3's pattern: up to three digits together; a word that is a token needs no merges. */
    LLAMA3("llama-bpe", "Llama 3", true) {
        @Override
        JsonNode json() {
            return sequence(split("\\p{N}{1,3}"), byteLevel(false));
        }
    },
    /** Qwen2's pattern: every digit alone, composed characters. */
    QWEN2("qwen2", "Qwen 2", false) {
        @Override
        JsonNode json() {
            return sequence(split("\\p{N}"), byteLevel(false));
        }

        @Override
        JsonNode normalizer() {
            return NODES.objectNode().put("type", "NFC");
        }
    };

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final Map<String, PreTokenizer> BY_GGUF_NAME = new TreeMap<>(Map.ofEntries(
            Map.entry("gpt-2", GPT2),
            Map.entry("gpt2", GPT2),
            Map.entry("smollm", DIGITS_THEN_GPT2),
            Map.entry("starcoder", DIGITS_THEN_GPT2),
            Map.entry("refact", DIGITS_THEN_GPT2),
            Map.entry("command-r", DIGITS_THEN_GPT2),
            Map.entry("llama-bpe", LLAMA3),
            Map.entry("llama3", LLAMA3),
            Map.entry("llama-v3", LLAMA3),
            Map.entry("qwen2", QWEN2),
            Map.entry("deepseek-r1-qwen", QWEN2)));

    private final String ggufName;
    private final String modelName;
    private final boolean ignoresMerges;

    PreTokenizer(String ggufName, String modelName, boolean ignoresMerges) {
        this.ggufName = ggufName;
        this.modelName = modelName;
        this.ignoresMerges = ignoresMerges;
    }

    /** The part of tokenizer.json. */
    abstract JsonNode json();

    /** The normalizer of tokenizer.json. */
    JsonNode normalizer() {
        return NODES.nullNode();
    }

    boolean ignoresMerges() {
        return ignoresMerges;
    }

    static Optional<PreTokenizer> ofGguf(String name) {
        return Optional.ofNullable(BY_GGUF_NAME.get(name));
    }

    /**
     * The one that cuts text as a tokenizer.json does; empty if none is known.
     *
     * @param tokenizer the whole tokenizer.json
     */
    static Optional<PreTokenizer> of(JsonNode tokenizer) {
        return ofSteps(tokenizer).filter(known -> known.differences(tokenizer).isEmpty());
    }

    /** The one that has the steps of a tokenizer.json, whatever else makes its tokens others; empty if none is known. */
    static Optional<PreTokenizer> ofSteps(JsonNode tokenizer) {
        JsonNode steps = significant(tokenizer.path("pre_tokenizer"));
        return Arrays.stream(values())
                .filter(known -> steps.equals(significant(known.json())))
                .findFirst();
    }

    /** What besides the steps makes other tokens of a text in a tokenizer.json than in this, for messages. */
    List<String> differences(JsonNode tokenizer) {
        List<String> differences = new ArrayList<>();
        JsonNode theirs = tokenizer.path("normalizer");
        if (!(theirs.isMissingNode() ? normalizer().isNull() : normalizer().equals(theirs))) {
            differences.add("its normalizer is " + type(theirs) + ", " + modelName + "'s is " + type(normalizer()));
        }
        boolean theyIgnore = tokenizer.path("model").path("ignore_merges").asBoolean();
        if (theyIgnore != ignoresMerges) {
            differences.add(
                    theyIgnore
                            ? "its BPE ignores merges, " + modelName + "'s does not"
                            : "its BPE does not ignore merges, " + modelName + "'s does");
        }
        return differences;
    }

    private static String type(JsonNode step) {
        return step.path("type").asText("(none)");
    }

    /** What decides about tokens: offsets do not, and a byte-level step splits unless it says otherwise. */
    private static JsonNode significant(JsonNode step) {
        if (!step.isObject()) {
            return step;
        }
        ObjectNode reduced = ((ObjectNode) step.deepCopy()).without("trim_offsets");
        if (step.path("type").asText().equals("ByteLevel") && !step.has("use_regex")) {
            reduced.put("use_regex", true);
        }
        if (step.path("pretokenizers").isArray()) {
            ArrayNode inner = reduced.putArray("pretokenizers");
            step.path("pretokenizers").forEach(each -> inner.add(significant(each)));
        }
        return reduced;
    }

    /** The name that llama.cpp's own conversion writes. */
    String ggufName() {
        return ggufName;
    }

    /** All names, for messages. */
    static String ggufNames() {
        return String.join(", ", BY_GGUF_NAME.keySet());
    }

    static ObjectNode byteLevel(boolean splits) {
        return NODES.objectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", splits);
    }

    private static ObjectNode split(String digits) {
        String pattern = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" + digits
                + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        ObjectNode split = NODES.objectNode().put("type", "Split");
        split.putObject("pattern").put("Regex", pattern);
        return split.put("behavior", "Isolated").put("invert", false);
    }

    private static ObjectNode sequence(ObjectNode... steps) {
        ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
        ArrayNode all = sequence.putArray("pretokenizers");
        Arrays.stream(steps).forEach(all::add);
        return sequence;
    }
}
