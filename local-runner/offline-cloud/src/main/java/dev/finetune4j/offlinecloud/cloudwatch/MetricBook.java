package dev.finetune4j.offlinecloud.cloudwatch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Figures of jobs with their times, by metric and job. Safe for use by several threads. */
public final class MetricBook {
    private final TreeMap<Curve, List<Point>> curves = new TreeMap<>();
    private final Set<String> open = new HashSet<>();

    /** A metric of a job. */
    record Curve(String metric, String job) implements Comparable<Curve> {
        @Override
        public int compareTo(Curve other) {
            int byMetric = metric.compareTo(other.metric);
            return byMetric == 0 ? job.compareTo(other.job) : byMetric;
        }
    }

    /** A figure that was printed. */
    record Point(Instant at, double value) {}

    /** From now on figures of a job are kept; those of others are not. */
    public synchronized void open(String job) {
        open.add(job);
    }

    /** Keeps a figure of a job that is open. */
    public synchronized void add(String job, String metric, double value, Instant at) {
        if (open.contains(job)) {
            curves.computeIfAbsent(new Curve(metric, job), curve -> new ArrayList<>())
                    .add(new Point(at, value));
        }
    }

    /** All curves, by metric and job. */
    synchronized List<Curve> curves() {
        return List.copyOf(curves.keySet());
    }

    /** The figures of a curve, in the order in which they were printed; none where there is no such curve. */
    synchronized List<Point> points(Curve curve) {
        return List.copyOf(curves.getOrDefault(curve, List.of()));
    }
}
