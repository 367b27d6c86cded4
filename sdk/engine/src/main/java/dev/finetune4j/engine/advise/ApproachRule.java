package dev.finetune4j.engine.advise;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What speaks for or against an approach.
 *
 * @param approach the approach
 * @param when the answers that it is for; empty: always
 * @param points by how much it speaks for it, or against it where negative; null: it rules it out
 * @param why for what reason
 * @param source who says so: a paper, a vendor's guide, or judgement
 * @param link where that can be read; empty for judgement
 */
record ApproachRule(
        Approach approach,
        Map<Criterion, Bounds> when,
        @Nullable Integer points,
        String why,
        String source,
        String link) {
    ApproachRule {
        when = Map.copyOf(when);
    }
}
