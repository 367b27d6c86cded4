package dev.finetune4j.cli;

import java.util.Locale;

/** How results are printed. */
enum OutputFormat {
    /** For people. */
    TABLE,
    /** For programs; the shape is documented and only grows. */
    JSON;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
