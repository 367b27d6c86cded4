package dev.finetune4j.aws.account;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/** The CloudFormation template of {@code infra/aws}, as the regions of a partition take it. */
final class StackTemplate {
    private static final String FILE = "finetune4j.yaml";
    private static final String BUDGET_PARAMETER = "BudgetPerMonth";

    /** Where CloudFormation refuses a template that has a budget, whether it is made or not. */
    private static final Set<String> WITHOUT_BUDGETS = Set.of("aws-us-gov");

    private final String region;

    StackTemplate(String region) {
        this.region = region;
    }

    /** Whether a parameter can be set there. */
    boolean takes(String parameter) {
        return hasBudgets() || !parameter.equals(BUDGET_PARAMETER);
    }

    /** Its text. */
    String text() {
        return hasBudgets() ? shipped() : shipped().replaceFirst("(?s)\n  MonthlyBudget:\n.*?\n(?=\nOutputs:\n)", "");
    }

    private boolean hasBudgets() {
        return !WITHOUT_BUDGETS.contains(PartitionMetadata.of(Region.of(region)).id());
    }

    private static String shipped() {
        try (InputStream template = StackTemplate.class.getResourceAsStream(FILE)) {
            if (template == null) {
                throw new IllegalStateException("the template " + FILE + " is not on the class path");
            }
            return new String(template.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
