package dev.finetune4j.engine.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A figure over the steps of a training, thinned so that a curve of it stays small.
 *
 * @param points by step, ascending; every value is a number
 */
public record Series(List<Point> points) {
    /** At most so many points are kept: more than a screen has to show. */
    public static final int MAX_POINTS = 400;

    /** Copies the points. */
    public Series {
        points = List.copyOf(points);
    }

    /**
     * One point.
     *
     * @param step after which optimizer step
     * @param value the figure
     */
    public record Point(int step, double value) {}

    /** Keeps at most {@link #MAX_POINTS} points: means of neighbours of equal number. Values that are no numbers are left out. */
    static Series thinned(List<Point> points) {
        List<Point> finite =
                points.stream().filter(point -> Double.isFinite(point.value())).toList();
        int width = (finite.size() + MAX_POINTS - 1) / MAX_POINTS;
        if (width <= 1) {
            return new Series(finite);
        }
        List<Point> means = new ArrayList<>();
        for (int start = 0; start < finite.size(); start += width) {
            List<Point> bucket = finite.subList(start, Math.min(start + width, finite.size()));
            double mean = bucket.stream().mapToDouble(Point::value).average().orElseThrow();
            means.add(new Point(bucket.get(bucket.size() / 2).step(), mean));
        }
        return new Series(means);
    }

    /** Whether there is nothing to plot. */
    public boolean isEmpty() {
        return points.isEmpty();
    }
}
