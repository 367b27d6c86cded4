package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import org.junit.jupiter.api.Test;

class JobTreeTest {
    private static final int JOBS = 1000;

    @Test
    void isWhatTheMapperOfJobsWrites() {
        RandomJobs jobs = new RandomJobs(20261130);
        for (int i = 0; i < JOBS; i++) {
            FineTuneJob job = jobs.next();
            JsonNode byJackson = Json.jobs().valueToTree(job);

            assertThat(JobTree.of(job).toString()).as("job %d", i).isEqualTo(byJackson.toString());
            assertThat(JobTree.of(job)).isEqualTo(byJackson);
        }
    }
}
