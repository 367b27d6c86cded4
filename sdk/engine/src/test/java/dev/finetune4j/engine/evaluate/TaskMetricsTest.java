package dev.finetune4j.engine.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Gate;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelRef;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TaskMetricsTest {
    @Test
    void textsAreWrittenWhereSomeMetricLooksAtThem() {
        assertThat(Arrays.stream(TaskKind.values()).filter(kind -> TaskMetrics.areTextsWritten(job(kind, false), true)))
                .containsExactly(
                        TaskKind.QUESTION_ANSWERING,
                        TaskKind.GENERATION,
                        TaskKind.SUMMARIZATION,
                        TaskKind.TRANSLATION,
                        TaskKind.CHAT);
        assertThat(Arrays.stream(TaskKind.values())
                        .filter(kind -> TaskMetrics.areTextsWritten(job(kind, false), false)))
                .as("of passages that are read only")
                .isEmpty();
        assertThat(Arrays.stream(TaskKind.values()).filter(kind -> TaskMetrics.areTextsWritten(job(kind, true), false)))
                .as("of passages that are continued")
                .containsExactly(TaskKind.GENERATION);
    }

    @Test
    void passagesHaveDistinctBigramsWhereTheyAreContinued() {
        FineTuneJob read = job(TaskKind.GENERATION, false);
        FineTuneJob continued = job(TaskKind.GENERATION, true);

        assertThat(TaskMetrics.of(read, false).metrics()).containsExactly(MetricName.PERPLEXITY);
        assertThat(TaskMetrics.of(continued, false).metrics())
                .containsExactly(MetricName.PERPLEXITY, MetricName.DISTINCT_2);
        assertThat(TaskMetrics.of(continued, false).refusal(judging(MetricName.DISTINCT_2)))
                .isEmpty();
        assertThat(TaskMetrics.of(job(TaskKind.CHAT, true), false).metrics())
                .as("the form of a continuation is nobody's")
                .containsExactly(MetricName.PERPLEXITY);
    }

    @Test
    void aGateOverWhatPassagesLackSaysWhetherTheyCouldHaveIt() {
        TaskMetrics read = TaskMetrics.of(job(TaskKind.GENERATION, false), false);

        assertThat(read.refusal(judging(MetricName.DISTINCT_2))).hasValueSatisfying(problem -> {
            assertThat(problem.summary())
                    .isEqualTo(
                            "the gate names the metric distinct-2, which passages have only where models continue them");
            assertThat(problem.remedies())
                    .startsWith("evaluation.continue-passages: true", "evaluation.gate.metric: perplexity");
        });
        assertThat(TaskMetrics.of(job(TaskKind.GENERATION, true), false).refusal(judging(MetricName.ROUGE_L)))
                .hasValueSatisfying(problem -> {
                    assertThat(problem.summary())
                            .isEqualTo("the gate names the metric rouge-l, which this task does not have");
                    assertThat(problem.causes()).containsExactly("this task has [perplexity, distinct-2]");
                });
        assertThat(TaskMetrics.of(job(TaskKind.CHAT, false), false).refusal(judging(MetricName.FORMAT)))
                .hasValueSatisfying(problem -> assertThat(problem.remedies())
                        .as("nothing to continue for")
                        .startsWith("evaluation.gate.metric: perplexity"));
    }

    @Test
    void saysThatThereIsNothingToContinueWhereRowsHaveAnswers() {
        assertThat(TaskMetrics.idleContinuations(job(TaskKind.GENERATION, true), true))
                .hasValueSatisfying(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0715");
                    assertThat(problem.isError()).isFalse();
                    assertThat(problem.remedies()).containsExactly("delete evaluation.continue-passages");
                });
        assertThat(TaskMetrics.idleContinuations(job(TaskKind.GENERATION, true), false))
                .isEmpty();
        assertThat(TaskMetrics.idleContinuations(job(TaskKind.GENERATION, false), true))
                .isEmpty();
    }

    private static Gate judging(MetricName metric) {
        return new Gate(metric, null, true);
    }

    private static FineTuneJob job(TaskKind kind, boolean continuesPassages) {
        return FineTuneJob.builder("job", ModelRef.parse("m"), TaskSpec.of(kind), DataSpec.ofFile("rows.jsonl"))
                .evaluation(EvaluationSpec.builder()
                        .continuePassages(continuesPassages)
                        .build())
                .build();
    }
}
