package dev.finetune4j.aws.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.bedrock.BedrockProviderFactory;
import dev.finetune4j.aws.jumpstart.JumpStartProviderFactory;
import dev.finetune4j.aws.sagemaker.SageMakerProviderFactory;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Diagnosis.Verdict;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.ProviderFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever of an account gets in the way of a job is found, and what cannot be looked at is called unknown. */
class AwsExaminerTest {
    private static final Account ACCOUNT = Account.sample();
    private static final String ROLE = ACCOUNT.roles().iterator().next();
    private static final String MACHINE = "ml.g5.xlarge";

    @TempDir
    private Path folder;

    private OfflineAws aws;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> settings = new HashMap<>(
            Map.of("role", ROLE, "region", ACCOUNT.region(), "store", "s3://my-bucket/jobs", "machine", MACHINE));

    @BeforeEach
    void open() throws IOException {
        OfflineS3 s3 = new OfflineS3(folder, ACCOUNT.id(), ACCOUNT.region(), Clock.systemUTC())
                .createBucket("my-bucket")
                .createBucket("away", "us-west-2", ACCOUNT.id())
                .createBucket("others", ACCOUNT.region(), "999999999999");
        aws = OfflineAws.start(
                ACCOUNT, Clock.systemUTC(), Pace.SWIFT, PlannedContainer.succeedingAfter(Duration.ofHours(1)), s3);
        aws.sageMaker().quota(MACHINE, 2);
        environment.putAll(Map.of(
                "AWS_ENDPOINT_URL",
                aws.endpoint().toString(),
                "AWS_ACCESS_KEY_ID",
                aws.accessKeyId(),
                "AWS_SECRET_ACCESS_KEY",
                aws.secretAccessKey()));
    }

    @AfterEach
    void close() {
        aws.close();
    }

    @Test
    void findsNothingInAnAccountThatIsReady() {
        List<Diagnosis> all = examine();

        assertThat(all)
                .extracting(Diagnosis::name)
                .containsExactly("region", "credentials", "role", "role access", "bucket", "quota");
        assertThat(all).extracting(Diagnosis::verdict).containsOnly(Verdict.OK);
        assertThat(all.get(1).found()).contains(":user/offline", ACCOUNT.id());
        assertThat(all.get(5).found()).isEqualTo("\"ml.g5.xlarge for training job usage\" in eu-central-1 is 2");
    }

    @Test
    void looksAtCredentialsAloneWithoutAJob() {
        environment.put("AWS_REGION", "eu-central-1");

        assertThat(new AwsExaminer().examine(context(), null))
                .extracting(Diagnosis::name)
                .containsExactly("region", "credentials");
        environment.remove("AWS_REGION");
        assertThat(new AwsExaminer().examine(context(), null))
                .containsExactly(Diagnosis.fail("region", "not told", "export AWS_REGION=eu-central-1"));
    }

    @Test
    void findsWhatIsWrongWithTheRole() {
        aws.iam()
                .trust(
                        ROLE,
                        "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}}");
        finds("role", Verdict.FAIL, "does not trust sagemaker.amazonaws.com", "aws iam update-assume-role-policy");

        settings.put("role", "arn:aws:iam::123456789012:role/service-role/finetune4j-training");
        finds("role", Verdict.FAIL, "the role finetune4j-training is " + ROLE, "places.sagemaker.role: " + ROLE);

        settings.put("role", "arn:aws:iam::123456789012:role/none");
        finds("role", Verdict.FAIL, "there is no role none", "aws iam create-role --role-name none");

        settings.put("role", "arn:aws:iam::999999999999:role/none");
        finds("credentials", Verdict.FAIL, "another account's", "account " + ACCOUNT.id());
    }

    @Test
    void findsWhatIsWrongWithTheBucket() {
        settings.put("store", "s3://none/jobs");
        finds("bucket", Verdict.FAIL, "FT0861", "aws s3 mb s3://none --region eu-central-1");
        settings.put("store", "s3://away/jobs");
        finds("bucket", Verdict.FAIL, "FT0862", "aws s3 mb s3://");
        settings.put("store", "s3://others/jobs");
        finds("bucket", Verdict.FAIL, "FT0864", "");
    }

    @Test
    void saysThatNobodyLooksForTheWayToS3OfANetwork() {
        settings.putAll(Map.of("subnets", "subnet-1", "security-groups", "sg-1"));

        finds(
                "network",
                Verdict.UNKNOWN,
                "whether subnet-1 have a way to S3 is not looked at",
                "aws ec2 describe-vpc-endpoints --region eu-central-1");
    }

    @Test
    void findsThatTheQuotaLeavesNoMachine() {
        aws.sageMaker().quota(MACHINE, 0);
        finds("quota", Verdict.FAIL, "is 0", "request-service-quota-increase --service-code sagemaker --quota-code L-");
        settings.put("spot", "true");
        finds("quota", Verdict.FAIL, "ml.g5.xlarge for spot training job usage", "--quota-code L-");
        settings.put("machine", "ml.p5.48xlarge");
        finds("quota", Verdict.OK, "\"ml.p5.48xlarge for spot training job usage\" in eu-central-1 is 100", "");
        settings.remove("machine");
        finds("quota", Verdict.UNKNOWN, "leaves its machine to a plan", "places.sagemaker.machine: ");
    }

    @Test
    void looksAtTheQuotaOfKeptMachinesWhereTheJobKeepsThem() {
        settings.put("keep-alive", "30m");
        finds("warm pool quota", Verdict.OK, "ml.g5.xlarge for training warm pool usage", "");
        aws.sageMaker().quotaNamed("ml.g5.xlarge for training warm pool usage", 0);
        finds("warm pool quota", Verdict.FAIL, "is 0", "request-service-quota-increase --service-code sagemaker");
    }

    @Test
    void asksWhatTheRoleMayDoWithTheStore() {
        aws.iam().restrictRole(ROLE, allow("s3:GetObject"));
        finds(
                "role access",
                Verdict.FAIL,
                "the role may not s3:PutObject arn:aws:s3:::my-bucket/jobs/",
                "finetune policy JOB --for job");
        aws.iam().restrictRole(ROLE, allow("s3:*"));
        finds("role access", Verdict.OK, "may read and write", "");

        aws.iam()
                .restrictRole(
                        ROLE,
                        allow("s3:GetObject"),
                        allow("s3:PutObject")
                                .replace(
                                        "}]}", ",\"Condition\":{\"StringEquals\":{\"aws:SourceVpce\":\"vpce-1\"}}}]}"));
        finds(
                "role access",
                Verdict.UNKNOWN,
                "whether the role may s3:PutObject arn:aws:s3:::my-bucket/jobs/",
                "finetune policy JOB --for job");
        aws.iam().restrictUser(allow("iam:GetRole"));
        finds("role access", Verdict.UNKNOWN, "iam:SimulatePrincipalPolicy", "aws iam simulate-principal-policy");
    }

    private static String allow(String action) {
        return "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"" + action + "\",\"Resource\":\"*\"}]}";
    }

    @Test
    void findsWhatTheJobFileSaysWrongly() {
        settings.put("role", "training");
        settings.put("isolated", "maybe");

        assertThat(examine())
                .filteredOn(diagnosis -> diagnosis.name().equals("settings"))
                .extracting(Diagnosis::found)
                .anySatisfy(found -> assertThat(found).contains("FT0831", "isolated"));
    }

    @Test
    void callsUnknownWhatItMayNotLookAt() {
        aws.iam()
                .restrictUser(
                        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:ListBucket\",\"Resource\":\"*\"}]}");

        finds("credentials", Verdict.OK, ":user/offline", "");
        finds(
                "role",
                Verdict.UNKNOWN,
                "iam:GetRole",
                "aws iam get-role --query Role.AssumeRolePolicyDocument --role-name finetune4j-training");
        finds("bucket", Verdict.OK, "", "");
        finds("quota", Verdict.UNKNOWN, "servicequotas:ListServiceQuotas", "list-service-quotas");
    }

    @Test
    void failsWhereTheClockOfThisMachineIsWrong() {
        aws.faults().skewClock(Duration.ofMinutes(10));

        finds("quota", Verdict.FAIL, "Signature expired: ", "sudo timedatectl set-ntp true");
    }

    @Test
    void callsUnknownWhatNobodyCanLookAtWithoutCredentials() {
        environment.remove("AWS_ACCESS_KEY_ID");
        environment.remove("AWS_SECRET_ACCESS_KEY");
        environment.put("AWS_CONFIG_FILE", folder.resolve("none").toString());
        environment.put("AWS_SHARED_CREDENTIALS_FILE", folder.resolve("none").toString());

        finds("credentials", Verdict.FAIL, "no credentials were found", "aws configure --profile default");
        assertThat(examine())
                .filteredOn(diagnosis -> List.of("role", "bucket", "quota").contains(diagnosis.name()))
                .hasSize(3)
                .allSatisfy(diagnosis -> {
                    assertThat(diagnosis.verdict()).isEqualTo(Verdict.UNKNOWN);
                    assertThat(diagnosis.remedy()).isEqualTo("mend credentials first");
                });
    }

    @Test
    void tellsCredentialsThatAreWrongFromACloudThatIsAway() {
        environment.put("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN");
        finds("credentials", Verdict.FAIL, "InvalidClientTokenId", "aws sts get-caller-identity");

        environment.put("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        assertThat(examine())
                .filteredOn(diagnosis -> !diagnosis.name().equals("region"))
                .hasSize(4)
                .allSatisfy(diagnosis -> assertThat(diagnosis.verdict()).isEqualTo(Verdict.UNKNOWN));
    }

    @Test
    void looksAtAccessToTheModelWhereAJobNamesBedrock() throws IOException {
        try (OfflineAws east = east()) {
            environment.put("AWS_ENDPOINT_URL", east.endpoint().toString());
            environment.put("AWS_ACCESS_KEY_ID", east.accessKeyId());
            environment.put("AWS_SECRET_ACCESS_KEY", east.secretAccessKey());
            assertThat(atBedrock("amazon.nova-micro-v1:0:128k"))
                    .extracting(Diagnosis::name)
                    .containsExactly(
                            "bedrock region",
                            "bedrock credentials",
                            "bedrock role",
                            "bedrock role access",
                            "bedrock bucket",
                            "bedrock model",
                            "bedrock quota");
            assertThat(atBedrock("amazon.nova-micro-v1:0:128k"))
                    .extracting(Diagnosis::verdict)
                    .containsOnly(Verdict.OK);

            east.bedrock().quota(0);
            assertThat(atBedrock("amazon.nova-micro-v1:0:128k").get(6).found())
                    .isEqualTo("\"(Model customization) Scheduled customization jobs\" in us-east-1 is 0");
            east.bedrock().withhold("amazon.nova-micro-v1:0");
            Diagnosis withheld = atBedrock("amazon.nova-micro-v1:0:128k").get(5);
            assertThat(withheld.verdict()).isEqualTo(Verdict.FAIL);
            assertThat(withheld.found()).contains("no access to amazon.nova-micro-v1:0 in us-east-1", "NOT_AUTHORIZED");
            assertThat(withheld.remedy()).startsWith("aws bedrock list-foundation-model-agreement-offers");

            east.iam().trust(ROLE, "{\"Statement\": []}");
            assertThat(atBedrock("amazon.nova-micro-v1:0:128k").get(2).found())
                    .contains("does not trust bedrock.amazonaws.com");
            assertThat(atBedrock("amazon.none-v1:0:128k").get(2).found()).contains("FT0882");

            east.iam().restrictUser("{\"Statement\":[]}");
            assertThat(atBedrock("amazon.nova-micro-v1:0:128k").get(4).verdict())
                    .isEqualTo(Verdict.UNKNOWN);
        }
    }

    @Test
    void looksForTheModelOfTheHubWhereAJobNamesJumpStart() {
        assertThat(atJumpStart("huggingface-llm-offline-tiny"))
                .extracting(Diagnosis::name)
                .containsExactly(
                        "jumpstart region",
                        "jumpstart credentials",
                        "jumpstart role",
                        "jumpstart role access",
                        "jumpstart bucket",
                        "jumpstart model",
                        "jumpstart quota");
        int asked = aws.calls("DescribeHubContent").size();
        List<Diagnosis> good = atJumpStart("huggingface-llm-offline-tiny");
        assertThat(good).extracting(Diagnosis::verdict).containsOnly(Verdict.OK);
        assertThat(good.get(5).found())
                .isEqualTo("the hub in eu-central-1 has huggingface-llm-offline-tiny, version 1.1.0");
        assertThat(aws.calls("DescribeHubContent"))
                .as("for the image that the role pulls, and for what it has against the job")
                .hasSize(asked + 2);

        assertThat(atJumpStart("meta-none").get(3).verdict()).isEqualTo(Verdict.UNKNOWN);
        Diagnosis none = atJumpStart("meta-none").get(5);
        assertThat(none.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(none.found()).isEqualTo("FT0913: the hub in eu-central-1 has no model meta-none");
        assertThat(none.remedy()).startsWith("places.jumpstart.model: meta-textgeneration-llama");

        settings.put("machine", "ml.g4dn.xlarge");
        Diagnosis unsuited = atJumpStart("huggingface-llm-offline-tiny").get(5);
        assertThat(unsuited.verdict()).as("launch refuses it").isEqualTo(Verdict.FAIL);
        assertThat(unsuited.found()).contains("FT0916", "not tuned on ml.g4dn.xlarge");
        assertThat(unsuited.remedy()).isEqualTo("places.jumpstart.machine: ml.g5.2xlarge");
        settings.put("machine", "ml.g5.2xlarge");
        assertThat(atJumpStart("meta-textgeneration-llama-3-2-1b-instruct")
                        .get(5)
                        .remedy())
                .as("a licence that nobody accepted")
                .isEqualTo("places.jumpstart.accept-eula: true");
        assertThat(atJumpStart("huggingface-llm-offline-fixed").get(5).found()).contains("does not tune");

        aws.iam().restrictUser("{\"Statement\":[]}");
        assertThat(atJumpStart("meta-none").get(4).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    private List<Diagnosis> atJumpStart(String model) {
        Map<String, String> told = new HashMap<>(settings);
        told.put("model", model);
        return new AwsExaminer().examine(context(), job(new JumpStartProviderFactory(), told));
    }

    private OfflineAws east() throws IOException {
        Account account = new Account(ACCOUNT.id(), "us-east-1", ACCOUNT.roles());
        OfflineS3 s3 = new OfflineS3(folder.resolve("east"), account.id(), account.region(), Clock.systemUTC())
                .createBucket("my-bucket");
        return OfflineAws.start(
                account, Clock.systemUTC(), Pace.SWIFT, PlannedContainer.succeedingAfter(Duration.ofHours(1)), s3);
    }

    private List<Diagnosis> atBedrock(String model) {
        Map<String, String> told =
                Map.of("role", ROLE, "region", "us-east-1", "store", "s3://my-bucket/jobs", "model", model);
        return new AwsExaminer().examine(context(), job(new BedrockProviderFactory(), told));
    }

    private static FineTuneJob job(ProviderFactory place, Map<String, String> told) {
        return FineTuneJob.builder(
                        "letters",
                        ModelRef.parse("tiny"),
                        TaskSpec.of(TaskKind.SENTIMENT),
                        DataSpec.ofFile("letters.jsonl"))
                .place(place.id(), told)
                .build();
    }

    private void finds(String name, Verdict verdict, String found, String remedy) {
        List<Diagnosis> all = examine();
        Diagnosis one = all.stream()
                .filter(diagnosis -> diagnosis.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(all.toString()));
        assertThat(one.verdict()).as("%s", all).isEqualTo(verdict);
        assertThat(one.found()).contains(found).doesNotContain(aws.secretAccessKey());
        assertThat(one.remedy()).contains(remedy);
        if (verdict != Verdict.OK) {
            assertThat(one.remedy()).isNotEmpty();
        }
    }

    private List<Diagnosis> examine() {
        return new AwsExaminer().examine(context(), job(new SageMakerProviderFactory(), settings));
    }

    private ProviderContext context() {
        return new ProviderContext(folder, environment, Clock.systemUTC());
    }
}
