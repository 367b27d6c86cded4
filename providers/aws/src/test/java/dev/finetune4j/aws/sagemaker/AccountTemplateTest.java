package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.aws.AccountTemplate;
import dev.finetune4j.aws.bedrock.BedrockProviderFactory;
import dev.finetune4j.aws.internal.jobs.StoreLayout;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.StagedOrder;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The account that the CloudFormation template makes is the one that jobs need. */
class AccountTemplateTest {
    private static final AccountTemplate TEMPLATE = AccountTemplate.shipped();
    private static final String KEY = AccountTemplate.KEY;
    private static final String CUSTOMIZATION = "/resources/CustomizationRole/Policies/0/PolicyDocument";

    /** What the role may do for jobs at JumpStart, which is held to their policy elsewhere. */
    private static final Set<String> OF_HUB = Set.of("FindModelAndScript", "ReadModelAndScript");

    private final JsonNode plain = TEMPLATE.plain();
    private final JsonNode all = TEMPLATE.full();

    @Test
    void letsTheRoleOfJobsDoWhatThePolicyOfAJobSays() {
        assertThat(ofRole(plain)).isEqualTo(ofJob(Map.of()));
        assertThat(ofRole(all))
                .isEqualTo(ofJob(
                        Map.of("kms-key", KEY, "subnets", "subnet-0a1b,subnet-2c3d", "security-groups", "sg-0a1b")));
    }

    @Test
    void letsTheRoleOfCustomizationDoWhatThePolicyOfAJobSays() {
        assertThat(statements(plain.at(CUSTOMIZATION))).isEqualTo(ofCustomization(Map.of()));
        assertThat(statements(all.at(CUSTOMIZATION)))
                .isEqualTo(ofCustomization(Map.of(
                        "kms-key",
                        KEY.replace(OfflineAccount.REGION, "us-east-1"),
                        "subnets",
                        "subnet-0a1b,subnet-2c3d",
                        "security-groups",
                        "sg-0a1b")));
    }

    @Test
    void saysWhatAJobFileSaysOfIt() {
        assertThat(all.at("/outputs/JobFile").asText())
                .isEqualTo("""
                places:
                  sagemaker:
                    role: %1$s
                    store: s3://my-bucket/finetune4j
                    region: eu-central-1
                    kms-key: %2$s
                    subnets: subnet-0a1b,subnet-2c3d
                    security-groups: sg-0a1b
                  jumpstart:
                    role: %1$s
                    store: s3://my-bucket/finetune4j
                    region: eu-central-1
                    kms-key: %2$s
                    subnets: subnet-0a1b,subnet-2c3d
                    security-groups: sg-0a1b
                  bedrock:
                    role: %3$s
                    store: s3://my-bucket/finetune4j
                    region: eu-central-1
                    kms-key: %2$s""".formatted(OfflineAccount.ROLE, KEY, AccountTemplate.CUSTOMIZATION_ROLE));
    }

    @Test
    void saysNothingOfBedrockWhereItNeitherTunesNorImports() {
        assertThat(TEMPLATE.withoutBedrock().at("/outputs/JobFile").asText())
                .contains("region: ap-southeast-2")
                .doesNotContain("bedrock");
    }

    @Test
    void knowsTheRegistriesOfImagesThatJobsUse() {
        VendorImages.shipped()
                .registryByRegion()
                .forEach((region, account) ->
                        assertThat(TEMPLATE.text()).contains("    %s: {Account: \"%s\"}".formatted(region, account)));
    }

    @Test
    void makesANetworkWithAWayToS3AndNoOther() {
        JsonNode stack = TEMPLATE.networked();
        JsonNode made = stack.path("resources");

        assertThat(made.at("/FirstSubnet/CidrBlock").asText()).isEqualTo("10.71.0.0/25");
        assertThat(made.at("/SecondSubnet/CidrBlock").asText()).isEqualTo("10.71.0.128/25");
        assertThat(made.at("/FirstSubnet/AvailabilityZone")).isNotEqualTo(made.at("/SecondSubnet/AvailabilityZone"));
        assertThat(made.at("/WayToS3/ServiceName").asText()).isEqualTo("com.amazonaws.eu-central-1.s3");
        assertThat(made.toString()).doesNotContain("InternetGateway", "NatGateway", "SecurityGroupIngress");
        Map<String, String> network = Map.of("subnets", "subnet-1e2f,subnet-3a4b", "security-groups", "sg-1e2f");
        assertThat(ofRole(stack)).isEqualTo(ofJob(network));
        assertThat(statements(stack.at(CUSTOMIZATION))).isEqualTo(ofCustomization(network));
        assertThat(stack.at("/outputs/JobFile")
                        .asText()
                        .split("subnets: subnet-1e2f,subnet-3a4b\\R +security-groups: sg-1e2f", -1))
                .hasSize(3);
        assertThat(plain.path("resources").fieldNames())
                .toIterable()
                .noneMatch(name -> name.matches("Vpc|.*Subnet|JobsGroup"));
    }

    @Test
    void keepsFilesOfJobsToTheAccountAndToTls() {
        JsonNode bucket = plain.at("/resources/Bucket");
        JsonNode policy = plain.at("/resources/BucketPolicy/PolicyDocument/Statement/0");

        assertThat(bucket.path("PublicAccessBlockConfiguration"))
                .hasSize(4)
                .allSatisfy(block -> assertThat(block.asBoolean()).isTrue());
        assertThat(bucket.at("/BucketEncryption/ServerSideEncryptionConfiguration"))
                .hasSize(1);
        assertThat(policy.toString())
                .contains("\"Effect\":\"Deny\"", "\"aws:SecureTransport\":\"false\"", "arn:aws:s3:::my-bucket/*");
        assertThat(bucket.at("/LifecycleConfiguration/Rules"))
                .extracting(rule -> rule.path("Prefix").asText())
                .containsExactly(
                        "finetune4j/",
                        "finetune4j/" + S3Store.INPUTS,
                        "finetune4j/" + StagedOrder.FOLDER,
                        "finetune4j/" + StoreLayout.CHECKPOINTS);
    }

    @Test
    void tellsOfTheMonthsSpendAtFourFifthsAndAtAll() {
        JsonNode budget = all.at("/resources/MonthlyBudget/Budget");
        JsonNode notifications = all.at("/resources/MonthlyBudget/NotificationsWithSubscribers");

        assertThat(budget.path("BudgetType").asText()).isEqualTo("COST");
        assertThat(budget.path("TimeUnit").asText()).isEqualTo("MONTHLY");
        assertThat(budget.path("BudgetLimit")).hasToString("{\"Amount\":\"100\",\"Unit\":\"USD\"}");
        assertThat(budget.at("/CostFilters/Service")).hasToString("[\"Amazon SageMaker\",\"Amazon Bedrock\"]");
        assertThat(notifications)
                .extracting(one -> one.at("/Notification/Threshold").asInt())
                .containsExactly(80, 100);
        assertThat(notifications).allSatisfy(one -> {
            assertThat(one.at("/Notification/NotificationType").asText()).isEqualTo("ACTUAL");
            assertThat(one.at("/Notification/ComparisonOperator").asText()).isEqualTo("GREATER_THAN");
            assertThat(one.path("Subscribers"))
                    .hasToString("[{\"SubscriptionType\":\"EMAIL\",\"Address\":\"team@example.org\"}]");
        });
        assertThat(plain.path("resources").has("MonthlyBudget")).isFalse();
    }

    private static List<JsonNode> ofRole(JsonNode stack) {
        return statements(stack.at("/resources/TrainingRole/Policies/0/PolicyDocument")).stream()
                .filter(statement -> !OF_HUB.contains(statement.path("Sid").asText()))
                .toList();
    }

    /** The policy for jobs of every name. */
    private static List<JsonNode> ofJob(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "role", OfflineAccount.ROLE, "region", OfflineAccount.REGION, "store", "s3://my-bucket/finetune4j"));
        settings.putAll(more);
        ProviderContext context = new ProviderContext(Path.of("target"), Map.of(), Clock.systemUTC());
        return ofHolder(new SageMakerProvider(context, settings));
    }

    /** The same at Bedrock, which tunes in few regions; the network is in the stack's. */
    private static List<JsonNode> ofCustomization(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "role",
                AccountTemplate.CUSTOMIZATION_ROLE,
                "region",
                "us-east-1",
                "store",
                "s3://my-bucket/finetune4j",
                "model",
                "amazon.nova-micro-v1:0:128k"));
        settings.putAll(more);
        ProviderContext context = new ProviderContext(Path.of("target"), Map.of(), Clock.systemUTC());
        return ofHolder(new BedrockProviderFactory().open(context, settings)).stream()
                .map(statement -> Json.read(
                        statement
                                .toString()
                                .replaceAll(":(ec2|kms|bedrock):us-east-1:", ":$1:" + OfflineAccount.REGION + ":"),
                        JsonNode.class))
                .toList();
    }

    private static List<JsonNode> ofHolder(Provider provider) {
        return provider.policies("", new ModelRef("any")).stream()
                .filter(policy -> policy.holder() == AccessPolicy.Holder.JOB)
                .flatMap(policy -> statements(Json.read(policy.document(), JsonNode.class)).stream())
                .toList();
    }

    /** Statements in which groups and subnets, which the template names by their ids alone, are those of the account. */
    private static List<JsonNode> statements(JsonNode document) {
        List<JsonNode> statements = new ArrayList<>();
        for (JsonNode statement : document.path("Statement")) {
            statements.add(Json.read(
                    statement
                            .toString()
                            .replace("arn:*:ec2:*:*:", "arn:aws:ec2:" + OfflineAccount.REGION + ":123456789012:"),
                    JsonNode.class));
        }
        assertThat(document.path("Version").asText()).isEqualTo("2012-10-17");
        return statements;
    }
}
