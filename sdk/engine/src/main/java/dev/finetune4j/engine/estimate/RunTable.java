package dev.finetune4j.engine.estimate;

import dev.finetune4j.error.FileReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Published runs out of a table.
 *
 * @param runs rows that could be read
 * @param skipped rows that could not, and why
 */
record RunTable(List<PublishedRun> runs, List<Backtest.Skipped> skipped) {
    private static final Set<String> NEEDED = Set.of("model", "method");
    private static final List<String> COMPARED =
            List.of("peak_mem_gb_per_gpu", "tokens_per_s_per_gpu", "tokens_per_s", "wall_time_s", "notes");

    /**
     * Reads a file.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0740 if there is none or it is no table of runs
     */
    static RunTable of(Path file) {
        CsvTable table;
        try {
            table = CsvTable.of(Files.readString(file));
        } catch (IOException e) {
            throw EstimateProblems.UNREADABLE
                    .error("cannot read " + file)
                    .because(Files.isDirectory(file) ? "it is a folder" : FileReason.of(e))
                    .asException();
        } catch (IllegalArgumentException e) { // not to be told apart: two columns of one name, a quote without end
            throw EstimateProblems.UNREADABLE
                    .error(file + " is no table of measured runs")
                    .because(String.valueOf(e.getMessage()))
                    .asException();
        }
        List<String> missing = NEEDED.stream()
                .filter(column -> !table.columns().contains(column))
                .sorted()
                .toList();
        if (!missing.isEmpty() || table.columns().stream().noneMatch(COMPARED::contains)) {
            throw EstimateProblems.UNREADABLE
                    .error(file + " is no table of measured runs")
                    .because(
                            missing.isEmpty()
                                    ? "none of its columns can be compared with: " + String.join(", ", COMPARED)
                                    : "it lacks the columns " + String.join(", ", missing) + separated(table))
                    .asException();
        }
        return of(table);
    }

    /** What a spreadsheet writes where a comma stands in numbers looks like one column. */
    private static String separated(CsvTable table) {
        if (table.columns().size() > 1) {
            return "";
        }
        String header = String.join("", table.columns());
        String mark = header.contains(";") ? "semicolons" : header.contains("\t") ? "tabs" : "";
        return mark.isEmpty() ? "" : ": its fields are separated by " + mark + ", not by commas";
    }

    /** Reads its rows; those that cannot be read are skipped with why. */
    static RunTable of(CsvTable table) {
        GpuTable gpus = GpuTable.shipped();
        ModelNames names = new ModelNames();
        List<PublishedRun> runs = new ArrayList<>();
        List<Backtest.Skipped> skipped = new ArrayList<>();
        int number = 0;
        for (CsvTable.Row row : table.rows()) {
            number++;
            if (row.width() > table.columns().size()) { // a comma that no quotes hold moves all that follows
                skipped.add(new Backtest.Skipped(
                        number,
                        "line " + row.line() + ": it has " + row.width() + " fields, and the table "
                                + table.columns().size() + " columns; a field with a comma needs quotes around it"));
                continue;
            }
            try {
                runs.add(RunReader.read(gpus, names, row, number));
            } catch (
                    IllegalArgumentException
                            e) { // no model, a text where a number should be, or a number that cannot be
                skipped.add(new Backtest.Skipped(number, "line " + row.line() + ": " + e.getMessage()));
            }
        }
        return new RunTable(runs, skipped);
    }
}
