package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a plan was made from, as digests: SHA-256, lower-case hex.
 *
 * @param job of each setting of the job by its key, defaults filled in; no value is written down, since it may come from a secret
 * @param data of the rows
 * @param prices of the offers that were looked at, with their prices
 * @param version of finetune4j
 */
public record PlanBasis(Map<String, String> job, String data, String prices, String version) {
    /** Copies the map; refuses what is blank. */
    public PlanBasis {
        job = Collections.unmodifiableMap(new TreeMap<>(job));
        Checks.notBlank("data", data);
        Checks.notBlank("prices", prices);
        Checks.notBlank("version", version);
    }
}
