package dev.finetune4j.offlinecloud.logs;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which lines somebody looks for: those with all of some terms, with one at least of those after a question mark, and with none of those
 * after a minus sign. Terms with other signs than letters and digits stand in quotes.
 *
 * @param all terms of which none may be missing
 * @param any terms of which one must be there, unless there are none
 * @param none terms that must not be there
 */
record FilterPattern(List<String> all, List<String> any, List<String> none) {
    private static final Pattern TERM = Pattern.compile("\\s*([?-]?)(?:\"([^\"]*)\"|([\\w.:/@#$%*=+,!]+))(?=\\s|$)");

    /** @throws ServiceError with {@code InvalidParameterException} if it is none, or one that looks into JSON or into columns */
    static FilterPattern of(String text) throws ServiceError {
        FilterPattern pattern = new FilterPattern(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        String rest = text.strip();
        while (!rest.isEmpty()) {
            Matcher term = TERM.matcher(rest);
            if (!term.lookingAt()) {
                throw ServiceError.of(
                        "InvalidParameterException",
                        rest.matches("[{\\[%].*")
                                ? "The offline cloud knows patterns of terms only, not " + text
                                : "Invalid filter pattern");
            }
            String word = term.group(2) == null ? term.group(3) : term.group(2);
            pattern.termsOf(term.group(1)).add(word);
            rest = rest.substring(term.end()).stripLeading();
        }
        return pattern;
    }

    private List<String> termsOf(String sign) {
        return switch (sign) {
            case "?" -> any;
            case "-" -> none;
            default -> all;
        };
    }

    boolean fits(String line) {
        return all.stream().allMatch(line::contains)
                && (any.isEmpty() || any.stream().anyMatch(line::contains))
                && none.stream().noneMatch(line::contains);
    }
}
