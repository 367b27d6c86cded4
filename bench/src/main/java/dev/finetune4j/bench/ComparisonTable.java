package dev.finetune4j.bench;

import dev.finetune4j.job.Precision;
import java.util.Locale;

/**
 * One line of Markdown a comparison.
 *
 * @param decoder what the steps of the decoder cost
 * @param encoder what those of the encoder cost
 * @param roof operations a second of the machine's fastest matrix product
 */
record ComparisonTable(StepCost decoder, StepCost encoder, Roof roof) {
    /** Operations a second of the fastest matrix product in each precision. */
    record Roof(double fp32, double bf16) {
        double of(Precision precision) {
            return precision == Precision.BF16 ? bf16 : fp32;
        }
    }

    static String head() {
        return """
                | subject               | shape  | type | core tok/s | peer tok/s | ratio | core MiB | peer MiB | ratio | core roof | peer roof | loss diff |
                |-----------------------|--------|------|-----------:|-----------:|------:|---------:|---------:|------:|----------:|----------:|----------:|""";
    }

    String row(Workload workload, Comparison row) {
        return String.format(
                Locale.ROOT,
                "| %-21s | %-6s | %-4s | %10.0f | %10.0f | %5.2f | %8.0f | %8.0f | %5.2f | %9.2f | %9.2f | %9.1e |",
                row.name(),
                row.shape(),
                row.precision(),
                row.tokensPerSecond(),
                row.peerTokensPerSecond(),
                row.speedRatio(),
                mebibytes(row.peakRssBytes()),
                mebibytes(row.peerPeakRssBytes()),
                row.memoryRatio(),
                shareOfRoof(workload, row.tokensPerSecond()),
                shareOfRoof(workload, row.peerTokensPerSecond()),
                row.lossDifference());
    }

    private double shareOfRoof(Workload workload, double tokensPerSecond) {
        StepCost cost = workload.subject() == Subject.ENCODER ? encoder : decoder;
        double operationsOfToken = cost.operations(workload) / workload.rowTokensOfStep();
        return tokensPerSecond * operationsOfToken / roof.of(workload.precision());
    }

    private static double mebibytes(long bytes) {
        return bytes / 1024.0 / 1024.0;
    }
}
