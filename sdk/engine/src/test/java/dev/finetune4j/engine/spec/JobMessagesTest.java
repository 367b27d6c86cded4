package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.testkit.GoldenFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class JobMessagesTest {
    private static final String WRONG = """
            name: my tickets
            model: ${env:FT_MODEL}
            task:
              kind: clasification
              labels: [1, true, other]
            data:
              file: rows.jsonl
              query: rows.sql
              format: json
              sources:
                rows: {from: [], sha256: abc}
              split: {validation: 0.5, test: 60}
            method: {kind: ia3, rank: 8}
            training:
              epochs: 0
              batch_size: 4
              packing: yes
              learning-rate: 1e-4 # fine
              max-tokens: 512.5
            evaluation:
              gate: {metric: accuracy, at-least: 80}
            budget: {max-cost: 12 dollars, max-time: soon}
            recovery: {exit-codes: [75, 0, 300, many], max-restarts: 11}
            targets: [Local]
            epochs: 3
            name: again
            """;

    @Test
    void everyMessageNamesPlaceValueAndRemedy() {
        StringBuilder text = new StringBuilder();
        for (Problem problem : problems(WRONG)) {
            text.append("error %s: %s\n".formatted(problem.code(), problem.summary()));
            text.append("  at    ").append(problem.location()).append('\n');
            problem.causes()
                    .forEach(cause -> text.append("  why   ").append(cause).append('\n'));
            problem.remedies()
                    .forEach(remedy -> text.append("  try   ").append(remedy).append('\n'));
        }

        GoldenFiles.in("spec").assertMatches("every-message.txt", text.toString());
    }

    @Test
    void everyCodeOfTheCatalogueIsReached() {
        List<Problem> seen = new ArrayList<>(problems(WRONG));
        seen.addAll(problems("- no mapping\n"));
        seen.addAll(problems("name: [unclosed\n"));
        seen.addAll(problems("[".repeat(100)));
        seen.addAll(problems("name: a\n"));
        seen.addAll(catchThrowableOfType(
                        FineTuneException.class, () -> JobFile.read(Path.of("absent.yaml"), Map.of(), Profile.NONE))
                .problems());
        FineTuneJob job = FineTuneJob.builder(
                        "a", ModelRef.parse("m"), TaskSpec.of(TaskKind.CHAT), DataSpec.ofFile("rows.jsonl"))
                .build();
        seen.addAll(ProviderCheck.inspect(job, java.util.Set.of()));

        assertThat(new TreeSet<>(seen.stream().map(Problem::code).toList()))
                .containsExactlyElementsOf(new JobProblems()
                        .kinds().stream().map(ProblemKind::code).toList());
    }

    @Test
    void theCatalogueIsFoundAndExplainsEachCode() {
        assertThat(ServiceLoader.load(ProblemCatalogue.class))
                .anySatisfy(catalogue -> assertThat(catalogue).isInstanceOf(JobProblems.class));
        assertThat(new JobProblems().kinds())
                .allSatisfy(kind -> assertThat(kind.explanation().length()).isGreaterThan(150));
    }

    private static List<Problem> problems(String yaml) {
        return catchThrowableOfType(
                        FineTuneException.class, () -> JobFile.parse(yaml, "job.yaml", Path.of(""), Map.of()))
                .problems();
    }
}
