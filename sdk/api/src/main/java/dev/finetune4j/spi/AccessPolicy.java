package dev.finetune4j.spi;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What somebody must be allowed at a place so that a job can be launched there, followed and taken home, and no more.
 *
 * @param holder who
 * @param identity whom that is in the place's words, such as the ARN of a role; empty where the place does not know
 * @param document what is allowed, as the place takes it: JSON
 * @param reasons what each part of the document is for, and why it allows more than one job needs where the place has no finer words; by
 *     the part's name, in the document's order
 */
public record AccessPolicy(Holder holder, String identity, String document, Map<String, String> reasons) {
    /** Copies the reasons in their order. */
    public AccessPolicy {
        reasons = Collections.unmodifiableMap(new LinkedHashMap<>(reasons));
    }

    /** Who takes part in a job. */
    public enum Holder {
        /** Whoever launches it, follows it and fetches its results. */
        CALLER,

        /** The job itself, while it runs. */
        JOB,

        /** Whoever hosts its tuned model, beyond what the caller is allowed. */
        HOST
    }
}
