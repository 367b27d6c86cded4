package dev.finetune4j.modelfiles.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.weights.GgufFile;
import dev.finetune4j.modelfiles.weights.GgufMetadata;
import java.util.List;
import java.util.Optional;

/** Makes a tokenizer.json out of the metadata of a GGUF file, for byte-level BPE with a pre-tokenizer that is known. */
public final class GgufTokenizer {
    /** What {@code tokenizer.ggml.model} says of byte-level BPE. */
    static final String BYTE_LEVEL_BPE = "gpt2";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private GgufTokenizer() {}

    /**
     * The tokenizer of an open file.
     *
     * @throws FineTuneException with FT0432 if its kind or pre-tokenizer is not known, FT0431 if its lists do not fit together
     */
    public static TokenizerJson read(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        String source = file.path().toString();
        PreTokenizer preTokenizer = preTokenizer(source, metadata);
        List<String> tokens = metadata.texts("tokenizer.ggml.tokens").orElse(List.of());
        List<String> merges = metadata.texts("tokenizer.ggml.merges").orElse(List.of());
        List<Long> types = metadata.wholes("tokenizer.ggml.token_type").orElse(List.of());
        if (tokens.isEmpty() || merges.isEmpty() || (!types.isEmpty() && types.size() != tokens.size())) {
            throw damaged(
                    source, tokens.size() + " tokens, " + types.size() + " token types, " + merges.size() + " merges");
        }
        ObjectNode json = NODES.objectNode();
        json.put("version", "1.0");
        json.set("added_tokens", addedTokens(tokens, types));
        json.set("normalizer", preTokenizer.normalizer());
        json.set("pre_tokenizer", preTokenizer.json());
        json.set("post_processor", postProcessor(metadata, tokens));
        json.set("decoder", PreTokenizer.byteLevel(true));
        json.set("model", model(source, preTokenizer, tokens, merges));
        return TokenizerJson.of(source, json);
    }

    private static PreTokenizer preTokenizer(String source, GgufMetadata metadata) {
        String model = metadata.text("tokenizer.ggml.model").orElse("(none)");
        String name = metadata.text("tokenizer.ggml.pre").orElse("(none)");
        Optional<PreTokenizer> known = model.equals(BYTE_LEVEL_BPE) ? PreTokenizer.ofGguf(name) : Optional.empty();
        return known.orElseThrow(() -> ModelFilesProblems.GGUF_TOKENIZER
                .error("the tokenizer of this GGUF file is not known")
                .at(Location.of(source))
                .because("its model is " + model + " and its pre-tokenizer " + name)
                .because("known are " + BYTE_LEVEL_BPE + " with " + PreTokenizer.ggufNames())
                .asException());
    }

    private static ArrayNode addedTokens(List<String> tokens, List<Long> types) {
        ArrayNode added = NODES.arrayNode();
        for (int id = 0; id < types.size(); id++) {
            long type = types.get(id);
            if (type == TokenKind.CONTROL || type == TokenKind.USER_DEFINED) {
                added.addObject()
                        .put("id", id)
                        .put("content", tokens.get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", type == TokenKind.CONTROL);
            }
        }
        return added;
    }

    /** Says, as tokenizer.json would, whether texts begin with a special token. */
    private static ObjectNode postProcessor(GgufMetadata metadata, List<String> tokens) {
        ObjectNode processor = NODES.objectNode().put("type", "TemplateProcessing");
        ArrayNode single = processor.putArray("single");
        long begin = metadata.whole("tokenizer.ggml.bos_token_id").orElse(-1);
        if (metadata.truth("tokenizer.ggml.add_bos_token").orElse(false) && begin >= 0 && begin < tokens.size()) {
            single.addObject()
                    .putObject("SpecialToken")
                    .put("id", tokens.get((int) begin))
                    .put("type_id", 0);
        }
        return processor;
    }

    private static ObjectNode model(
            String source, PreTokenizer preTokenizer, List<String> tokens, List<String> merges) {
        ObjectNode model = NODES.objectNode();
        model.put("type", "BPE");
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("ignore_merges", preTokenizer.ignoresMerges());
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            if (vocabulary.has(tokens.get(id))) {
                throw damaged(source, "token " + tokens.get(id) + " is there twice, the second is number " + id);
            }
            vocabulary.put(tokens.get(id), id);
        }
        ArrayNode pairs = model.putArray("merges");
        merges.forEach(pairs::add);
        return model;
    }

    private static FineTuneException damaged(String source, String cause) {
        return ModelFilesProblems.TOKENIZER_DAMAGED
                .error("the tokenizer of this GGUF file is damaged")
                .at(Location.of(source))
                .because(cause)
                .asException();
    }
}
