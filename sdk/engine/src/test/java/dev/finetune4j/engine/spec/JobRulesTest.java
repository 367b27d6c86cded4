package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobRulesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            task: chat~data: {file: a, query: b, sources: {r: c}} | FT0111 | data.query | delete data.file or data.query
            task: chat~data: {split: {seed: 1}} | FT0106 | data | file: rows.jsonl
            task: chat~data: {query: b} | FT0106 | data.sources | sources: {rows: rows.jsonl}
            task: chat~data: {file: a, sources: {r: c}} | FT0111 | data.sources | delete data.sources, or replace data.file by data.query
            task: chat~data: {file: a, split: {test: 0.6, validation: 0.5}} | FT0111 | data.split.test | test: 0.2, validation: 0.1
            task: chat~data: {file: a, split: {validation: 0.9}} | FT0111 | data.split.validation | test: 0.2, validation: 0.1
            task: chat~data: {file: a, split: {test: 0.1, test-file: b}} | FT0111 | data.split.test | delete data.split.test
            task: chat~data: {file: a, split: {validation-file: b, validation: 0.2}} | FT0111 | data.split.validation | delete data.split.validation
            task: {kind: chat, labels: [a, b]}~data: a | FT0111 | task.labels | delete task.labels
            task: {kind: sentiment, labels: a}~data: a | FT0111 | task.labels | labels: [first, second]
            task: {kind: sentiment, labels: [a, b, a]}~data: a | FT0111 | task.labels[2] | delete the second "a"
            task: chat~data: a~evaluation: {gate: {metric: perplexty}} | FT0109 | evaluation.gate.metric | metric: perplexity
            task: sentiment~data: a~evaluation: {gate: {metric: bleu}} | FT0109 | evaluation.gate.metric | metric: macro-f1
            task: sentiment~data: a~evaluation: {gate: {at-least: 35}} | FT0108 | evaluation.gate.at-least | at-least: 0.35
            task: translation~data: a~evaluation: {gate: {at-least: 101}} | FT0108 | evaluation.gate.at-least | at-least: 30
            task: generation~data: a~evaluation: {gate: {at-least: 0.5}} | FT0108 | evaluation.gate.at-least | at-least: 10
            task: chat~data: a~evaluation: {continue-passages: true} | FT0111 | evaluation.continue-passages | delete evaluation.continue-passages
            task: chat~data: a~training: {learning-rate: 50} | FT0108 | training.learning-rate | learning-rate: 0    # that of the method, which is the usual one
            task: chat~data: {file: a, split: {test: 0}} | FT0111 | data.split.test | test: 0.2
            task: chat~data: {file: a, split: {validation: 0}}~training: {early-stopping-patience: 2} | FT0111 | training.early-stopping-patience | validation: 0.1
            task: chat~data: a~targets: [local, local] | FT0111 | targets[1] | delete the second "local"
            task: chat~data: {query: b, sources: {my-table: c}} | FT0110 | data.sources | sources: attack_patterns
            task: chat~data: a~targets: [] | FT0108 | targets | targets: [local]
            task: chat~data: a~budget: {max-time: 0s} | FT0110 | budget.max-time | max-time: 45m
            task: chat~data: a~budget: {max-time: 90} | FT0107 | budget.max-time | max-time: "90"
            task: chat~data: a~training: {seed: 9223372036854775808} | FT0108 | training.seed | seed: 17
            task: chat~data: a~training: {epochs: .inf} | FT0107 | training.epochs | epochs: 3
            task: chat~data: a~training: {epochs: } | FT0107 | training.epochs | epochs: 3
            task: ~data: a | FT0107 | task | task: classification
            """)
    void tellsTheOneThingThatIsWrong(String rest, String code, String key, String remedy) {
        Problem problem = onlyProblem("name: a\nmodel: m\n" + rest.replace("~", "\n") + "\n");

        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.place().orElseThrow().toString()).endsWith("  " + key);
        assertThat(problem.remedies().get(0)).isEqualTo(remedy);
    }

    @Test
    void doesNotMissWhatWasRefusedBefore() {
        assertThat(onlyProblem("name: a\nmodel: m\ntask: chat\ndata: {file: 5}\n")
                        .code())
                .isEqualTo("FT0107");
        assertThat(onlyProblem("name: a\nmodel: m\ntask: chat\ndata: {query: 5, sources: 6}\n", 2))
                .isEqualTo("FT0107");
        assertThat(onlyProblem("name: a\nmodel: m\ntask: chat\ndata: [1]\n").code())
                .isEqualTo("FT0107");
        assertThat(onlyProblem("name: a\nmodel: m\ntask: chat\ndata: {file: a, split: {test: lots}}\n")
                        .code())
                .isEqualTo("FT0107");
    }

    @Test
    void neverShowsAValueOfTheEnvironment() {
        String yaml = """
                name: a
                model: m
                task: {kind: sentiment, labels: ["${env:L}", "${env:L}"]}
                data: {file: a, split: {test: "${env:N}", validation: "${env:N}"}}
                evaluation: {gate: {at-least: "${env:P}"}}
                targets: ["${env:L}", "${env:L}"]
                """;

        List<Problem> problems = catchThrowableOfType(
                        FineTuneException.class,
                        () -> JobFile.parse(
                                yaml, "job.yaml", Path.of(""), Map.of("L", "hidden", "N", "0.777", "P", "88")))
                .problems();

        assertThat(problems).hasSize(4);
        assertThat(problems.toString())
                .doesNotContain("hidden")
                .doesNotContain("777")
                .doesNotContain("88");
    }

    private static String onlyProblem(String yaml, int count) {
        List<Problem> problems = problems(yaml);
        assertThat(problems).hasSize(count);
        return problems.get(0).code();
    }

    private static Problem onlyProblem(String yaml) {
        List<Problem> problems = problems(yaml);
        assertThat(problems).hasSize(1);
        return problems.get(0);
    }

    private static List<Problem> problems(String yaml) {
        return catchThrowableOfType(
                        FineTuneException.class, () -> JobFile.parse(yaml, "job.yaml", Path.of(""), Map.of()))
                .problems();
    }
}
