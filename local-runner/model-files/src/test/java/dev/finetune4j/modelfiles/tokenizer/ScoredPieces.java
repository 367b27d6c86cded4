package dev.finetune4j.modelfiles.tokenizer;

import dev.finetune4j.modelfiles.weights.GgufValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Tokens of a text without special tokens by the scores in GGUF, in the plainest way: of all neighbours that are a token together, the
 * two with the highest score are joined, the leftmost first (llm_tokenizer_spm of llama.cpp).
 */
final class ScoredPieces {
    private final Map<String, Integer> ids = new HashMap<>();
    private final double[] scores;
    private final boolean addsBlank;

    ScoredPieces(Map<String, GgufValue> keys) {
        List<String> tokens = ((GgufValue.Texts) value(keys, "tokens")).values();
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        scores = ((GgufValue.Reals) value(keys, "scores")).values();
        addsBlank = ((GgufValue.Truth) value(keys, "add_space_prefix")).value();
    }

    private static GgufValue value(Map<String, GgufValue> keys, String name) {
        return Objects.requireNonNull(keys.get("tokenizer.ggml." + name), name);
    }

    List<Integer> of(String text) {
        String written = (addsBlank && !text.isEmpty() ? " " + text : text).replace(' ', '\u2581');
        List<String> pieces = new ArrayList<>(
                written.codePoints().mapToObj(Character::toString).toList());
        while (joinBest(pieces)) {
            // One pair less each time.
        }
        List<Integer> tokens = new ArrayList<>();
        for (String piece : pieces) {
            if (ids.containsKey(piece)) {
                tokens.add(ids.get(piece));
            } else {
                for (byte each : piece.getBytes(StandardCharsets.UTF_8)) {
                    tokens.add(ids.get(String.format(Locale.ROOT, "<0x%02X>", each)));
                }
            }
        }
        return tokens;
    }

    private boolean joinBest(List<String> pieces) {
        int best = -1;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i + 1 < pieces.size(); i++) {
            Integer id = ids.get(pieces.get(i) + pieces.get(i + 1));
            if (id != null && scores[id] > highest) {
                best = i;
                highest = scores[id];
            }
        }
        if (best >= 0) {
            pieces.set(best, pieces.get(best) + pieces.remove(best + 1));
        }
        return best >= 0;
    }
}
