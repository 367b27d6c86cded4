package dev.finetune4j.aws.account;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The CloudFormation template of {@code infra/aws}, as a region takes it. */
final class StackTemplate {
    private static final String FILE = "finetune4j.yaml";
    private static final String BUDGET_PARAMETER = "BudgetPerMonth";

    /**
     * Where CloudFormation knows AWS::Budgets::Budget, by the resource types of each region that cfn-lint 1.58.0 has from Amazon. Elsewhere it
     * refuses a template that has one, whether it is made or not; so may a region that is newer than this list.
     */
    private static final Set<String> WITH_BUDGETS = Set.of(
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "ca-central-1",
            "cn-north-1",
            "cn-northwest-1",
            "eu-central-1",
            "eu-isoe-west-1",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "eusc-de-east-1",
            "me-south-1",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-iso-east-1",
            "us-iso-west-1",
            "us-isob-east-1",
            "us-isob-west-1",
            "us-isof-east-1",
            "us-isof-south-1",
            "us-west-1",
            "us-west-2");

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
        return hasBudgets()
                ? shipped()
                : shipped()
                        .replaceFirst("\n  HasBudget: [^\n]*", "")
                        .replaceFirst("(?s)\n  MonthlyBudget:\n.*?\n(?=\nOutputs:\n)", "");
    }

    private boolean hasBudgets() {
        return WITH_BUDGETS.contains(region);
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
