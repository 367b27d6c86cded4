package dev.finetune4j.modelfiles.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What GGUF says of BPE on characters with bytes for the rest, as SentencePiece makes it for Llama and Mistral. Where a tokenizer.json
 * has merges in their order, GGUF has a score for each token: of all neighbours that make a token together, llama.cpp joins those whose
 * token has the highest. Both give the same if the merges of one token follow each other, and no pair is missing among them. Where two
 * merges of the same token overlap, as in a run of one letter, llama.cpp takes the left one, as SentencePiece does, and not the first.
 */
final class SentencePieces {
    /** What a blank is written as. */
    private static final String BLANK = "\u2581";

    private static final int BYTES = 256;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Settings of the model that change its tokens, and are not in GGUF. */
    private static final List<String> OTHER_SETTINGS =
            List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges");

    private final TokenizerJson tokenizer;
    private final JsonNode model;
    private final List<Pair> merges;
    private final Map<String, Double> scores = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();

    /** Two tokens that are joined. */
    private record Pair(String left, String right) {
        String joined() {
            return left + right;
        }
    }

    private SentencePieces(TokenizerJson tokenizer) {
        this.tokenizer = tokenizer;
        this.model = tokenizer.tree().path("model");
        this.merges = merges(model);
    }

    /** Whether a tokenizer's model is BPE with bytes for what has no token. */
    static boolean isModelOf(TokenizerJson tokenizer) {
        JsonNode model = tokenizer.tree().path("model");
        return model.path("type").asText(model.has("merges") ? "BPE" : "").equals("BPE")
                && model.path("byte_fallback").asBoolean();
    }

    /**
     * Looks at a tokenizer for which {@link #isModelOf} holds.
     *
     * @throws FineTuneException with FT0434 and all reasons if GGUF would make other tokens of it
     */
    static SentencePieces of(TokenizerJson tokenizer) {
        SentencePieces pieces = new SentencePieces(tokenizer);
        pieces.checkSteps();
        pieces.checkBytes();
        pieces.scoreMerges();
        pieces.checkPairs();
        if (!pieces.wrong.isEmpty()) {
            Problem.Builder problem = ModelFilesProblems.GGUF_TOKENIZER_UNWRITTEN
                    .error("llama.cpp would make other tokens than this tokenizer")
                    .at(Location.of(tokenizer.source()));
            pieces.wrong.forEach(problem::because);
            throw problem.asException();
        }
        return pieces;
    }

    /** The score of a token: the higher, the earlier it is made; that of what no merge gives is never asked for. */
    double score(String token) {
        return scores.getOrDefault(token, 0.0);
    }

    /** Whether a blank is put before a text, and after each special token. */
    boolean putsBlankBefore() {
        return firstBlank().orElse(false);
    }

    /** The kind of a token of the model's own vocabulary. */
    long kind(String token) {
        if (token.equals(model.path("unk_token").asText())) {
            return TokenKind.UNKNOWN;
        }
        return isByte(token) ? TokenKind.BYTE : TokenKind.NORMAL;
    }

    private static boolean isByte(String token) {
        return token.matches("<0x[0-9A-F]{2}>");
    }

    private static List<Pair> merges(JsonNode model) {
        List<Pair> merges = new ArrayList<>();
        for (JsonNode merge : model.path("merges")) {
            String[] words = merge.asText().split(" ", 2);
            merges.add(
                    merge.isArray()
                            ? new Pair(merge.path(0).asText(), merge.path(1).asText())
                            : new Pair(words[0], words[words.length - 1]));
        }
        return merges;
    }

    private void checkSteps() {
        if (firstBlank().isEmpty()) {
            wrong.add("its normalizer is " + shown("normalizer") + " and its pre-tokenizer " + shown("pre_tokenizer")
                    + "; written is " + BLANK + " for each blank, and one before each part of a text or none");
        }
        OTHER_SETTINGS.stream()
                .filter(key -> !model.path(key).isMissingNode()
                        && !model.path(key).isNull()
                        && !model.path(key).asText().isEmpty()
                        && !model.path(key).asText().equals("false"))
                .forEach(key -> wrong.add("model." + key + " is " + model.path(key) + ", and GGUF has no word for it"));
    }

    private String shown(String step) {
        JsonNode node = tokenizer.tree().path(step);
        return node.isMissingNode() ? "null" : node.toString();
    }

    /** Whether there is one before each part of a text; empty where the text is changed or cut in any other way. */
    private Optional<Boolean> firstBlank() {
        JsonNode normalizer = tokenizer.tree().path("normalizer");
        JsonNode preTokenizer = tokenizer.tree().path("pre_tokenizer");
        boolean isCut = !preTokenizer.isMissingNode() && !preTokenizer.isNull();
        if (!isCut && normalizer.equals(replace())) {
            return Optional.of(false);
        }
        if (!isCut && normalizer.equals(prependAndReplace())) {
            return Optional.of(true);
        }
        boolean isPlain = normalizer.isMissingNode() || normalizer.isNull();
        boolean isMetaspace = preTokenizer.path("type").asText().equals("Metaspace")
                && preTokenizer.path("replacement").asText().equals(BLANK)
                && preTokenizer.path("prepend_scheme").asText().equals("never")
                && !preTokenizer.path("split").asBoolean(true);
        return isPlain && isMetaspace ? Optional.of(false) : Optional.empty();
    }

    private static ObjectNode replace() {
        ObjectNode replace = NODES.objectNode().put("type", "Replace");
        replace.putObject("pattern").put("String", " ");
        return replace.put("content", BLANK);
    }

    private static ObjectNode prependAndReplace() {
        ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
        sequence.putArray("normalizers")
                .add(NODES.objectNode().put("type", "Prepend").put("prepend", BLANK))
                .add(replace());
        return sequence;
    }

    private void checkBytes() {
        List<String> missing = new ArrayList<>();
        for (int value = 0; value < BYTES; value++) {
            String token = String.format(Locale.ROOT, "<0x%02X>", value);
            if (!model.path("vocab").has(token)) {
                missing.add(token);
            }
        }
        if (!missing.isEmpty()) {
            wrong.add(
                    "of its " + BYTES + " bytes " + missing.size() + " have no token, the first is " + missing.get(0));
        }
    }

    private void scoreMerges() {
        String last = "";
        for (Pair merge : merges) {
            String token = merge.joined();
            if (token.equals(last)) {
                continue;
            }
            if (scores.containsKey(token)) {
                wrong.add(
                        "the merges that give " + token + " do not follow each other, and GGUF has one score for them");
                return;
            }
            scores.put(token, -1.0 - scores.size());
            last = token;
        }
    }

    /** What llama.cpp would join must be a merge. Added tokens are found in a text before anything is joined. */
    private void checkPairs() {
        Set<Pair> known = new HashSet<>(merges);
        Set<String> added =
                tokenizer.addedTokens().stream().map(AddedToken::content).collect(Collectors.toSet());
        List<String> pieces = new ArrayList<>();
        model.path("vocab").fieldNames().forEachRemaining(pieces::add);
        pieces.removeIf(token -> added.contains(token) || kind(token) != TokenKind.NORMAL);
        for (String token : pieces) {
            for (int at = token.offsetByCodePoints(0, 1); at < token.length(); at = token.offsetByCodePoints(at, 1)) {
                Pair pair = new Pair(token.substring(0, at), token.substring(at));
                if (isMade(pair.left()) && isMade(pair.right()) && !known.contains(pair)) {
                    wrong.add("of " + pair.left() + " and " + pair.right() + " llama.cpp would make " + token
                            + ", and the tokenizer has no such merge");
                    return;
                }
            }
        }
    }

    private boolean isMade(String piece) {
        return scores.containsKey(piece)
                || (piece.codePointCount(0, piece.length()) == 1
                        && model.path("vocab").has(piece));
    }
}
