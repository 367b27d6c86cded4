package dev.finetune4j.engine.launch;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import java.util.Map;
import java.util.TreeMap;

/** What tells a job from every other: all that it asks for, but not the machine and account that it is to use. */
final class JobDigest {
    private JobDigest() {}

    /** SHA-256, lower-case hex. */
    static String of(FineTuneJob job) {
        Map<String, Object> asked = Json.jobs().convertValue(job, new TypeReference<TreeMap<String, Object>>() {});
        asked.remove("places");
        return Json.digest(asked);
    }
}
