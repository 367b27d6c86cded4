package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobRoundTripTest {
    private static final int JOBS = 500;

    @Test
    void whatIsWrittenReadsBackEqualWithTheSameDigest() {
        RandomJobs jobs = new RandomJobs(20261124);
        for (int i = 0; i < JOBS; i++) {
            FineTuneJob job = jobs.next();

            String yaml = JobFile.write(job);
            FineTuneJob back = parse(yaml);

            assertThat(back).as("job %d written as%n%s", i, yaml).isEqualTo(job);
            assertThat(Json.digest(back)).isEqualTo(Json.digest(job));
            assertThat(JobFile.write(back)).isEqualTo(yaml);
        }
    }

    @Test
    void whatIsResolvedReadsBackEqual() {
        RandomJobs jobs = new RandomJobs(7);
        for (int i = 0; i < JOBS; i++) {
            FineTuneJob job = jobs.next();

            String resolved = JobFile.of(job, Path.of("")).resolved().yaml();
            JobFile fromFile = JobFile.parse(JobFile.write(job), "job.yaml", Path.of(""), Map.of());

            assertThat(parse(resolved))
                    .as("job %d resolved as%n%s", i, resolved)
                    .isEqualTo(job);
            assertThat(parse(fromFile.resolved().yaml())).isEqualTo(job);
        }
    }

    private static FineTuneJob parse(String yaml) {
        return JobFile.parse(yaml, "job.yaml", Path.of(""), Map.of()).job();
    }
}
