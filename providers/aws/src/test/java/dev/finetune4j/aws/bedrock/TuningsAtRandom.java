package dev.finetune4j.aws.bedrock;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.value.RunId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Options and jobs of which most are good and each part is bad now and then, in ways in which people get it wrong. */
final class TuningsAtRandom {
    private final Random random;

    TuningsAtRandom(long seed) {
        random = new Random(seed);
    }

    BedrockOptions options() {
        return BedrockOptions.builder(
                        mostly(OfflineTuning.ROLE, "finetune4j-training", "arn:aws-cn:iam::123456789012:role/x", ""),
                        mostly(pick("us-east-1", "us-west-2"), "eu-central-1", "Virginia", ""),
                        mostly(
                                "s3://my-bucket/team/jobs",
                                "s3://my-bucket/",
                                "my-bucket",
                                "s3://my-bucket/a b",
                                "s3://my-bucket/day=1",
                                "s3://my-bucket//twice",
                                "s3://My_Bucket/x",
                                "s3://my-bucket/" + "x".repeat(900)),
                        mostly(
                                pick(
                                        "amazon.nova-micro-v1:0:128k",
                                        "amazon.nova-2-lite-v1:0:256k",
                                        "anthropic.claude-3-haiku-20240307-v1:0:200k",
                                        "meta.llama3-1-8b-instruct-v1:0:128k"),
                                "amazon.nova-micro-v1:0",
                                "nova-micro",
                                "amazon.titan-text-lite-v1:0:4k",
                                ""))
                .kmsKey(random.nextInt(4) == 0 ? mostly("alias/training", "no key", "training") : null)
                .network(
                        random.nextInt(4) == 0 ? List.of(mostly("subnet-1", "sub net")) : List.of(),
                        random.nextInt(4) == 0 ? List.of("sg-1", "sg-2") : List.of())
                .hyperParameters(random.nextInt(4) == 0 ? said() : Map.of())
                .build();
    }

    private Map<String, String> said() {
        return Map.of(
                pick(
                        "epochCount",
                        "learningRate",
                        "batchSize",
                        "learningRateMultiplier",
                        "learningRateWarmupSteps",
                        "earlyStoppingPatience",
                        "epochs"),
                pick("1", "2", "0.5", "0.00005", "1e-5", "300", "-1", "fast", "1e99"));
    }

    StagedTuning job(String name) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("finetune4j-run", mostly(name, "Ein Lauf für Ü", "what?", "x".repeat(300)));
        int tags = mostly(2, 48, 250);
        for (int i = 0; i < tags; i++) {
            labels.put(mostly("label " + i, "aws:label-" + i), "v");
        }
        return new StagedTuning(
                new RunId(name),
                "0123456789abcdef",
                "s3://my-bucket/jobs/inputs/5e/train.jsonl",
                random.nextBoolean() ? "s3://my-bucket/jobs/inputs/5e/validation.jsonl" : null,
                mostly(
                        LoraTuning.defaults(),
                        LoraTuning.builder().rank(8).build(),
                        QloraTuning.defaults(),
                        FullTuning.defaults()),
                training(),
                labels);
    }

    private TrainingSpec training() {
        return TrainingSpec.builder()
                .epochs(mostly(3.0, 1.0, 1.5, 7.0, 40.0))
                .learningRate(mostly(0.0, 2e-4, 2e-5, 0.05, 1.0))
                .batchSize(mostly(8, 1, 64))
                .gradientAccumulation(mostly(1, 4))
                .earlyStoppingPatience(mostly(0, 2, 30))
                .warmupRatio(mostly(TrainingSpec.DEFAULT_WARMUP_RATIO, 0.2))
                .seed(mostly(TrainingSpec.DEFAULT_SEED, 5L))
                .build();
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
}
