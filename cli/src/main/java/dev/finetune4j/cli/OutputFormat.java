package dev.finetune4j.cli;

import java.util.Locale;
import java.util.regex.Pattern;

/** How results are printed. */
enum OutputFormat {
    /** For people. */
    TABLE,
    /** For programs; the shape is documented and only grows. */
    JSON;

    private static final Pattern JSON_OPTION = Pattern.compile("(-o=?|--output=)json", Pattern.CASE_INSENSITIVE);

    /**
     * The form that a command line asks for, which must be known before it is read, and where it cannot be read at all: its
     * problems are told in that form too.
     */
    static OutputFormat askedIn(String... arguments) {
        for (int i = 0; i < arguments.length && !arguments[i].equals("--"); i++) {
            boolean takesNext = arguments[i].equals("-o") || arguments[i].equals("--output");
            String option =
                    takesNext && i + 1 < arguments.length ? arguments[i] + "=" + arguments[i + 1] : arguments[i];
            if (JSON_OPTION.matcher(option).matches()) {
                return JSON;
            }
        }
        return TABLE;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
