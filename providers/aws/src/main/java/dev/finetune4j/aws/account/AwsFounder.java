package dev.finetune4j.aws.account;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.spi.AccountFounder;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.ProviderContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;

/** Makes the stack of {@code infra/aws/finetune4j.yaml}. */
public final class AwsFounder implements AccountFounder {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(3);

    @Override
    public String vendor() {
        return "aws";
    }

    @Override
    public String about() {
        return "the stack of infra/aws, with bucket, roles and log group";
    }

    @Override
    public String usualRegion() {
        return "AWS_REGION, or that of AWS's profile";
    }

    @Override
    public List<String> examples() {
        return List.of("--region eu-central-1", "--set Encryption=KMS --set Network=create --yes");
    }

    @Override
    public Founding prepare(ProviderContext context, Map<String, String> wishes) {
        String region = AwsConnection.region(wishes, context.environment())
                .orElseThrow(() -> AccountProblems.NOT_MADE
                        .error("no region is told")
                        .remedy("finetune bootstrap aws --region eu-central-1")
                        .asException());
        Map<String, String> parameters = new TreeMap<>(wishes);
        parameters.remove(PlaceSettings.REGION);
        StackTemplate template = new StackTemplate(region);
        parameters.keySet().stream()
                .filter(name -> !template.takes(name))
                .findFirst()
                .ifPresent(name -> {
                    throw AccountProblems.NOT_MADE
                            .error("there is nothing to set by " + name + " in " + region)
                            .because("CloudFormation makes no budgets there; the account may have one all the same")
                            .remedy("finetune bootstrap aws --region " + region)
                            .asException();
                });
        CloudFormationClient client =
                AwsConnection.brief(region, "CLOUDFORMATION").open(CloudFormationClient.builder(), context);
        StackChange change = new StackChange(client, region, context.clock(), BETWEEN_LOOKS);
        try {
            change.prepare(template.text(), parameters);
            return change;
        } catch (RuntimeException e) {
            forget(change, e);
            throw e;
        }
    }

    /** Why it failed matters more than that its remains stay. */
    private static void forget(StackChange change, RuntimeException failure) {
        try {
            change.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
