package dev.finetune4j.aws.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.aws.AccountTemplate;
import dev.finetune4j.aws.AccountTemplate.Linted;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each region gets a template that it takes. */
class StackTemplateTest {
    /** What CloudFormation says of a resource that it does not know in a region. */
    private static final List<String> UNKNOWN_RESOURCE = List.of("E3006");

    private static final Path SHIPPED = Path.of("../../infra/aws/finetune4j.yaml");

    @TempDir
    private Path folder;

    /** In the regions with budgets it is the one that is shipped; cfn-lint knows where there are any. */
    @Test
    void hasNothingThatARegionRefuses() throws IOException {
        Set<String> regions = AccountTemplate.shipped().regions();
        List<String> with = regions.stream()
                .filter(region -> new StackTemplate(region).takes("BudgetPerMonth"))
                .toList();
        List<String> without =
                regions.stream().filter(region -> !with.contains(region)).toList();
        Path plain = Files.writeString(folder.resolve("without.yaml"), new StackTemplate("eu-north-1").text());

        JsonNode said = AccountTemplate.lint(
                new Linted(SHIPPED, with, UNKNOWN_RESOURCE),
                new Linted(plain, without, UNKNOWN_RESOURCE),
                new Linted(SHIPPED, without, UNKNOWN_RESOURCE),
                new Linted(SHIPPED, List.of("us-east-1", "eu-north-1"), List.of()));

        assertThat(with)
                .hasSizeGreaterThan(20)
                .allSatisfy(
                        region -> assertThat(new StackTemplate(region).text()).isEqualTo(Files.readString(SHIPPED)));
        assertThat(without)
                .hasSizeGreaterThan(20)
                .allSatisfy(
                        region -> assertThat(new StackTemplate(region).text()).isEqualTo(Files.readString(plain)));
        assertThat(said.at("/findings/0")).as("with a budget").isEmpty();
        assertThat(said.at("/findings/1")).as("without a budget").isEmpty();
        assertThat(said.path("unknown")).hasToString("[\"me-west-1\"]"); // which is newer than cfn-lint
        assertThat(said.at("/findings/2"))
                .as("with a budget where there are none")
                .hasSize(without.size() - 1)
                .allSatisfy(finding -> assertThat(finding.asText()).contains("E3006", "'AWS::Budgets::Budget'"));
        assertThat(said.at("/findings/3")).as("what is known of it").isEmpty();
    }

    @Test
    void hasNoBudgetWhereThereAreNone() {
        assertThat(new StackTemplate("us-gov-west-1").text()).doesNotContain("AWS::Budgets", "HasBudget");
        assertThat(new StackTemplate("eu-north-1").text()).doesNotContain("AWS::Budgets", "HasBudget");
    }

    @ParameterizedTest
    @ValueSource(strings = {"us-gov-west-1", "eu-north-1"})
    void refusesABudgetWhereThereAreNone(String region) {
        ProviderContext context = new ProviderContext(folder, Map.of(), Clock.systemUTC());

        FineTuneException failure = catchThrowableOfType(
                FineTuneException.class,
                () -> new AwsFounder().prepare(context, Map.of("region", region, "BudgetPerMonth", "100")));

        assertThat(failure.problems().get(0).summary()).contains("BudgetPerMonth", region);
    }
}
