package dev.finetune4j.engine.estimate;

import java.util.stream.Stream;

/** Published runs that the estimates are fitted to and judged by, each with where it was published. */
final class PublishedTables {
    private PublishedTables() {}

    /** The runs that the models of this version are calibrated on: the first and the further. */
    static RunTable calibrating() {
        RunTable first = first();
        RunTable further = further();
        return new RunTable(
                Stream.concat(first.runs().stream(), further.runs().stream()).toList(),
                Stream.concat(first.skipped().stream(), further.skipped().stream())
                        .toList());
    }

    /** What the formulas were made on. */
    static RunTable first() {
        return table("measured-runs.csv");
    }

    /** Runs of other sources, found when the formulas stood. */
    static RunTable further() {
        return table("further-runs.csv");
    }

    /** Runs of yet other sources, by which formulas were mended and nothing is calibrated. */
    static RunTable validation() {
        return table("validation-runs.csv");
    }

    private static RunTable table(String name) {
        return RunTable.of(CsvTable.ofResource(PublishedTables.class, name));
    }
}
