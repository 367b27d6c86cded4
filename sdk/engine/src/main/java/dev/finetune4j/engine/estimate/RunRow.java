package dev.finetune4j.engine.estimate;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A row of the table of published runs, without what stands where nothing is said, "n/a", or where a number is none, "OOM". */
final class RunRow {
    private static final Pattern YES = Pattern.compile("y|yes\\b.*|true|on|1|enabled?");
    private static final Pattern NO = Pattern.compile("n|no\\b.*|none|false|off|0|disabled?");
    private static final Pattern UNSAID =
            Pattern.compile("-+|\u2013|\u2014|n/?a|unknown|auto|\\?|not (?:said|reported|given)");
    private static final Pattern OUT_OF_MEMORY = Pattern.compile("(?:cuda )?(?:oom|out of memory)");

    /** Columns of what came out, where a run that failed has no number. */
    private static final Set<String> FIGURES = Set.of("peak_mem_gb_per_gpu", "tokens_per_s_per_gpu", "tokens_per_s");

    /** Columns that only a wall time is compared by: a text in them leaves memory and speed as they are. */
    private static final Set<String> OF_WALL_TIME = Set.of("wall_time_s", "epochs", "train_samples", "train_tokens");

    private final CsvTable.Row row;
    private final boolean isOutOfMemory;
    private final @Nullable String whyTimeless;
    private final RunNotes notes;
    private final Frameworks framework;

    RunRow(CsvTable.Row written) {
        CsvTable.Row plain = plain(written);
        this.whyTimeless = OF_WALL_TIME.stream()
                .sorted()
                .flatMap(column -> whyUnread(plain, column).stream())
                .findFirst()
                .orElse(null);
        this.row = whyTimeless == null ? plain : without(plain, OF_WALL_TIME);
        this.isOutOfMemory = FIGURES.stream()
                .anyMatch(column -> OUT_OF_MEMORY
                        .matcher(written.text(column).toLowerCase(Locale.ROOT))
                        .matches());
        this.notes = new RunNotes(row.text("notes"));
        this.framework = new Frameworks(row.text("framework"));
    }

    /** The same without placeholders, and a rank without its letter, "r=16". */
    private static CsvTable.Row plain(CsvTable.Row row) {
        Map<String, String> fields = new HashMap<>(row.fields());
        fields.replaceAll((column, text) -> {
            String said = text.strip().toLowerCase(Locale.ROOT);
            boolean isAbsent = UNSAID.matcher(said).matches()
                    || (FIGURES.contains(column) && OUT_OF_MEMORY.matcher(said).matches());
            if (isAbsent) {
                return "";
            }
            return column.equals("lora_rank") ? said.replaceFirst("^r\\s*=\\s*", "") : text;
        });
        return new CsvTable.Row(row.line(), fields, row.width());
    }

    private static Optional<String> whyUnread(CsvTable.Row row, String column) {
        try {
            row.number(column);
            return Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static CsvTable.Row without(CsvTable.Row row, Set<String> columns) {
        Map<String, String> fields = new HashMap<>(row.fields());
        fields.keySet().removeAll(columns);
        return new CsvTable.Row(row.line(), fields, row.width());
    }

    /**
     * Checks that each number can be.
     *
     * @throws IllegalArgumentException that names the first column with what cannot be
     */
    void check() {
        RunLimits.check(row);
    }

    /** The field of a column, without blanks around it; empty if there is none. */
    String text(String column) {
        return row.text(column);
    }

    /** The same in lower case. */
    String lower(String column) {
        return row.text(column).toLowerCase(Locale.ROOT);
    }

    boolean saysYes(String column) {
        return YES.matcher(lower(column)).matches();
    }

    boolean saysNo(String column) {
        return NO.matcher(lower(column)).matches();
    }

    /**
     * The number in a column; empty if there is none.
     *
     * @throws NumberFormatException if the field holds something else; it names the column
     */
    OptionalDouble number(String column) {
        return row.number(column);
    }

    /** The same where it counts something; null below 1. */
    @Nullable
    Integer whole(String column) {
        OptionalDouble value = row.number(column);
        return value.isPresent() && value.getAsDouble() >= 1 ? (Integer) (int) value.getAsDouble() : null;
    }

    int gpuCount() {
        return Math.max(1, (int) row.number("gpus").orElse(1));
    }

    /** What its free text says. */
    RunNotes notes() {
        return notes;
    }

    /** Whose code trained. */
    Frameworks framework() {
        return framework;
    }

    /** What it trains on, where the notes name data that are known. */
    Optional<DataSets> dataSet() {
        return DataSets.in(row.text("notes"));
    }

    /** Whether the run failed for want of memory. With a peak, a speed or a time it ran, whatever its notes say of others. */
    boolean ranOutOfMemory() {
        return (isOutOfMemory || notes.ranOutOfMemory())
                && row.number("peak_mem_gb_per_gpu").isEmpty()
                && row.number("tokens_per_s_per_gpu").isEmpty()
                && row.number("tokens_per_s").isEmpty()
                && row.number("wall_time_s").isEmpty();
    }

    /** Why the wall time cannot be compared, of a text where a number should be; null where there is none. */
    @Nullable
    String whyTimeless() {
        return whyTimeless;
    }
}
