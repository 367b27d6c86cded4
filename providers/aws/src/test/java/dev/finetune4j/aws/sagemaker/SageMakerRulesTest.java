package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.internal.jobs.SageMakerProblems;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with a job is told at the setting that is to blame, with what to do. */
class SageMakerRulesTest {
    private static final VendorImages IMAGES = VendorImages.shipped();
    private static final String ROLE = "arn:aws:iam::123456789012:role/service-role/training";
    private static final String STORE = "s3://my-bucket/jobs";

    @Test
    void hasNothingAgainstAGoodJob() {
        assertThat(SageMakerRules.problems(gpu().build(), IMAGES)).isEmpty();
        assertThat(SageMakerRules.problems(
                        job(Map.of(), Duration.ofDays(28)), gpu().spot(true).build(), IMAGES))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("badOptions")
    void pointsAtTheSetting(SageMakerOptions options, ProblemKind kind, String key, String summary, String remedy) {
        assertThat(SageMakerRules.problems(options, IMAGES)).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(kind);
            assertThat(problem.place()).contains(Location.ofKey("places.sagemaker." + key));
            assertThat(problem.summary()).isEqualTo(summary);
            assertThat(problem.remedies().get(0)).isEqualTo(remedy);
        });
    }

    static Stream<Arguments> badOptions() {
        ProblemKind wrong = SageMakerProblems.BAD_SETTING;
        ProblemKind together = SageMakerProblems.CONTRADICTION;
        return Stream.of(
                Arguments.of(
                        SageMakerOptions.builder("training", "eu-central-1", STORE, "ml.g5.xlarge")
                                .build(),
                        wrong,
                        "role",
                        "training is no ARN of a role",
                        "aws iam get-role --query Role.Arn --role-name training"),
                Arguments.of(
                        SageMakerOptions.builder(ROLE, "cn-north-1", STORE, "ml.g5.xlarge")
                                .build(),
                        together,
                        "role",
                        "the role is of partition aws, the region cn-north-1 is not",
                        "aws sts get-caller-identity --region cn-north-1"),
                Arguments.of(
                        SageMakerOptions.builder(ROLE, "Frankfurt", STORE, "ml.g5.xlarge")
                                .build(),
                        wrong,
                        "region",
                        "no region of AWS looks like Frankfurt",
                        "places.sagemaker.region: eu-central-1"),
                Arguments.of(
                        SageMakerOptions.builder(ROLE, "eu-nowhere-9", STORE, "ml.g5.xlarge")
                                .build(),
                        SageMakerProblems.NO_IMAGE,
                        "region",
                        "no training image of Amazon's is known in eu-nowhere-9",
                        "places.sagemaker.image: ACCOUNT.dkr.ecr.eu-nowhere-9.amazonaws.com/REPOSITORY:TAG"),
                Arguments.of(
                        SageMakerOptions.builder(ROLE, "eu-central-1", "my-bucket", "ml.g5.xlarge")
                                .build(),
                        wrong,
                        "store",
                        "my-bucket is no place in S3 for files of a job",
                        "places.sagemaker.store: s3://my-bucket/finetune4j"),
                Arguments.of(
                        SageMakerOptions.builder(ROLE, "eu-central-1", STORE, "g5.xlarge")
                                .build(),
                        wrong,
                        "machine",
                        "SageMaker trains on no g5.xlarge that is known here",
                        "places.sagemaker.machine: ml.g5.xlarge"),
                Arguments.of(
                        gpu().volumeGb(-1).build(),
                        wrong,
                        "volume-gb",
                        "a disk has 1 to 16384 GB, not -1",
                        "places.sagemaker.volume-gb: 100"),
                Arguments.of(
                        gpu().keepAlive(Duration.ofHours(7)).build(),
                        wrong,
                        "keep-alive",
                        "a machine is kept for 6h at most, not 7h",
                        "places.sagemaker.keep-alive: 30m"),
                Arguments.of(
                        gpu().keepAlive(Duration.ofHours(1)).spot(true).build(),
                        together,
                        "keep-alive",
                        "a machine that can be taken back cannot be kept for another job",
                        "leave places.sagemaker.keep-alive out"),
                Arguments.of(
                        gpu().image("pytorch:latest").build(),
                        wrong,
                        "image",
                        "pytorch:latest is no image in Amazon's registry",
                        "leave places.sagemaker.image out, for Amazon's own"),
                Arguments.of(
                        gpu().image("123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1")
                                .build(),
                        together,
                        "image",
                        "the image is in us-east-1, the job in eu-central-1",
                        "leave places.sagemaker.image out, for Amazon's own in eu-central-1"),
                Arguments.of(
                        gpu().image("123456789012.dkr.ecr.eu-central-1.amazonaws.com.cn/mine:1")
                                .build(),
                        together,
                        "image",
                        "registries of eu-central-1 end with amazonaws.com, not amazonaws.com.cn",
                        "places.sagemaker.image: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/mine:1"),
                Arguments.of(
                        gpu().network(subnets(17), List.of("sg-1")).build(),
                        wrong,
                        "subnets",
                        "a job has at most 16 of them, not 17",
                        "name 16 or fewer"),
                Arguments.of(
                        SageMakerOptions.builder(ROLE, "eu-central-1", STORE, "ml.p3.2xlarge")
                                .kmsKey("arn:aws:kms:us-east-1:123456789012:key/k")
                                .build(),
                        together,
                        "kms-key",
                        "the key is in us-east-1, the job in eu-central-1",
                        "aws kms list-aliases --region eu-central-1"),
                Arguments.of(
                        gpu().bringsWorker(true).build(),
                        together,
                        "worker-in-image",
                        "no image of Amazon's has finetune4j's worker in it",
                        "leave places.sagemaker.worker-in-image out"),
                Arguments.of(
                        gpu().maxWait(Duration.ofHours(1)).build(),
                        together,
                        "max-wait",
                        "only a spot job has a longest time to wait",
                        "places.sagemaker.spot: true"),
                Arguments.of(
                        gpu().maxPending(Duration.ofMinutes(5)).build(),
                        wrong,
                        "max-pending",
                        "a job waits for a machine for 30m to 28d, not 5m",
                        "places.sagemaker.max-pending: 2h"),
                Arguments.of(
                        gpu().maxPending(Duration.ofHours(1)).spot(true).build(),
                        together,
                        "max-pending",
                        "a spot job waits and runs as long as max-wait says",
                        "leave places.sagemaker.max-pending out"),
                Arguments.of(
                        SageMakerOptions.builder(ROLE, "eu-central-1", STORE, "ml.m5.xlarge")
                                .maxPending(Duration.ofHours(1))
                                .build(),
                        together,
                        "max-pending",
                        "only a machine with a GPU is waited for, not ml.m5.xlarge",
                        "leave places.sagemaker.max-pending out"),
                Arguments.of(
                        gpu().network(List.of("subnet-1"), List.of()).build(),
                        together,
                        "subnets",
                        "subnets come without a security group",
                        "aws ec2 describe-security-groups"),
                Arguments.of(
                        gpu().network(List.of("subnet-1"), Collections.nCopies(6, "sg-1"))
                                .build(),
                        wrong,
                        "security-groups",
                        "a job has at most 5 of them, not 6",
                        "name 5 or fewer"),
                Arguments.of(
                        gpu().tags(Map.of("team?", "search")).build(),
                        wrong,
                        "tags",
                        "no tag may be team?=search",
                        "places.sagemaker.tags: team=search, cost-centre=4711"),
                Arguments.of(
                        gpu().tags(Map.of("finetune4j-run", "mine")).build(),
                        wrong,
                        "tags",
                        "no tag may be finetune4j-run=mine",
                        "places.sagemaker.tags: my-finetune4j-run=mine"),
                Arguments.of(
                        gpu().tags(labels(45)).build(),
                        wrong,
                        "tags",
                        "a job has at most 44 tags of one's own, not 45",
                        "leave 1 tag out"),
                Arguments.of(
                        SageMakerOptions.builder(ROLE, "eu-central-1", STORE, "ml.p3.2xlarge")
                                .kmsKey("no key")
                                .build(),
                        wrong,
                        "kms-key",
                        "no key of KMS is called no key",
                        "aws kms list-aliases"),
                Arguments.of(
                        SageMakerOptions.builder(ROLE, "eu-central-1", STORE, "ml.p3.2xlarge")
                                .kmsKey("arn:aws:kms:eu-central-1:123456789012:key/*")
                                .build(),
                        wrong,
                        "kms-key",
                        "no key of KMS is called arn:aws:kms:eu-central-1:123456789012:key/*",
                        "aws kms list-aliases"));
    }

    @Test
    void warnsOfADiskThatHasNoEffect() {
        assertThat(SageMakerRules.problems(gpu().volumeGb(500).build(), IMAGES))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.isError()).isFalse();
                    assertThat(problem.summary()).isEqualTo("a disk of 500 GB has no effect on ml.g5.xlarge");
                });
    }

    @Test
    void warnsOfADiskThatTheKeyDoesNotEncrypt() {
        assertThat(SageMakerRules.problems(gpu().kmsKey("alias/mine").build(), IMAGES))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.isError()).isFalse();
                    assertThat(problem.place()).contains(Location.ofKey("places.sagemaker.kms-key"));
                    assertThat(problem.summary())
                            .isEqualTo("the key encrypts results, and not the disk of ml.g5.xlarge");
                });
    }

    @Test
    void tellsWhereAJobIsBeyondALimit() {
        assertThat(summaries(job(Map.of(), Duration.ofDays(29)), gpu().build()))
                .containsExactly("a job runs for 1s to 28d, not 29d");
        assertThat(summaries(job(labels(60), null), gpu().build()))
                .containsExactly("a job has at most 50 tags, not 61");
        assertThat(summaries(job(Map.of("what?", "x"), null), gpu().build())).containsExactly("no tag may be what?=x");
        assertThat(summaries(
                        job(Map.of(), Duration.ofHours(5)),
                        gpu().spot(true).maxWait(Duration.ofHours(4)).build()))
                .containsExactly("the job may run for 5h, but wait and run for 4h");
        assertThat(summaries(
                        job(Map.of(), Duration.ofHours(5)),
                        gpu().spot(true).maxWait(Duration.ofDays(31)).build()))
                .containsExactly("a job waits and runs for 30d at most, not 31d");
        assertThat(SageMakerRules.problems(gpu().maxPending(Duration.ofDays(25)).build(), Duration.ofDays(6)))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.summary()).isEqualTo("a job waits and runs for 30d at most, not 25d and 6d");
                    assertThat(problem.remedies()).containsExactly("places.sagemaker.max-pending: 24d");
                });
        assertThat(SageMakerRules.problems(gpu().maxPending(Duration.ofDays(24)).build(), Duration.ofDays(6)))
                .isEmpty();
        assertThat(SageMakerRules.problems(job(labels(60), null), gpu().build(), IMAGES))
                .extracting(Problem::kind)
                .containsExactly(SageMakerProblems.BEYOND_LIMIT);
    }

    @Test
    void tellsAllProblemsAtOnce() {
        SageMakerOptions options = SageMakerOptions.builder("training", "Frankfurt", "my-bucket", "g5.xlarge")
                .volumeGb(-1)
                .maxWait(Duration.ofHours(1))
                .build();

        assertThat(summaries(job(labels(60), Duration.ofDays(29)), options)).hasSize(8);
    }

    private static List<String> summaries(StagedJob job, SageMakerOptions options) {
        return new ArrayList<>(SageMakerRules.problems(job, options, IMAGES).stream()
                .map(Problem::summary)
                .toList());
    }

    private static List<String> subnets(int count) {
        return IntStream.range(0, count).mapToObj(i -> "subnet-" + i).toList();
    }

    private static Map<String, String> labels(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "label-" + i, i -> "x"));
    }

    private static StagedJob job(Map<String, String> labels, @Nullable Duration timeLimit) {
        return new StagedJob(
                new RunId("tickets-3f9c2a11-1"),
                1,
                "0123456789abcdef",
                Map.of("data", STORE + "/inputs/5e/"),
                STORE + "/inputs/0a/",
                STORE + "/code/77/",
                labels,
                timeLimit);
    }

    static SageMakerOptions.Builder gpu() {
        return SageMakerOptions.builder(ROLE, "eu-central-1", STORE, "ml.g5.xlarge");
    }
}
