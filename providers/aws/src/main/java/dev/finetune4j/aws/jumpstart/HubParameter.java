package dev.finetune4j.aws.jumpstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A hyperparameter as a document of the hub describes it.
 *
 * @param name the script's name of it
 * @param type {@code int}, {@code float}, {@code bool} or {@code text}
 * @param usual its default
 * @param options all that it may be; empty for no such list
 * @param min least number, or null for none
 * @param max largest number, or null for none
 */
record HubParameter(
        String name,
        String type,
        String usual,
        List<String> options,
        @Nullable BigDecimal min,
        @Nullable BigDecimal max) {
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,12}(\\.\\d{1,20})?([eE][-+]?\\d{1,2})?");

    HubParameter {
        options = List.copyOf(options);
    }

    static HubParameter of(JsonNode json) {
        List<String> options = new ArrayList<>();
        member(json, "Options").forEach(option -> options.add(option.asText()));
        return new HubParameter(
                member(json, "Name").asText(),
                member(json, "Type").asText("text"),
                member(json, "Default").asText(),
                options,
                number(member(json, "Min")),
                number(member(json, "Max")));
    }

    /** Documents begin the names of members with a capital, but not those of the hyperparameters of single machines. */
    private static JsonNode member(JsonNode json, String name) {
        return json.has(name) ? json.path(name) : json.path(name.toLowerCase(Locale.ROOT));
    }

    private static @Nullable BigDecimal number(JsonNode json) {
        return NUMBER.matcher(json.asText()).matches() ? new BigDecimal(json.asText()) : null;
    }

    boolean isWhole() {
        return type.equals("int");
    }

    private boolean isNumber() {
        return isWhole() || type.equals("float");
    }

    /** Whether it may be this. */
    boolean allows(String value) {
        if (!options.isEmpty() && !options.contains(value)) {
            return false;
        }
        if (type.equals("bool")) {
            return value.equals("True") || value.equals("False");
        }
        if (!isNumber()) {
            return true;
        }
        if (!NUMBER.matcher(value).matches()) {
            return false;
        }
        BigDecimal number = new BigDecimal(value);
        return (!isWhole() || number.stripTrailingZeros().scale() <= 0) && number.compareTo(closest(number)) == 0;
    }

    /** The closest number in its range. */
    BigDecimal closest(BigDecimal number) {
        if (min != null && number.compareTo(min) < 0) {
            return min;
        }
        return max != null && number.compareTo(max) > 0 ? max : number;
    }

    /** A value that it may be, close to one that it may not be where both are numbers. */
    String closest(String value) {
        if (!options.isEmpty()) {
            return options.contains(usual) ? usual : options.get(0);
        }
        if (!isNumber() || !NUMBER.matcher(value).matches()) {
            return usual;
        }
        BigDecimal number = new BigDecimal(value);
        return plain(closest(isWhole() ? number.setScale(0, RoundingMode.HALF_UP) : number));
    }

    /** What it may be, in words. */
    String range() {
        if (!options.isEmpty()) {
            return "one of " + String.join(", ", options);
        }
        if (!isNumber()) {
            return type.equals("bool") ? "True or False" : "a text";
        }
        String kind = isWhole() ? "a whole number" : "a number";
        if (min == null) {
            return max == null ? kind : kind + " of at most " + plain(max);
        }
        return max == null ? kind + " of at least " + plain(min) : kind + " from " + plain(min) + " to " + plain(max);
    }

    /** Plain decimals of any length; exponents not every parser takes for a number. */
    static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }
}
