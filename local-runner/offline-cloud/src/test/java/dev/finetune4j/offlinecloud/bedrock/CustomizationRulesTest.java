package dev.finetune4j.offlinecloud.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.testkit.VirtualClock;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that the service's model has nothing against, and the service has. */
class CustomizationRulesTest {
    @TempDir
    private Path folder;

    private OfflineBedrock east;
    private OfflineBedrock west;

    @BeforeEach
    void open() {
        east = service("us-east-1");
        west = service("us-west-2");
    }

    private OfflineBedrock service(String region) {
        Account account = new Account(TuningBody.ACCOUNT.id(), region, TuningBody.ACCOUNT.roles());
        VirtualClock clock = new VirtualClock();
        return new OfflineBedrock(
                account,
                clock,
                TuningPace.LIFELIKE,
                new OfflineS3(folder, account.id(), region, clock),
                new OfflineIam(account.id(), account.roles(), session -> Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void refusesWhatBreaksARule(Consumer<ObjectNode> breakIt, String message) throws Exception {
        ObjectNode body = TuningBody.nova("job-1");
        breakIt.accept(body);

        assertThat(east.model().violations("CreateModelCustomizationJob", body)).isEmpty();
        assertThatThrownBy(() -> create(east, body))
                .isInstanceOfSatisfying(
                        ServiceError.class, error -> assertThat(error.code()).isEqualTo("ValidationException"))
                .hasMessage(message);
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                broken(
                        body -> body.put("baseModelIdentifier", "amazon.nova-micro-v1:0"),
                        "The model amazon.nova-micro-v1:0 is not supported for customization in us-east-1"),
                broken(
                        body -> body.put("baseModelIdentifier", "meta.llama3-1-8b-instruct-v1:0:128k"),
                        "The model meta.llama3-1-8b-instruct-v1:0:128k is not supported for customization in us-east-1"),
                broken(
                        body -> body.put("baseModelIdentifier", "amazon.titan-text-lite-v1:0:4k"),
                        "The model amazon.titan-text-lite-v1:0:4k is not supported for customization in us-east-1"),
                broken(
                        body -> body.withObject("/hyperParameters").put("epochCount", "6"),
                        "The hyperparameter epochCount must be between 1 and 5, not 6"),
                broken(
                        body -> body.withObject("/hyperParameters").put("epochCount", "1.5"),
                        "The hyperparameter epochCount must be an integer, not 1.5"),
                broken(
                        body -> body.withObject("/hyperParameters").put("learningRate", "2e-4"),
                        "The hyperparameter learningRate must be between 0.000001 and 0.0001, not 2e-4"),
                broken(
                        body -> body.withObject("/hyperParameters").put("learningRate", "fast"),
                        "The hyperparameter learningRate must be a number, not fast"),
                broken(
                        body -> body.withObject("/hyperParameters").put("batchSize", "8"),
                        "The hyperparameter batchSize is not supported for the model amazon.nova-micro-v1:0:128k"),
                broken(
                        body -> body.putObject("trainingDataConfig"),
                        "The training data must be given by either s3Uri or invocationLogsConfig"),
                broken(
                        body -> body.withArray("/jobTags")
                                .addObject()
                                .put("key", "aws:x")
                                .put("value", "y"),
                        "Tag keys must not begin with aws:, as aws:x does"),
                broken(
                        body -> body.withArray("/jobTags")
                                .addObject()
                                .put("key", "finetune4j-run")
                                .put("value", "y"),
                        "Duplicate tag keys are not allowed: finetune4j-run"),
                broken(
                        body -> {
                            ObjectNode data = body.putObject("validationDataConfig");
                            data.putArray("validators").addObject().put("s3Uri", "s3://my-bucket/a.jsonl");
                            data.withArray("/validators").addObject().put("s3Uri", "s3://my-bucket/b.jsonl");
                        },
                        "The number of validation datasets must be at most 1"));
    }

    @Test
    void hasEachModelWhereItIs() throws Exception {
        ObjectNode claude =
                TuningBody.nova("job-1").put("baseModelIdentifier", "anthropic.claude-3-haiku-20240307-v1:0:200k");
        claude.putObject("hyperParameters").put("batchSize", "32").put("earlyStoppingPatience", "2");
        ObjectNode llama = TuningBody.nova("job-2")
                .put(
                        "baseModelIdentifier",
                        "arn:aws:bedrock:us-west-2::foundation-model/meta.llama3-1-8b-instruct-v1:0:128k");

        assertThatThrownBy(() -> create(west, claude))
                .hasMessage("earlyStoppingPatience can only be used with a validation dataset");
        claude.putObject("validationDataConfig")
                .putArray("validators")
                .addObject()
                .put("s3Uri", "s3://my-bucket/v.jsonl");
        create(west, claude);
        create(west, llama);
    }

    private static void create(OfflineBedrock service, ObjectNode body) throws ServiceError {
        service.answer("CreateModelCustomizationJob", body);
    }

    private static Arguments broken(Consumer<ObjectNode> breakIt, String message) {
        return Arguments.of(breakIt, message);
    }
}
