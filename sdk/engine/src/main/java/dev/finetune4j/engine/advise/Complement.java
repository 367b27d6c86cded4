package dev.finetune4j.engine.advise;

import java.util.Map;

/**
 * An approach that is taken together with the one that is advised.
 *
 * @param approach the one that is advised
 * @param with the one beside it
 * @param when the answers that it is for
 * @param why what each of them brings
 * @param source who says so, or judgement
 * @param link where that can be read; empty for judgement
 */
record Complement(
        Approach approach, Approach with, Map<Criterion, Bounds> when, String why, String source, String link) {
    Complement {
        when = Map.copyOf(when);
    }
}
