package dev.finetune4j.offlinecloud.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The service's rules between fields. */
class TrainingJobRulesTest {
    @Test
    void letsAGoodRequestPass() {
        assertThatCode(() -> new TrainingJobRules(JobBody.onDemand("job-1"), "eu-central-1").check())
                .doesNotThrowAnyException();
        assertThatCode(() -> new TrainingJobRules(JobBody.spot("job-1", 100, 100), "eu-central-1").check())
                .doesNotThrowAnyException();
        ObjectNode several = JobBody.onDemand("job-1");
        several.withObject("/ResourceConfig").put("InstanceCount", 8);
        assertThatCode(() -> new TrainingJobRules(several, "eu-central-1").check())
                .doesNotThrowAnyException();
        grouped(several);
        assertThatCode(() -> new TrainingJobRules(several, "eu-central-1").check())
                .doesNotThrowAnyException();
    }

    @Test
    void takesAnImageOfAPrivateRegistryThatANetworkLeadsTo() {
        ObjectNode body = JobBody.onDemand("job-1");
        privateImage(body);

        assertThatCode(() -> new TrainingJobRules(body, "eu-central-1").check()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alias/mine",
                "0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f",
                "mrk-0123456789abcdef0123456789abcdef",
                "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f",
            })
    void takesKeysByAllTheirNames(String key) {
        ObjectNode body = JobBody.onDemand("job-1");
        body.withObject("/OutputDataConfig").put("KmsKeyId", key);

        assertThatCode(() -> new TrainingJobRules(body, "eu-central-1").check()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "https://s3.eu-central-1.amazonaws.com/my-bucket/a/b, s3://my-bucket/a/b",
        "https://s3.amazonaws.com/my-bucket, s3://my-bucket",
        "https://my-bucket.s3.eu-central-1.amazonaws.com/a/b, s3://my-bucket/a/b",
        "https://s3-eu-west-1.amazonaws.com/my-bucket/a/, s3://my-bucket/a/",
        "s3://my-bucket/a, s3://my-bucket/a",
        "https://example.com/my-bucket/a, https://example.com/my-bucket/a",
    })
    void readsPlacesInS3AsTheyAreWritten(String written, String meant) {
        assertThat(S3Link.uri(written)).isEqualTo(meant);
    }

    @ParameterizedTest
    @MethodSource("broken")
    void refusesWhatTheServiceRefuses(String words, Consumer<ObjectNode> breakIt) {
        ObjectNode body = JobBody.onDemand("job-1");
        breakIt.accept(body);

        assertThatThrownBy(() -> new TrainingJobRules(body, "eu-central-1").check())
                .isInstanceOf(ServiceError.class)
                .hasMessageContaining(words);
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                broken(
                        "either an algorithm name",
                        body -> body.withObject("/AlgorithmSpecification").put("AlgorithmName", "mine")),
                broken(
                        "either an algorithm name",
                        body -> body.withObject("/AlgorithmSpecification").remove("TrainingImage")),
                broken(
                        "Please provideTrainingImageConfig and",
                        body -> body.withObject("/AlgorithmSpecification").put("TrainingImage", "pytorch:latest")),
                broken(
                        "region",
                        body -> body.withObject("/AlgorithmSpecification")
                                .put(
                                        "TrainingImage",
                                        "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.7.1")),
                broken("ResourceConfig is required", body -> body.remove("ResourceConfig")),
                broken(
                        "one of InstanceType",
                        body -> body.withObject("/ResourceConfig")
                                .withArray("/InstanceGroups")
                                .addObject()),
                broken(
                        "InstanceCount",
                        body -> body.withObject("/ResourceConfig").remove("InstanceCount")),
                broken(
                        "InstanceCount",
                        body -> body.withObject("/ResourceConfig").put("InstanceCount", 0)),
                broken(
                        "knows no InstancePreferences",
                        body -> body.putObject("ResourceConfig")
                                .putArray("InstancePreferences")
                                .addObject()
                                .put("InstanceType", "ml.g5.xlarge")),
                broken("InstanceCount must be at least 1", body -> grouped(body).put("InstanceCount", 0)),
                broken("must be unique: a", body -> {
                    ObjectNode group = grouped(body);
                    body.withObject("/ResourceConfig")
                            .withArray("/InstanceGroups")
                            .add(group.deepCopy());
                }),
                broken("InstanceCount can not be used with InstanceGroups", body -> {
                    grouped(body);
                    body.withObject("/ResourceConfig").put("InstanceCount", 2);
                }),
                broken("KeepAlivePeriodInSeconds can not be used with InstanceGroups", body -> {
                    grouped(body);
                    body.withObject("/ResourceConfig").put("KeepAlivePeriodInSeconds", 60);
                }),
                broken("instance group that is not there: b", body -> {
                    grouped(body);
                    source(body).putArray("InstanceGroupNames").add("b");
                }),
                broken(
                        "VolumeSizeInGB",
                        body -> body.withObject("/ResourceConfig").put("InstanceType", "ml.m5.xlarge")),
                broken(
                        "VolumeKmsKeyId",
                        body -> body.withObject("/ResourceConfig").put("VolumeKmsKeyId", "alias/mine")),
                broken("KeepAlivePeriodInSeconds", body -> {
                    body.setAll(JobBody.spot("job-1", 100, 100));
                    body.withObject("/ResourceConfig").put("KeepAlivePeriodInSeconds", 600);
                }),
                broken(
                        "MaxRuntimeInSeconds",
                        body -> body.withObject("/StoppingCondition").put("MaxRuntimeInSeconds", 2_419_201)),
                broken(
                        "MaxWaitTimeInSeconds can only",
                        body -> body.withObject("/StoppingCondition").put("MaxWaitTimeInSeconds", 40_000)),
                broken("Invalid MaxWaitTimeInSeconds", body -> body.setAll(JobBody.spot("job-1", 100, 99))),
                broken("Invalid MaxWaitTimeInSeconds", body -> body.put("EnableManagedSpotTraining", true)),
                broken("MaxPendingTimeInSeconds", body -> {
                    body.withObject("/StoppingCondition").put("MaxPendingTimeInSeconds", 3600);
                    body.withObject("/ResourceConfig")
                            .put("InstanceType", "ml.m5.xlarge")
                            .put("VolumeSizeInGB", 30);
                }),
                broken(
                        "VolumeSizeInGB must be at most 16384",
                        body -> body.withObject("/ResourceConfig")
                                .put("InstanceType", "ml.m5.xlarge")
                                .put("VolumeSizeInGB", 16_385)),
                broken(
                        "Invalid KMS key: not-a-key",
                        body -> body.withObject("/OutputDataConfig").put("KmsKeyId", "not-a-key")),
                broken(
                        "Invalid KMS key: not-a-key",
                        body -> body.withObject("/ResourceConfig")
                                .put("InstanceType", "ml.m5.xlarge")
                                .put("VolumeSizeInGB", 30)
                                .put("VolumeKmsKeyId", "not-a-key")),
                broken(
                        "must be in region eu-central-1",
                        body -> body.withObject("/OutputDataConfig")
                                .put("KmsKeyId", "arn:aws:kms:us-east-1:123456789012:alias/mine")),
                broken(
                        "must not be a folder of the service's own",
                        body -> body.withObject("/CheckpointConfig").put("LocalPath", "/opt/ml/input/data")),
                broken("VpcConfig must be provided", body -> {
                    privateImage(body);
                    body.remove("VpcConfig");
                }),
                broken(
                        "Invalid S3 URI",
                        body -> body.withObject("/OutputDataConfig").put("S3OutputPath", "s3://My_Bucket/x")),
                broken("LocalPath", body -> body.withObject("/CheckpointConfig").put("LocalPath", "checkpoints")),
                broken(
                        "must be unique",
                        body -> body.withArray("/InputDataConfig")
                                .add(body.withArray("/InputDataConfig").get(0).deepCopy())),
                broken(
                        "needs the input mode Pipe: data",
                        body -> source(body)
                                .put("S3DataType", "AugmentedManifestFile")
                                .putArray("AttributeNames")
                                .add("label")),
                broken(
                        "AttributeNames are for an AugmentedManifestFile",
                        body -> source(body).putArray("AttributeNames").add("label")),
                broken("AttributeNames are for an AugmentedManifestFile", body -> {
                    source(body).put("S3DataType", "AugmentedManifestFile");
                    body.withObject("/AlgorithmSpecification").put("TrainingInputMode", "Pipe");
                }),
                broken("knows no data of type Converse", body -> source(body).put("S3DataType", "Converse")),
                broken(
                        "Duplicate tag keys",
                        body -> body.withArray("/Tags")
                                .add(body.withArray("/Tags").get(0).deepCopy())),
                broken(
                        "aws:",
                        body -> body.withArray("/Tags")
                                .addObject()
                                .put("Key", "aws:mine")
                                .put("Value", "x")));
    }

    private static ObjectNode source(ObjectNode body) {
        return (ObjectNode) body.at("/InputDataConfig/0/DataSource/S3DataSource");
    }

    /** One group in place of one type of machine. */
    private static ObjectNode grouped(ObjectNode body) {
        return body.putObject("ResourceConfig")
                .putArray("InstanceGroups")
                .addObject()
                .put("InstanceGroupName", "a")
                .put("InstanceType", "ml.g5.xlarge")
                .put("InstanceCount", 2);
    }

    /** An image of a private registry in place of one of Amazon's, with all that it takes; the algorithm. */
    private static ObjectNode privateImage(ObjectNode body) {
        ObjectNode network = body.putObject("VpcConfig");
        network.putArray("SecurityGroupIds").add("sg-1");
        network.putArray("Subnets").add("subnet-1");
        ObjectNode algorithm =
                body.withObject("/AlgorithmSpecification").put("TrainingImage", "registry.example.com/a:1");
        algorithm.putObject("TrainingImageConfig").put("TrainingRepositoryAccessMode", "Vpc");
        return algorithm;
    }

    private static Arguments broken(String words, Consumer<ObjectNode> breakIt) {
        return Arguments.of(words, breakIt);
    }
}
