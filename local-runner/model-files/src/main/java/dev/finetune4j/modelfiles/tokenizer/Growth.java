package dev.finetune4j.modelfiles.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
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

    private double factor = 1;

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
        factor *= of(step);
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

    private static double of(JsonNode step) {
        return switch (step.path("type").asText("")) {
            case "ByteLevel" -> MOST_BYTES;
            case "Precompiled" ->
                CharacterMap.of(step.path("precompiled_charsmap").asText(""))
                        .map(CharacterMap::longest)
                        .filter(bytes -> bytes > MOST) // NFKC has one of 33
                        .orElse(1);
            default -> {
                int replaced = step.path("pattern").path("String").asText("").length();
                int content = step.path("content").asText("").length();
                yield Math.max(1.0, (double) content / Math.max(1, replaced));
            }
        };
    }
}
