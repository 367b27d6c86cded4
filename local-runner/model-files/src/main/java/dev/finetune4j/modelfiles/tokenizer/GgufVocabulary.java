package dev.finetune4j.modelfiles.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.weights.GgufValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a tokenizer.json as the keys of GGUF from which {@link GgufTokenizer}, and llama.cpp, make the same tokens. */
public final class GgufVocabulary {
    /** What {@code tokenizer.ggml.model} says of BPE by scores, as SentencePiece makes it. */
    private static final String SENTENCE_PIECES = "llama";

    private final TokenizerJson tokenizer;
    private final JsonNode model;

    private GgufVocabulary(TokenizerJson tokenizer) {
        this.tokenizer = tokenizer;
        this.model = tokenizer.tree().path("model");
    }

    /**
     * The keys of a vocabulary.
     *
     * @param tokenizer byte-level BPE with a pre-tokenizer that GGUF has a name for, or BPE on characters as SentencePiece makes it
     * @param size V, rows of the embedding; those without a token are given one that no text has
     * @throws FineTuneException with FT0434 if it is another tokenizer, FT0431 if it has more tokens than the embedding has rows
     */
    public static Map<String, GgufValue> of(TokenizerJson tokenizer, int size) {
        return new GgufVocabulary(tokenizer).keys(size);
    }

    private Map<String, GgufValue> keys(int size) {
        if (tokenizer.vocabularySize() > size) {
            throw ModelFilesProblems.TOKENIZER_DAMAGED
                    .error("the tokenizer has more tokens than the model")
                    .at(Location.of(tokenizer.source()))
                    .because(tokenizer.vocabularySize() + " tokens, and the embedding has " + size + " rows")
                    .asException();
        }
        Optional<SentencePieces> pieces =
                SentencePieces.isModelOf(tokenizer) ? Optional.of(SentencePieces.of(tokenizer)) : Optional.empty();
        Map<String, GgufValue> keys = new LinkedHashMap<>();
        if (pieces.isEmpty()) {
            keys.put("tokenizer.ggml.model", new GgufValue.Text(GgufTokenizer.BYTE_LEVEL_BPE));
            keys.put("tokenizer.ggml.pre", new GgufValue.Text(preTokenizer().ggufName()));
            keys.put("tokenizer.ggml.merges", new GgufValue.Texts(merges()));
        } else {
            keys.put("tokenizer.ggml.model", new GgufValue.Text(SENTENCE_PIECES));
            keys.put(
                    "tokenizer.ggml.add_space_prefix",
                    new GgufValue.Truth(pieces.get().putsBlankBefore()));
        }
        putTokens(keys, size, pieces);
        return keys;
    }

    private void putTokens(Map<String, GgufValue> keys, int size, Optional<SentencePieces> pieces) {
        String[] tokens = new String[size];
        long[] types = new long[size];
        for (int id = 0; id < size; id++) {
            tokens[id] = "[PAD" + id + "]";
            types[id] = TokenKind.UNUSED;
        }
        model.path("vocab").properties().forEach(entry -> {
            tokens[entry.getValue().asInt()] = entry.getKey();
            types[entry.getValue().asInt()] =
                    pieces.map(all -> all.kind(entry.getKey())).orElse(TokenKind.NORMAL);
        });
        for (AddedToken added : tokenizer.addedTokens()) {
            tokens[added.id()] = added.content();
            if (types[added.id()] != TokenKind.UNKNOWN) {
                types[added.id()] = added.special() ? TokenKind.CONTROL : TokenKind.USER_DEFINED;
            }
        }
        keys.put("tokenizer.ggml.tokens", new GgufValue.Texts(Arrays.asList(tokens)));
        keys.put("tokenizer.ggml.token_type", new GgufValue.Wholes(types));
        pieces.ifPresent(all -> keys.put(
                "tokenizer.ggml.scores",
                new GgufValue.Reals(
                        Arrays.stream(tokens).mapToDouble(all::score).toArray())));
    }

    private PreTokenizer preTokenizer() {
        String type = model.path("type").asText(model.has("merges") ? "BPE" : "(none)");
        boolean isByteLevel = type.equals("BPE");
        return (isByteLevel ? PreTokenizer.of(tokenizer.tree()) : Optional.<PreTokenizer>empty())
                .orElseThrow(() -> unwritten(type, isByteLevel));
    }

    private FineTuneException unwritten(String type, boolean isByteLevel) {
        Problem.Builder problem = ModelFilesProblems.GGUF_TOKENIZER_UNWRITTEN
                .error("this tokenizer has no name in GGUF")
                .at(Location.of(tokenizer.source()))
                .because("its model is " + type)
                .because("its pre-tokenizer is " + steps());
        if (isByteLevel) {
            PreTokenizer.ofSteps(tokenizer.tree())
                    .ifPresent(known -> known.differences(tokenizer.tree()).forEach(problem::because));
        }
        return problem.because(
                        "written is BPE on bytes with the pre-tokenizers of GPT-2, SmolLM, Llama 3 and Qwen 2, and that of SentencePiece")
                .asException();
    }

    private String steps() {
        JsonNode step = tokenizer.tree().path("pre_tokenizer");
        List<String> types = new ArrayList<>();
        (step.has("pretokenizers") ? step.path("pretokenizers") : List.of(step))
                .forEach(each -> types.add(each.path("type").asText("(none)")));
        return String.join(" and ", types);
    }

    /** Each a text of two tokens with a blank between; tokens on bytes hold none. */
    private List<String> merges() {
        List<String> merges = new ArrayList<>();
        for (JsonNode pair : model.path("merges")) {
            merges.add(
                    pair.isArray() ? pair.path(0).asText() + " " + pair.path(1).asText() : pair.asText());
        }
        return merges;
    }
}
