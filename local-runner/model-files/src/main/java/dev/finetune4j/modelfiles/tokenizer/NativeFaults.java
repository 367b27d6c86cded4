package dev.finetune4j.modelfiles.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What a tokenizer.json may ask for and the native library cannot do: there it ends the whole process, as tokenizers 0.21.4 does where
 * its Rust panics below Java, or takes memory until the system ends it, and no Java code gets to say why.
 */
final class NativeFaults {
    /** Texts with beginnings, ends and borders of words, at which an expression may match nothing. */
    private static final List<String> PROBES = List.of("", "a", " ", "A b1.", "\n", "\u00e9\u6f22", "<s>");

    private static final int DEEPEST = 16;
    private static final int LONGEST_EXPRESSION = 1 << 14;

    /** The engine goes down into groups and classes by calls: of 1,000 in each other it has left the 1 MiB of stack of a thread of Java. */
    static final int MOST_BRACKETS = 256;

    private static final int SHOWN_CHARACTERS = 80;

    private NativeFaults() {}

    /** The first that a tokenizer has, in words. */
    static Optional<String> in(JsonNode tokenizer) {
        return ofExpressions(tokenizer)
                .or(() -> new Growth().add("normalizer", tokenizer.path("normalizer")))
                .or(() -> ofNormalizer(tokenizer.path("normalizer"), 0))
                .or(() -> ofAddedTokens(tokenizer))
                .or(() -> ofPreTokenizer(tokenizer.path("pre_tokenizer"), 0))
                .or(() -> ofModel(tokenizer.path("model")))
                .or(() -> new Growth().add("decoder", tokenizer.path("decoder")))
                .or(() -> ofDecoder(tokenizer.path("decoder"), 0));
    }

    /**
     * The engine of regular expressions gives up on a text after ten million steps back, and the library with it. Brackets are counted
     * wherever they stand: which of them are in each other depends on options, comments and names of control characters.
     */
    private static Optional<String> ofExpressions(JsonNode tokenizer) {
        for (String part : List.of("normalizer", "pre_tokenizer", "decoder")) {
            for (String expression : tokenizer.path(part).findValuesAsText("Regex")) {
                if (expression.length() > LONGEST_EXPRESSION) {
                    return Optional.of(part + " has a pattern of " + expression.length() + " characters; at most "
                            + LONGEST_EXPRESSION + " are possible");
                }
                long brackets = expression
                        .chars()
                        .filter(sign -> sign == '(' || sign == '[')
                        .count();
                if (brackets > MOST_BRACKETS) {
                    return Optional.of(part + " has a pattern with " + brackets + " opening brackets; at most "
                            + MOST_BRACKETS + " are possible");
                }
                if (NestedRepetition.isIn(expression)) {
                    return Optional.of(part + " has a pattern that repeats without bound what repeats without bound: "
                            + shown(expression));
                }
            }
        }
        return Optional.empty();
    }

    private static String shown(String expression) {
        return expression.length() <= SHOWN_CHARACTERS ? expression : expression.substring(0, SHOWN_CHARACTERS) + "...";
    }

    private static Optional<String> ofNormalizer(JsonNode step, int depth) {
        return switch (type(step)) {
            case "Sequence" -> ofSteps(step.path("normalizers"), depth, NativeFaults::ofNormalizer);
            case "Prepend" -> fault(step.path("prepend").asText("").isEmpty(), "normalizer Prepend prepends nothing");
            case "Replace" ->
                // only what is put in has its place in the text looked up: to put in nothing does no harm
                fault(
                        !step.path("content").asText("").isEmpty() && matchesNothing(step.path("pattern")),
                        "normalizer Replace has a pattern that matches no character");
            case "Precompiled" ->
                fault(
                        CharacterMap.of(step.path("precompiled_charsmap").asText(""))
                                .filter(CharacterMap::leadsNowhereElse)
                                .isEmpty(),
                        "normalizer Precompiled has a damaged precompiled_charsmap");
            default -> Optional.empty();
        };
    }

    /** The library looks for added tokens in texts as the normalizer leaves them, and an empty one it finds everywhere. */
    private static Optional<String> ofAddedTokens(JsonNode tokenizer) {
        for (JsonNode token : tokenizer.path("added_tokens")) {
            JsonNode content = token.path("content");
            if (token.path("normalized").asBoolean(false)
                    && !content.asText("").isEmpty()
                    && NormalizerSteps.leftOf(content.asText(""), tokenizer.path("normalizer"))
                            .isEmpty()) {
                return Optional.of("the normalizer leaves nothing of the added token " + content);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> ofPreTokenizer(JsonNode step, int depth) {
        return switch (type(step)) {
            case "Sequence" -> ofSteps(step.path("pretokenizers"), depth, NativeFaults::ofPreTokenizer);
            case "FixedLength" -> fault(step.path("length").asLong(1) < 1, "pre_tokenizer FixedLength has length 0");
            default -> Optional.empty();
        };
    }

    private static Optional<String> ofDecoder(JsonNode step, int depth) {
        return switch (type(step)) {
            case "Sequence" -> ofSteps(step.path("decoders"), depth, NativeFaults::ofDecoder);
            case "Strip" ->
                fault(step.path("stop").asLong() > 0, "decoder Strip takes characters off the end of a token");
            default -> Optional.empty();
        };
    }

    /** The prefix of parts of words is cut off the second token of each merge; it and their end are put to every letter of a text. */
    private static Optional<String> ofModel(JsonNode model) {
        for (String key : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
            String text = model.path(key).asText("");
            if (Growth.isLong(text)) {
                return Optional.of("the " + key + " of its model has " + text.length() + " characters; at most "
                        + Growth.LONGEST + " are possible");
            }
        }
        byte[] prefix = model.path("continuing_subword_prefix").asText("").getBytes(StandardCharsets.UTF_8);
        if (prefix.length == 0) {
            return Optional.empty();
        }
        for (JsonNode merge : model.path("merges")) {
            String text =
                    merge.isArray() ? merge.path(1).asText() : merge.asText().replaceFirst("^[^ ]* ", "");
            byte[] second = text.getBytes(StandardCharsets.UTF_8);
            if (second.length < prefix.length || !isBorder(ByteBuffer.wrap(second), prefix.length)) {
                return Optional.of("merge " + merge + " has a second token shorter than continuing_subword_prefix");
            }
        }
        return Optional.empty();
    }

    /** What looks at one step, or at one of a sequence of them. */
    private interface Look {
        Optional<String> at(JsonNode step, int depth);
    }

    private static Optional<String> ofSteps(JsonNode steps, int depth, Look look) {
        if (depth >= DEEPEST) {
            return Optional.of("sequences of steps are nested more than " + DEEPEST + " deep");
        }
        for (JsonNode step : steps) {
            Optional<String> fault = look.at(step, depth + 1);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static String type(JsonNode step) {
        return step.path("type").asText("");
    }

    private static Optional<String> fault(boolean isThere, String words) {
        return isThere ? Optional.of(words) : Optional.empty();
    }

    /** Expressions of the library that Java does not know are left to it. */
    private static boolean matchesNothing(JsonNode pattern) {
        if (pattern.path("String").isTextual()) {
            return pattern.path("String").asText().isEmpty();
        }
        if (!pattern.path("Regex").isTextual()) {
            return false;
        }
        try {
            Pattern expression = Pattern.compile(pattern.path("Regex").asText());
            return PROBES.stream()
                    .anyMatch(probe ->
                            expression.matcher(probe).results().anyMatch(match -> match.start() == match.end()));
        } catch (PatternSyntaxException | StackOverflowError e) {
            return false;
        }
    }

    /** Whether a character begins at a byte of a UTF-8 text, or the text ends there. */
    static boolean isBorder(ByteBuffer text, int at) {
        return at == text.limit() || (at < text.limit() && (text.get(at) & 0xC0) != 0x80);
    }
}
