package dev.finetune4j.cli.view;

import java.util.List;

/** A curve in one line of bars. */
public final class Sparkline {
    private static final String BARS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";

    private Sparkline() {}

    /** The curve of {@code values}, resampled to at most {@code width} bars. */
    public static String of(List<Double> values, int width) {
        double low = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double high = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        int bars = Math.min(width, values.size());
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < bars; i++) {
            int from = (int) ((long) i * values.size() / bars);
            int to = (int) ((i + 1L) * values.size() / bars);
            double mean = values.subList(from, to).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(low);
            double share = high > low ? (mean - low) / (high - low) : 0;
            line.append(BARS.charAt((int) Math.round(share * (BARS.length() - 1))));
        }
        return line.toString();
    }
}
