package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.testkit.GoldenFiles;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.BedrockException;

/** What the mapper makes of a job, the service takes; what the service would not take, the rules tell before. */
class CustomizationMapperTest {
    private static final int MOST_JOBS = 4000;
    private static final String CREATE = "CreateModelCustomizationJob";

    private final Map<String, OfflineAws> clouds = new HashMap<>();
    private final Map<String, BedrockClient> clients = new HashMap<>();

    @BeforeEach
    void open() throws Exception {
        for (String region : List.of("us-east-1", "us-west-2")) {
            OfflineAws aws = OfflineTuning.start(new VirtualClock(), region);
            aws.bedrock().quota(MOST_JOBS); // none of them ends
            clouds.put(region, aws);
            clients.put(
                    region,
                    BedrockClient.builder()
                            .endpointOverride(aws.endpoint())
                            .region(Region.of(region))
                            .httpClientBuilder(UrlConnectionHttpClient.builder())
                            .credentialsProvider(StaticCredentialsProvider.create(
                                    AwsBasicCredentials.create(aws.accessKeyId(), aws.secretAccessKey())))
                            .build());
        }
    }

    @AfterEach
    void close() {
        clients.values().forEach(BedrockClient::close);
        clouds.values().forEach(OfflineAws::close);
    }

    @Test
    void writesTheRequestOfAJob() throws Exception {
        GoldenFiles.in("golden")
                .assertMatches(
                        "customization-job.json",
                        sent(
                                OfflineTuning.job("tickets-3f9c2a11-1", "0123456789abcdef"),
                                OfflineTuning.options().build()));
    }

    @Test
    void writesTheRequestOfAJobWithAllThereIs() throws Exception {
        BedrockOptions options = BedrockOptions.builder(
                        OfflineTuning.ROLE,
                        "us-west-2",
                        OfflineTuning.STORE,
                        "anthropic.claude-3-haiku-20240307-v1:0:200k")
                .kmsKey("alias/training")
                .network(List.of("subnet-1", "subnet-2"), List.of("sg-1"))
                .hyperParameters(Map.of("learningRateMultiplier", "1.50"))
                .build();
        StagedTuning job = new StagedTuning(
                new RunId("tickets--3f9c2a11-1"),
                "0123456789abcdef",
                OfflineTuning.STORE + "/inputs/5e/train.jsonl",
                OfflineTuning.STORE + "/inputs/5e/validation.jsonl",
                LoraTuning.defaults(),
                TrainingSpec.builder()
                        .batchSize(16)
                        .gradientAccumulation(2)
                        .earlyStoppingPatience(3)
                        .build(),
                Map.of("finetune4j-run", "tickets"));

        GoldenFiles.in("golden").assertMatches("customization-job-full.json", sent(job, options));
    }

    @Test
    void tellsWhateverTheServiceWouldRefuse() throws Exception {
        comparesRefusals(400);
    }

    @Test
    @Tag("slow")
    void tellsWhateverTheServiceWouldRefuseOfManyJobs() throws Exception {
        comparesRefusals(MOST_JOBS);
    }

    private void comparesRefusals(int count) throws Exception {
        TuningsAtRandom jobs = new TuningsAtRandom(20261126);
        int accepted = 0;
        int compared = 0;
        for (int i = 0; i < count; i++) {
            BedrockOptions options = jobs.options();
            StagedTuning job = jobs.job("tickets-" + i);
            List<Problem> problems = BedrockRules.problems(job, options);
            boolean isGood = problems.stream().noneMatch(Problem::isError);
            if (!clients.containsKey(options.region())) {
                assertThat(isGood).as("%s", options).isFalse();
                continue;
            }
            compared++;

            Optional<BedrockException> refusal = create(job, options);

            if (isGood) {
                assertThat(refusal).as("%s with %s", job, options).isEmpty();
                accepted++;
            }
            refusal.ifPresent(error -> assertThat(isGood)
                    .as("refused with %s: %s with %s", error.getMessage(), job, options)
                    .isFalse());
        }

        assertThat(compared).isGreaterThan(count / 2);
        assertThat(accepted).as("of %s jobs were good", compared).isBetween(compared / 20, compared / 2);
    }

    @Test
    void namesAJobAndItsModelTheSameEachTimeAndApartFromOthers() {
        StagedTuning job = OfflineTuning.job("tickets-3f9c2a11-1", "abc");
        StagedTuning doubled = OfflineTuning.job("tickets--" + "x".repeat(52) + "-1", "abc");

        assertThat(job.jobName()).isEqualTo("tickets-3f9c2a11-1");
        assertThat(job.modelName()).isEqualTo("tickets-3f9c2a11-1");
        assertThat(OfflineTuning.request(job, OfflineTuning.options().build()))
                .isEqualTo(OfflineTuning.request(job, OfflineTuning.options().build()));
        assertThat(doubled.modelName()).matches("([0-9a-zA-Z][_-]?){1,63}").hasSizeLessThanOrEqualTo(63);
        assertThat(OfflineTuning.job("tickets--1", "abc").modelName())
                .isNotEqualTo(OfflineTuning.job("tickets-1", "abc").modelName());
        assertThat(job.token())
                .isNotEqualTo(OfflineTuning.job("tickets-3f9c2a11-2", "abc").token())
                .isNotEqualTo(OfflineTuning.job("tickets-3f9c2a11-1", "abd").token());
        assertThat(StagedTuning.digestIn(job.id(), job.token())).isEqualTo("abc");
        assertThat(StagedTuning.digestIn(job.id(), "somebody-elses-token")).isEmpty();
    }

    /** The request as it went over the wire, which the service must have taken whole. */
    private String sent(StagedTuning job, BedrockOptions options) throws Exception {
        assertThat(BedrockRules.problems(job, options))
                .filteredOn(Problem::isError)
                .isEmpty();
        assertThat(create(job, options)).isEmpty();
        OfflineAws aws = Objects.requireNonNull(clouds.get(options.region()));
        List<Call> calls = aws.calls(CREATE);
        ObjectNode body = calls.get(calls.size() - 1).request();
        assertThat(aws.bedrock().model().unknownMembers(CREATE, body)).isEmpty();
        return Json.pretty(body) + "\n";
    }

    private Optional<BedrockException> create(StagedTuning job, BedrockOptions options) {
        try {
            Objects.requireNonNull(clients.get(options.region()))
                    .createModelCustomizationJob(OfflineTuning.request(job, options));
            return Optional.empty();
        } catch (BedrockException e) {
            return Optional.of(e);
        }
    }
}
