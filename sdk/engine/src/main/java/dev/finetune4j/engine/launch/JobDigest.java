package dev.finetune4j.engine.launch;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import java.util.Map;
import java.util.TreeMap;

/** What tells a job from every other: all that it asks for, but not the machine and account that it is to use, nor how often it is tried. */
final class JobDigest {
    private JobDigest() {}

    /** SHA-256, lower-case hex. */
    static String of(FineTuneJob job) {
        Map<String, Object> asked = Json.jobs().convertValue(job, new TypeReference<TreeMap<String, Object>>() {});
        asked.remove("places");
        asked.remove("recovery");
        return Json.digest(asked);
    }

    /** Of a job with its rows and its model; the same digest is the same work. */
    static String ofWork(
            FineTuneJob job,
            String dataDigest,
            String modelDigest,
            PreparedJob.Answering answering,
            Map<String, String> variation) {
        Map<String, Object> parts = new TreeMap<>(Map.of("job", of(job), "data", dataDigest, "model", modelDigest));
        if (answering != PreparedJob.Answering.BASE_AND_TUNED) {
            parts.put("answering", answering.name());
        }
        if (!variation.isEmpty()) {
            parts.put("variation", new TreeMap<>(variation));
        }
        return Json.digest(parts);
    }
}
