package dev.finetune4j.engine.advise;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A reason with its source.
 *
 * @param given the answers that it rests on, such as {@code rows 2,000}; empty where it always counts
 * @param points by how much it speaks for something, or against it where negative; null: it rules it out
 * @param why the reason
 * @param source who says so: a paper, a vendor's guide, or judgement
 * @param link where that can be read; empty for judgement
 */
public record Reason(String given, @Nullable Integer points, String why, String source, String link) {
    /** What rules something out, then by points for or against; reasons alike keep their order. */
    static final Comparator<Reason> STRONGEST_FIRST =
            Comparator.comparing(Reason::isRefusal).reversed().thenComparing(reason -> -Math.abs(reason.weight()));

    /** Whether it rules something out. */
    public boolean isRefusal() {
        return points == null;
    }

    /** Its points; none where it rules something out. */
    int weight() {
        return points == null ? 0 : points;
    }
}
