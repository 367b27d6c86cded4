package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.value.Money;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NestedKeyTest {
    private static final String JOB = """
            name: tickets
            model: smollm2-135m-instruct
            task: classification
            data: rows.jsonl
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "budget.max-cost: 5 USD | write it as budget: {max-cost: 5 USD}",
                "training.checkpoint-every: 0 | write it as training: {checkpoint-every: 0}",
                "places.here.spot: true | write it as places: {here: {spot: true}}",
                "data.split.validation: 0.1 | write it as data: {file: rows.jsonl, split: {validation: 0.1}} in place of the data that is there",
                "recovery.exit-codes: [1, 2] | write it as recovery: {exit-codes: [1, 2]}",
                "method.target-modules: ['a: b'] | write it as method: {target-modules: [\"a: b\"]}",
                "budget: {max-time: 2h}~budget.max-cost: 5 USD | write it below budget as max-cost: 5 USD",
                "places: {here: {region: a}}~places.here.spot: true | write it below places.here as spot: true",
                "places: {here: {region: a}}~places.there.spot: true | write it below places as there: {spot: true}",
                "method: lora~method.rank: 8 | write it as method: {kind: lora, rank: 8} in place of the method that is there",
                "budget:~budget.max-cost: 5 USD | write it as budget: {max-cost: 5 USD} in place of the budget that is there",
                "budget.max-cots: 5 USD | delete the key, or see: finetune schema",
            })
    void isGivenAsYamlNestsIt(String lines, String remedy) {
        assertThat(remedies(JOB + lines.replace('~', '\n') + "\n")).first().isEqualTo(remedy);
    }

    @Test
    void standsInsideAMappingToo() {
        assertThat(remedies(JOB.replace("rows.jsonl", "{file: rows.jsonl, split.test: 0.2}")))
                .first()
                .isEqualTo("write it as split: {test: 0.2}");
    }

    @Test
    void isReadAsItIsGiven() {
        String given = remedies(JOB + "budget.max-cost: 5 USD\n").get(0).substring("write it as ".length());

        assertThat(parse(JOB + given + "\n").job().budget().maxCost()).isEqualTo(Money.parse("5 USD"));
    }

    @Test
    void repeatsNoLongValue() {
        assertThat(remedies(JOB + "evaluation.gate.metric: " + "x".repeat(100) + "\n"))
                .first()
                .isEqualTo("write it as evaluation: {gate: {metric: ...}}");
    }

    private static List<String> remedies(String text) {
        return catchThrowableOfType(FineTuneException.class, () -> parse(text))
                .problems()
                .get(0)
                .remedies();
    }

    private static JobFile parse(String text) {
        return JobFile.parse(text, "job.yaml", Path.of(""), Map.of());
    }
}
