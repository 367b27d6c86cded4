package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.aws.bedrock.BedrockProviderFactory;
import dev.finetune4j.aws.internal.jobs.StoreLayout;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.PythonPackages;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The account that the CloudFormation template makes is the one that jobs need. */
class AccountTemplateTest {
    private static final Path TEMPLATE = Path.of("../../infra/aws/finetune4j.yaml");
    private static final String KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f";

    /** What resources are called, which CloudFormation makes up. */
    private static final Map<String, String> MADE_UP = Map.of(
            "Bucket", "made-up",
            "Bucket.Arn", "arn:aws:s3:::made-up",
            "Key.Arn", KEY,
            "TrainingRole.Arn", OfflineAccount.ROLE,
            "CustomizationRole.Arn", "arn:aws:iam::123456789012:role/finetune4j-customization");

    private static final String CUSTOMIZATION = "/resources/CustomizationRole/Policies/0/PolicyDocument";

    private static JsonNode plain;
    private static JsonNode all;
    private static JsonNode findings;

    /** The template with the least and with all of its parameters; cfn-lint takes seconds to begin. */
    @BeforeAll
    static void make() throws Exception {
        Map<String, String> parameters = new HashMap<>(MADE_UP);
        String least = Json.line(parameters);
        parameters.putAll(Map.of(
                "Encryption",
                "KMS",
                "Subnets",
                "subnet-0a1b,subnet-2c3d",
                "SecurityGroups",
                "sg-0a1b",
                "OutputDays",
                "30"));
        JsonNode said = Json.read(
                PythonPackages.of("cfn-lint-requirements.txt")
                        .output("account_template.py", TEMPLATE, least, Json.line(parameters)),
                JsonNode.class);
        findings = said.path("findings");
        plain = said.at("/stacks/0");
        all = said.at("/stacks/1");
    }

    @Test
    void hasNothingThatCfnLintFinds() {
        assertThat(findings).isEmpty();
    }

    @Test
    void letsTheRoleOfJobsDoWhatThePolicyOfAJobSays() {
        assertThat(ofRole(plain)).isEqualTo(ofJob(Map.of()));
        assertThat(ofRole(all))
                .isEqualTo(ofJob(Map.of("kms-key", KEY, "subnets", "subnet-0a1b", "security-groups", "sg-0a1b")));
    }

    @Test
    void letsTheRoleOfCustomizationDoWhatThePolicyOfAJobSays() {
        assertThat(statements(plain.at(CUSTOMIZATION))).isEqualTo(ofCustomization(Map.of()));
        assertThat(statements(all.at(CUSTOMIZATION))).isEqualTo(ofCustomization(Map.of("kms-key", KEY)));
    }

    @Test
    void saysWhatAJobFileSaysOfIt() {
        assertThat(all.at("/outputs/JobFile").asText())
                .isEqualTo("""
                places:
                  sagemaker:
                    role: %1$s
                    store: s3://made-up/finetune4j
                    region: eu-central-1
                    kms-key: %2$s
                    subnets: subnet-0a1b,subnet-2c3d
                    security-groups: sg-0a1b
                  bedrock:
                    role: %3$s
                    store: s3://made-up/finetune4j
                    kms-key: %2$s""".formatted(OfflineAccount.ROLE, KEY, MADE_UP.get("CustomizationRole.Arn")));
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
                .contains("\"Effect\":\"Deny\"", "\"aws:SecureTransport\":\"false\"", "arn:aws:s3:::made-up/*");
        assertThat(bucket.at("/LifecycleConfiguration/Rules"))
                .extracting(rule -> rule.path("Prefix").asText())
                .containsExactly(
                        "finetune4j/",
                        "finetune4j/" + S3Store.INPUTS,
                        "finetune4j/" + StoreLayout.ORDERS,
                        "finetune4j/" + StoreLayout.CHECKPOINTS);
    }

    private static List<JsonNode> ofRole(JsonNode stack) {
        return statements(stack.at("/resources/TrainingRole/Policies/0/PolicyDocument"));
    }

    /** The policy for jobs of every name. */
    private static List<JsonNode> ofJob(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "role", OfflineAccount.ROLE, "region", OfflineAccount.REGION, "store", "s3://made-up/finetune4j"));
        settings.putAll(more);
        ProviderContext context = new ProviderContext(Path.of("target"), Map.of(), Clock.systemUTC());
        return ofHolder(new SageMakerProvider(context, settings));
    }

    /** The same at Bedrock, which tunes in few regions; nothing in what its role may do names one. */
    private static List<JsonNode> ofCustomization(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "role",
                MADE_UP.get("CustomizationRole.Arn"),
                "region",
                "us-east-1",
                "store",
                "s3://made-up/finetune4j"));
        settings.putAll(more);
        ProviderContext context = new ProviderContext(Path.of("target"), Map.of(), Clock.systemUTC());
        return ofHolder(new BedrockProviderFactory().open(context, settings));
    }

    private static List<JsonNode> ofHolder(Provider provider) {
        return provider.policies("").stream()
                .filter(policy -> policy.holder() == AccessPolicy.Holder.JOB)
                .flatMap(policy -> statements(Json.read(policy.document(), JsonNode.class)).stream())
                .toList();
    }

    /**
     * Statements in which a registry belongs to any account, since the template knows none by region, and a network is any: it has its
     * subnets as one text.
     */
    private static List<JsonNode> statements(JsonNode document) {
        List<JsonNode> statements = new ArrayList<>();
        for (JsonNode statement : document.path("Statement")) {
            statements.add(Json.read(
                    statement
                            .toString()
                            .replaceAll("(:ecr:[a-z0-9-]+:)\\d{12}:", "$1*:")
                            .replaceAll("(:(?:subnet|security-group)/)[^\"*]+", "$1*"),
                    JsonNode.class));
        }
        assertThat(document.path("Version").asText()).isEqualTo("2012-10-17");
        return statements;
    }
}
