package dev.finetune4j.aws.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.aws.AccountTemplate;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each partition gets a template that it takes. */
class StackTemplateTest {
    @TempDir
    private Path folder;

    @Test
    void hasNoBudgetInGovCloudWhereThereAreNone() throws IOException {
        String text = new StackTemplate("us-gov-west-1").text();
        Path template = Files.writeString(folder.resolve("finetune4j.yaml"), text);

        assertThat(text).doesNotContain("AWS::Budgets");
        assertThat(AccountTemplate.findings(template, "us-gov-west-1,us-gov-east-1")
                        .toString())
                .doesNotContain("[E");
    }

    @Test
    void isTheOneOfTheProjectElsewhere() throws IOException {
        assertThat(new StackTemplate("cn-north-1").text())
                .isEqualTo(new StackTemplate("us-east-1").text())
                .isEqualTo(Files.readString(Path.of("../../infra/aws/finetune4j.yaml")));
    }

    @Test
    void refusesABudgetWhereThereAreNone() {
        ProviderContext context = new ProviderContext(folder, Map.of(), Clock.systemUTC());

        FineTuneException failure = catchThrowableOfType(
                FineTuneException.class,
                () -> new AwsFounder().prepare(context, Map.of("region", "us-gov-west-1", "BudgetPerMonth", "100")));

        assertThat(failure.problems().get(0).summary()).contains("BudgetPerMonth", "us-gov-west-1");
    }
}
