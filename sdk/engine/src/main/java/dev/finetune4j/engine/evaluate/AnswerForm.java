package dev.finetune4j.engine.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.json.Json;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The form that the right answers of held-out rows have, and whether answers keep it. An answer keeps it where all of this holds:
 *
 * <ul>
 *   <li>it ended by itself before the token limit, as far as that is known, and is not empty;
 *   <li>it has at least half the characters of the shortest right answer and at most twice those of the longest;
 *   <li>it has the structure of the right answer to its row: where that is a JSON object the same names in it, where a JSON array an
 *       array, and else its code blocks, lists, headings and tables, whatever is in them; it has none that no right answer has, and
 *       leaves no code block open;
 *   <li>it has no mark of a chat template and no name of a role before a turn that the right answer to its row has not.
 * </ul>
 */
final class AnswerForm {
    private static final long SLACK = 2;
    private static final ObjectReader JSON =
            Json.records().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Special tokens as the templates of common models spell them. */
    private static final Pattern TEMPLATE_MARK = Pattern.compile(
            "<\\|[^|<>\\s]{1,40}\\|>|<｜[^｜<>\\s]{1,40}｜>|</?s>|<(?:start|end)_of_turn>|\\[/?INST]|<</?SYS>>");

    /** A turn as text; special tokens that are left out of an answer leave the bare role of the next turn on a line of its own. */
    private static final Pattern ROLE = Pattern.compile(
            "^[ \\t]*(?:(?:user|assistant|system|human)[ \\t]*(?::|$)|###[ \\t]*(?:instruction|response)\\b)",
            Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    private final long shortest;
    private final long longest;
    private final Map<String, Markup> markups = new HashMap<>();
    private final Set<Structure> known = EnumSet.noneOf(Structure.class);

    /** The form of these right answers. */
    AnswerForm(List<String> references) {
        shortest = references.stream().mapToLong(AnswerForm::characters).min().orElse(0);
        longest = references.stream().mapToLong(AnswerForm::characters).max().orElse(0);
        references.forEach(reference -> markups.computeIfAbsent(reference.strip(), Markup::of));
        markups.values().forEach(markup -> known.addAll(markup.structures()));
    }

    /** Whether a prediction's answer, which must be there, keeps the form; the right answer to its row is one of those of the form. */
    boolean isKept(Prediction prediction, String answer) {
        String given = answer.strip();
        String right = prediction.reference().strip();
        return !Boolean.FALSE.equals(prediction.complete())
                && !given.isEmpty()
                && hasLength(given)
                && hasStructure(given, right)
                && marks(right).containsAll(marks(given));
    }

    private boolean hasLength(String given) {
        long length = characters(given);
        return SLACK * length >= shortest && length <= SLACK * longest;
    }

    private boolean hasStructure(String given, String right) {
        Optional<Set<String>> names = names(right);
        if (names.isPresent()) {
            return given.charAt(0) == right.charAt(0) && names(given).equals(names);
        }
        Markup ofGiven = Markup.of(given);
        Markup ofRight = Objects.requireNonNull(markups.get(right), "right answer");
        return ofGiven.structures().containsAll(ofRight.structures())
                && known.containsAll(ofGiven.structures())
                && (!ofGiven.isOpen() || ofRight.isOpen());
    }

    private static long characters(String text) {
        return text.strip().codePoints().count();
    }

    /** Names in a JSON object, or none for an array; empty where a text is neither. */
    private static Optional<Set<String>> names(String text) {
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return Optional.empty();
        }
        try {
            Set<String> names = new HashSet<>();
            JSON.readTree(text).fieldNames().forEachRemaining(names::add);
            return Optional.of(names);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static Set<String> marks(String text) {
        Set<String> marks = new HashSet<>();
        for (Pattern pattern : List.of(TEMPLATE_MARK, ROLE)) {
            pattern.matcher(text)
                    .results()
                    .map(mark -> mark.group().replaceAll("\\s", "").toLowerCase(Locale.ROOT))
                    .forEach(marks::add);
        }
        return marks;
    }

    private enum Structure {
        CODE,
        LIST,
        HEADING,
        TABLE
    }

    /**
     * The Markdown of a text.
     *
     * @param structures what it has
     * @param isOpen whether its last code block has no end
     */
    private record Markup(Set<Structure> structures, boolean isOpen) {
        private static final String FENCE = "```";
        private static final Pattern ITEM = Pattern.compile("(?:[-*+•]|\\d{1,3}[.)])\\s");
        private static final Pattern HEADING = Pattern.compile("#{1,6}\\s");
        private static final int FEWEST = 2;

        /** One item or row alone is a dash or a bar in plain text. */
        static Markup of(String text) {
            Set<Structure> structures = EnumSet.noneOf(Structure.class);
            boolean isOpen = false;
            int items = 0;
            int rows = 0;
            for (String line : text.lines().map(String::strip).toList()) {
                if (line.startsWith(FENCE)) {
                    structures.add(Structure.CODE);
                    boolean endsOnItsLine = line.indexOf(FENCE, FENCE.length()) >= 0;
                    isOpen = endsOnItsLine ? isOpen : !isOpen;
                } else if (!isOpen) {
                    items += ITEM.matcher(line).lookingAt() ? 1 : 0;
                    rows += line.length() > 1 && line.startsWith("|") && line.endsWith("|") ? 1 : 0;
                    if (HEADING.matcher(line).lookingAt()) {
                        structures.add(Structure.HEADING);
                    }
                }
            }
            if (items >= FEWEST) {
                structures.add(Structure.LIST);
            }
            if (rows >= FEWEST) {
                structures.add(Structure.TABLE);
            }
            return new Markup(structures, isOpen);
        }
    }
}
