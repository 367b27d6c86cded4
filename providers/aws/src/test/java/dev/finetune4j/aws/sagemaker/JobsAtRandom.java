package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Options and jobs of which most are good and each part is bad now and then, in ways in which people get it wrong. */
final class JobsAtRandom {
    private final Random random;

    JobsAtRandom(long seed) {
        random = new Random(seed);
    }

    SageMakerOptions options() {
        boolean isSpot = random.nextInt(3) == 0;
        String region = mostly("eu-central-1", "us-east-1", "eu-nowhere-9", "Frankfurt", "");
        return SageMakerOptions.builder(
                        mostly(OfflineAccount.ROLE, "finetune4j-training", "arn:aws-cn:iam::123456789012:role/x", ""),
                        region,
                        mostly(
                                "s3://my-bucket/team/jobs",
                                "s3://my-bucket/",
                                "my-bucket",
                                "s3://My_Bucket/x",
                                "s3://b/" + "x".repeat(900)),
                        mostly(
                                pick(
                                        "ml.g5.xlarge",
                                        "ml.m5.xlarge",
                                        "ml.p4d.24xlarge",
                                        "ml.g4dn.2xlarge",
                                        "ml.c5.4xlarge"),
                                "g5.xlarge",
                                "ml.g5.tiny",
                                ""))
                .image(random.nextInt(3) > 0 ? null : image(region))
                .volumeGb(mostly(0, 100, 20_000, -1))
                .spot(isSpot)
                .maxWait(rarely(isSpot ? Duration.ofDays(random.nextInt(40)) : Duration.ofHours(3), isSpot ? 2 : 8))
                .maxPending(rarely(mostly(Duration.ofHours(2), Duration.ofMinutes(29), Duration.ofDays(29)), 8))
                .kmsKey(rarely(mostly("alias/training", "no key"), 4))
                .network(
                        random.nextInt(4) == 0 ? List.of(mostly("subnet-1", "sub net")) : List.of(),
                        random.nextInt(4) == 0 ? List.of("sg-1", "sg-2") : List.of())
                .isolated(random.nextBoolean())
                .keepAlive(random.nextInt(5) == 0 ? Duration.ofHours(random.nextInt(9)) : Duration.ZERO)
                .build();
    }

    StagedJob job() {
        Map<String, String> channels = new LinkedHashMap<>();
        channels.put("model", "s3://my-bucket/inputs/model/");
        channels.put(mostly("data", "da ta", "code", "ü"), "s3://my-bucket/inputs/data/");
        int many = mostly(0, 17, 30);
        for (int i = 0; i < many; i++) {
            channels.put("more-" + i, "s3://my-bucket/inputs/more/");
        }
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("finetune4j-run", mostly("tickets-3f9c2a11-1", "Ein Lauf für Ü", "what?", "x".repeat(300)));
        int tags = mostly(2, 48, 60);
        for (int i = 0; i < tags; i++) {
            labels.put(mostly("label " + i, "aws:label-" + i), "v");
        }
        return new StagedJob(
                new RunId(mostly("tickets-3f9c2a11-1", "a", "x".repeat(57))),
                1 + random.nextInt(3),
                "0123456789abcdef",
                channels,
                "s3://my-bucket/inputs/order/",
                "s3://my-bucket/code/",
                labels,
                rarely(
                        mostly(Duration.ofHours(5), Duration.ofDays(28), Duration.ofDays(29), Duration.ofMillis(10)),
                        1));
    }

    private String image(String region) {
        return mostly(
                "123456789012.dkr.ecr." + region + ".amazonaws.com/mine:1",
                "123456789012.dkr.ecr.us-west-2.amazonaws.com/mine:1",
                "pytorch:latest",
                "123456789012.dkr.ecr." + region + ".amazonaws.com/" + "x".repeat(300));
    }

    /** The first nine times out of ten. */
    @SafeVarargs
    private <T> T mostly(T good, T... others) {
        return random.nextInt(10) > 0 ? good : others[random.nextInt(others.length)];
    }

    @SafeVarargs
    private <T> T pick(T... values) {
        return values[random.nextInt(values.length)];
    }

    /** One time out of so many. */
    private <T> @Nullable T rarely(T value, int times) {
        return random.nextInt(times) == 0 ? value : null;
    }
}
