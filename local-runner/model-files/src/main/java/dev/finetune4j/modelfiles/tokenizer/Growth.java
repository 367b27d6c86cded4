package dev.finetune4j.modelfiles.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.BitSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How many times as long as they were the steps of a normalizer, or of a decoder, may make texts. */
final class Growth {
    /** Published tokenizers replace one character by one; steps that multiply take all memory for a row that takes none. */
    private static final double MOST = 64;

    /** Characters that a step may put into a text at once. */
    static final int LONGEST = 4096;

    /** Of a character, each of which becomes a character of its own. */
    private static final int MOST_BYTES = 4;

    /** By the steps up to the last one that may change any character. */
    private double before = 1;

    /** By the steps after those, each of which replaces one text by another. */
    private double since = 1;

    /** Characters that the steps after those put in. */
    private final BitSet putIn = new BitSet();

    /**
     * Takes a step, or those of a sequence, after the ones that were taken before.
     *
     * @param kind what the step is one of: {@code normalizer} or {@code decoder}
     * @return what is wrong if texts may become too long
     */
    Optional<String> add(String kind, JsonNode step) {
        for (JsonNode inner : step.path(kind + "s")) {
            Optional<String> fault = add(kind, inner);
            if (fault.isPresent()) {
                return fault;
            }
        }
        String name = kind + " " + step.path("type").asText("");
        for (Map.Entry<String, JsonNode> field : step.properties()) {
            String text = field.getValue().asText("");
            if (isLong(text) && !field.getKey().equals("precompiled_charsmap")) {
                return Optional.of(name + " has a " + field.getKey() + " with " + text.length()
                        + " characters; at most " + LONGEST + " are possible");
            }
        }
        take(step);
        double factor = before * since;
        return factor <= MOST
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "%s makes texts up to %.0f times as long, with the steps before it; at most %.0f times are possible",
                        name,
                        factor,
                        MOST));
    }

    /** Whether a text is longer than a step may put in. */
    static boolean isLong(String text) {
        return text.length() > LONGEST;
    }

    private void take(JsonNode step) {
        String replaced = step.path("pattern").path("String").asText("");
        if (replaced.isEmpty() || !step.path("type").asText("").equals("Replace")) {
            before *= since * of(step);
            since = 1;
            putIn.clear();
            return;
        }
        String content = step.path("content").asText("");
        double own = Math.max(1.0, (double) content.length() / replaced.length());
        // What no step before has put in was not made longer before, so that no part of a text grows twice.
        since = replaced.chars().anyMatch(putIn::get) ? since * own : Math.max(since, own);
        content.chars().forEach(putIn::set);
    }

    private static double of(JsonNode step) {
        return switch (step.path("type").asText("")) {
            case "ByteLevel" -> MOST_BYTES;
            case "Precompiled" ->
                CharacterMap.of(step.path("precompiled_charsmap").asText(""))
                        .map(CharacterMap::longest)
                        .filter(bytes -> bytes > MOST) // NFKC has one of 33
                        .orElse(1);
            default -> Math.max(1.0, step.path("content").asText("").length());
        };
    }
}
