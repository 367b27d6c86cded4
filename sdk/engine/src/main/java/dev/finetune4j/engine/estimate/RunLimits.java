package dev.finetune4j.engine.estimate;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What a column of the table of published runs can hold: a figure outside was not measured.
 *
 * @param column its name
 * @param least the least that can be
 * @param most the most that can be
 * @param isWhole whether it counts something
 */
record RunLimits(String column, double least, double most, boolean isWhole) {
    private static final List<RunLimits> ALL = List.of(
            figure("peak_mem_gb_per_gpu"),
            figure("tokens_per_s"),
            figure("tokens_per_s_per_gpu"),
            figure("wall_time_s"),
            figure("train_tokens"),
            figure("train_samples"),
            figure("epochs"),
            new RunLimits("params_b", 0, 100_000, false), // 0 as well as nothing for what the name says
            new RunLimits("lora_rank", 0, 1 << 16, true), // 0 as well as nothing for no adapters
            count("micro_batch", 1 << 20),
            count("seq_len", 1 << 26),
            count("gpus", 1 << 20),
            count("grad_accum", 1 << 24),
            count("global_batch", 1 << 30));

    private static RunLimits figure(String column) {
        return new RunLimits(column, 0.001, 1e15, false);
    }

    private static RunLimits count(String column, int most) {
        return new RunLimits(column, 1, most, true);
    }

    /**
     * Checks all columns of a row.
     *
     * @throws IllegalArgumentException that names the first column with what cannot be
     */
    static void check(CsvTable.Row row) {
        ALL.forEach(limits -> limits.checkOne(row));
    }

    private void checkOne(CsvTable.Row row) {
        OptionalDouble value = row.number(column);
        if (value.isPresent() && !holds(value.getAsDouble())) {
            throw new IllegalArgumentException(column + " must be " + (isWhole ? "a whole number in " : "")
                    + plain(least) + ".." + plain(most) + ", was \"" + row.text(column) + '"');
        }
    }

    private boolean holds(double value) {
        return value >= least && value <= most && (!isWhole || value == Math.rint(value));
    }

    private static String plain(double limit) {
        return limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit);
    }
}
