package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelFiles;
import java.util.Map;

/**
 * A job whose rows and model lie on this machine and were looked at.
 *
 * @param file the job
 * @param data its rows, in a cache that later preparations may write to
 * @param model its base model
 * @param check what the rows look like and what is wrong with them
 */
public record PreparedJob(JobFile file, PreparedData data, ModelFiles model, DatasetCheckReport check) {
    /** Digest over job, data and model, lower-case hex; the same digest is the same work. */
    public String digest() {
        return Json.digest(Map.of("job", Json.digest(file.job()), "data", data.digest(), "model", model.digest()));
    }

    /** Names the job and no value in it, since a value may come from a secret variable. */
    @Override
    public String toString() {
        return "PreparedJob[" + file.job().name() + ", " + digest() + "]";
    }
}
