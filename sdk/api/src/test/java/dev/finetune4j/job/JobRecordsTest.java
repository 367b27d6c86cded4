package dev.finetune4j.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.value.Form;
import dev.finetune4j.value.ProviderId;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JobRecordsTest {
    private static final FineTuneJob JOB = FineTuneJob.builder(
                    "tickets", ModelRef.parse("m"), TaskSpec.of(TaskKind.SENTIMENT), DataSpec.ofFile("rows.jsonl"))
            .build();

    @Test
    void builderOfARecordGivesTheRecordBack() {
        SplitSpec split = new SplitSpec(0.2, 0.3, null, null, "author", false, 1, 2, 3, 4);
        CheckSpec check = new CheckSpec(0.1, 0.2, 0.3, 0.4, 5, CheckSpec.Finding.IGNORE, CheckSpec.Finding.ERROR);
        EvaluationSpec evaluation = new EvaluationSpec(
                1, LabelScoring.CALIBRATED, 2, true, 300, 4, new Gate(MetricName.ACCURACY, 0.5, false));

        assertThat(split.toBuilder().build()).isEqualTo(split);
        assertThat(check.toBuilder().build()).isEqualTo(check);
        assertThat(evaluation.toBuilder().build()).isEqualTo(evaluation);
        assertThat(JOB.training().toBuilder().build()).isEqualTo(JOB.training());
        assertThat(JOB.toBuilder().build()).isEqualTo(JOB);
        assertThat(SplitSpec.builder().test(0.3).build().test()).isEqualTo(0.3);
        assertThat(CheckSpec.builder().build()).isEqualTo(CheckSpec.defaults());
        assertThat(EvaluationSpec.builder().build()).isEqualTo(EvaluationSpec.defaults());
    }

    @Test
    void takesExactlyTheNamesThatItsFormSays() {
        Random random = new Random(17);
        RecordComponent name = FineTuneJob.class.getRecordComponents()[0];
        Form form = name.getAnnotation(Form.class);
        assertThat(named(form.example()).name()).isEqualTo(form.example());
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            random.ints(random.nextInt(43), 0, 8).forEach(c -> text.append("abZ9--_ ".charAt(c)));

            boolean isTaken = isTaken(text.toString());

            assertThat(isTaken).as(text.toString()).isEqualTo(text.toString().matches(form.pattern()));
        }
        assertThat(isTaken("a".repeat(40))).isTrue();
        assertThat(isTaken("a".repeat(41))).isFalse();
    }

    @Test
    void copiesWhatItIsGiven() {
        List<String> labels = new ArrayList<>(List.of("a", "b"));
        Map<String, SourceSpec> sources = new LinkedHashMap<>(Map.of("r", SourceSpec.of("rows.json")));

        TaskSpec task = TaskSpec.of(TaskKind.CLASSIFICATION).withLabels(labels);
        DataSpec data = DataSpec.ofQuery("select 1", sources);
        labels.clear();
        sources.clear();

        assertThat(task.labels()).containsExactly("a", "b");
        assertThat(data.sources()).hasSize(1);
        assertThatThrownBy(() -> data.sources().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void refusesWhatHasNoMeaning() {
        assertThatThrownBy(() -> new DataSpec(null, "auto", Map.of(), null, SplitSpec.defaults()))
                .hasMessageContaining("neither");
        assertThatThrownBy(() -> DataSpec.ofQuery("select 1", Map.of())).hasMessageContaining("data.sources");
        assertThatThrownBy(() -> DataSpec.ofFile(" ")).hasMessageContaining("data.file");
        assertThatThrownBy(() -> SplitSpec.builder().validation(0.5).test(0.5).build())
                .hasMessageContaining("0.5 + 0.5");
        assertThatThrownBy(() -> new SourceSpec(List.of("a"), "ABC")).hasMessageContaining("64");
        assertThatThrownBy(() -> new SourceSpec(List.of(), null)).hasMessageContaining("at least one");
        assertThatThrownBy(() -> TaskSpec.of(TaskKind.CHAT).withLabels(List.of("a", "a")))
                .hasMessageContaining("differ");
        assertThatThrownBy(() -> new Budget(null, Duration.ZERO)).hasMessageContaining("positive");
        assertThatThrownBy(() -> JOB.toBuilder().targets(List.of()).build()).hasMessageContaining("at least one");
        assertThatThrownBy(() -> new LoraTuning(1, 1, 0, List.of(""))).hasMessageContaining("target-modules");
        assertThatThrownBy(() -> ModelRef.parse("a\u0000b")).hasMessageContaining("control");
        assertThatThrownBy(() -> ProviderId.parse("Local")).hasMessageContaining("was Local");
    }

    @Test
    void aFileOfRowsTakesThePlaceOfAShare() {
        SplitSpec byFile = SplitSpec.builder().testFile("test.jsonl").build();

        assertThat(byFile.test()).isZero();
        assertThat(byFile).isEqualTo(byFile.toBuilder().test(0.4).build());
    }

    @Test
    void everyTaskHasAMainMetricThatKnowsItsDirection() {
        assertThat(Arrays.stream(TaskKind.values())
                        .map(kind -> MetricName.of(kind).get(0)))
                .doesNotContainNull()
                .allSatisfy(
                        metric -> assertThat(metric.isLowerBetter()).isEqualTo(metric.equals(MetricName.PERPLEXITY)));
    }

    private static FineTuneJob named(String name) {
        return FineTuneJob.builder(name, JOB.model(), JOB.task(), JOB.data()).build();
    }

    private static boolean isTaken(String name) {
        try {
            named(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
