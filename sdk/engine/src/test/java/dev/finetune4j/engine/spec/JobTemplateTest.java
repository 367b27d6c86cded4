package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.spec.Shape.Field;
import dev.finetune4j.engine.spec.Shape.Fields;
import dev.finetune4j.engine.spec.Shape.Table;
import dev.finetune4j.engine.spec.Shape.Variants;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelRef;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobTemplateTest {
    @ParameterizedTest
    @EnumSource(TaskKind.class)
    void isAJobWithEveryDefault(TaskKind kind) {
        FineTuneJob expected = FineTuneJob.builder(
                        "my-" + Shapes.word(kind),
                        ModelRef.parse("smollm2-135m-instruct"),
                        TaskSpec.of(kind),
                        DataSpec.ofFile("rows.jsonl"))
                .build();

        assertThat(read(JobTemplate.of(kind))).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(TaskKind.class)
    void whatIsCommentedOutIsValidAndTheDefaultsInItAreTrue(TaskKind kind) {
        String uncommented = JobTemplate.of(kind).replaceAll("(?m)^( *)# (?!yaml-)([a-z0-9-]+: .*)$", "$1$2");

        FineTuneJob job = read(uncommented);

        FineTuneJob defaults = read(JobTemplate.of(kind));
        assertThat(job.data().split().withGroupBy("x"))
                .isEqualTo(defaults.data().split().withGroupBy("x"));
        assertThat(job.check()).isEqualTo(defaults.check());
        assertThat(job.method()).isEqualTo(defaults.method());
        assertThat(job.training()).isEqualTo(defaults.training());
        assertThat(job.evaluation().withGate(defaults.evaluation().gate())).isEqualTo(defaults.evaluation());
        assertThat(job.evaluation().gate().betterThanBase()).isTrue();
        assertThat(job.targets()).isEqualTo(defaults.targets());
    }

    @ParameterizedTest
    @EnumSource(TaskKind.class)
    void namesEveryKeyOfTheSchema(TaskKind kind) {
        Set<String> keys = new TreeSet<>();
        collect(Shapes.job(), keys);

        assertThat(keys)
                .hasSizeGreaterThan(50)
                .allSatisfy(key -> assertThat(JobTemplate.of(kind)).containsPattern("(?m)(^|[^a-z-])" + key + ":"));
        assertThat(JobTemplate.of(kind)).doesNotContain("@KIND").doesNotContain("@METRIC");
        assertThat(JobTemplate.of(kind).lines()).allMatch(line -> line.length() <= 110);
    }

    private static void collect(Shape shape, Set<String> keys) {
        if (shape instanceof Fields fields) {
            for (Field field : fields.fields()) {
                keys.add(field.key());
                collect(field.shape(), keys);
            }
        } else if (shape instanceof Variants variants) {
            variants.byKind().values().forEach(fields -> collect(fields, keys));
        } else if (shape instanceof Table table) {
            collect(table.element(), keys);
        }
    }

    private static FineTuneJob read(String yaml) {
        return JobFile.parse(yaml, "job.yaml", Path.of(""), Map.of()).job();
    }
}
