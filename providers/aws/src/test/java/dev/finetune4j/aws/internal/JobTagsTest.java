package dev.finetune4j.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tags are one text in a job file. */
class JobTagsTest {
    @Test
    void areReadFromOneText() {
        assertThat(JobTags.of("")).isEmpty();
        assertThat(JobTags.of(" team = search and rank , cost-centre=4711,nightly,, formula=a=b"))
                .containsExactly(
                        Map.entry("team", "search and rank"),
                        Map.entry("cost-centre", "4711"),
                        Map.entry("nightly", ""),
                        Map.entry("formula", "a=b"));
    }
}
