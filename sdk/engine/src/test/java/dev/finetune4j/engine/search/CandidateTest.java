package dev.finetune4j.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.method.LoraTuning;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CandidateTest {
    private static final String JOB = """
            name: letters
            model: model
            task: sentiment
            data: letters.jsonl
            """;

    @Test
    void theSettingsAreWhatTheJobFileNeeds() {
        FineTuneJob job = job(JOB);
        for (Candidate candidate : new Candidate[] {
            new Candidate(0.0003, 8, 2.0), new Candidate(1.23e-5, null, null), new Candidate(null, 24, 0.5)
        }) {
            assertThat(job(JOB + candidate.yaml(job) + "\n")).isEqualTo(candidate.applyTo(job));
        }
        FineTuneJob inFourBits = job(JOB + "method: qlora\n");
        Candidate eight = new Candidate(null, 8, null);
        assertThat(job(JOB + eight.yaml(inFourBits) + "\n")).isEqualTo(eight.applyTo(inFourBits));
        assertThat(new Candidate(0.0003, 8, 2.0).yaml(job)).isEqualTo("""
                method: {kind: lora, rank: 8, alpha: 16}
                training: {learning-rate: 0.0003, epochs: 2}""");
        assertThat(new Candidate(0.0003, 8, 1.0).words()).isEqualTo("learning rate 0.0003, rank 8, 1 epoch");
    }

    @Test
    void theFactorOfTheUpdateStaysWhenTheRankChanges() {
        LoraTuning eight =
                (LoraTuning) new Candidate(null, 8, null).applyTo(job(JOB)).method();
        LoraTuning stabilised = (LoraTuning) new Candidate(null, 64, null)
                .applyTo(job(JOB + "method: {kind: lora, rank-stabilised: true}\n"))
                .method();

        assertThat(eight.scaleOf("q_proj")).isEqualTo(LoraTuning.defaults().scaleOf("q_proj"));
        assertThat(stabilised.alpha()).isEqualTo(LoraTuning.DEFAULT_ALPHA);
    }

    @Test
    void onlyLoraHasARank() {
        assertThatThrownBy(() -> new Candidate(null, 8, null).applyTo(job(JOB + "method: full\n")))
                .hasMessage("rank needs method lora or qlora");
    }

    private static FineTuneJob job(String text) {
        return JobFile.parse(text, "job.yaml", Path.of("").toAbsolutePath(), Map.of())
                .job();
    }
}
