package dev.finetune4j.cli;

import java.util.Locale;

/** How long lists are printed. */
enum ListFormat {
    /** For people. */
    TABLE,
    /** For programs; the shape is documented and only grows. */
    JSON,
    /** For spreadsheets; columns are only added, at the end. */
    CSV;

    /** The form of messages beside the list. */
    OutputFormat messages() {
        return this == JSON ? OutputFormat.JSON : OutputFormat.TABLE;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
