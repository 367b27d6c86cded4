package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;

/** The account of the tests, and Amazon's own client for it. */
final class OfflineAccount {
    static final String REGION = "eu-central-1";
    static final String ROLE = "arn:aws:iam::123456789012:role/finetune4j-training";
    static final Account ACCOUNT = new Account("123456789012", REGION, Set.of(ROLE));

    private OfflineAccount() {}

    /** S3 of this account, without buckets. */
    static OfflineS3 store(Path folder) {
        return store(folder, Clock.systemUTC());
    }

    /** The same, with a clock that its files are dated by. */
    static OfflineS3 store(Path folder, Clock clock) {
        return new OfflineS3(folder, ACCOUNT.id(), REGION, clock);
    }

    /** Makes a bucket with an object under each prefix. */
    static void stage(OfflineS3 store, String bucket, String... prefixes) throws IOException {
        store.createBucket(bucket);
        Path file = Files.writeString(Files.createTempFile("staged", ""), "{}");
        try {
            for (String prefix : prefixes) {
                store.upload(file, "s3://" + bucket + "/" + prefix + "staged");
            }
        } finally {
            Files.delete(file);
        }
    }

    static SageMakerClient client(OfflineAws aws) {
        return SageMakerClient.builder()
                .endpointOverride(aws.endpoint())
                .region(Region.of(REGION))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(aws.accessKeyId(), aws.secretAccessKey())))
                .build();
    }
}
