package dev.finetune4j.offlinecloud.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.sagemaker.JobBody;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests are held to what the vendor's model says of them, in the service's own words. */
class ServiceModelTest {
    private static final String CREATE = "CreateTrainingJob";
    private static final ServiceModel MODEL = ServiceModel.resource(OfflineSageMaker.class, "service-model.json");

    @Test
    void hasNothingAgainstARequestThatTheServiceTakes() throws Exception {
        assertThat(MODEL.violations(CREATE, JobBody.onDemand("job-1"))).isEmpty();
        assertThat(MODEL.unknownMembers(CREATE, JobBody.onDemand("job-1"))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("broken")
    void namesTheValueThePlaceAndTheConstraint(Consumer<ObjectNode> breakIt, String message) throws Exception {
        ObjectNode body = JobBody.onDemand("job-1");
        breakIt.accept(body);

        assertThat(MODEL.violations(CREATE, body))
                .extracting(Violation::toString)
                .containsExactly(message);
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                broken(
                        body -> body.put("TrainingJobName", "a_b"),
                        "Value 'a_b' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern:"
                                + " [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"),
                broken(
                        body -> body.remove("RoleArn"),
                        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null"),
                broken(
                        body -> body.put("RoleArn", "finetune4j-training-role"),
                        "Value 'finetune4j-training-role' at 'roleArn' failed to satisfy constraint: Member must satisfy regular"
                                + " expression pattern: arn:aws[a-z\\-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+"),
                broken(
                        body -> body.withObject("/HyperParameters").put("text", "two\nlines"),
                        "Value '{text=two\nlines}' at 'hyperParameters' failed to satisfy constraint: Map value must satisfy"
                                + " constraint: [Member must satisfy regular expression pattern: .*]"),
                broken(
                        body -> body.withObject("/Environment").put("1st", "x"),
                        "Value '{1st=x}' at 'environment' failed to satisfy constraint: Map keys must satisfy constraint: [Member must"
                                + " satisfy regular expression pattern: [a-zA-Z_][a-zA-Z0-9_]*]"),
                broken(
                        body -> body.withObject("/StoppingCondition").put("MaxRuntimeInSeconds", 0),
                        "Value '0' at 'stoppingCondition.maxRuntimeInSeconds' failed to satisfy constraint: Member must have value"
                                + " greater than or equal to 1"),
                broken(
                        body -> body.withObject("/ResourceConfig").put("KeepAlivePeriodInSeconds", 21601),
                        "Value '21601' at 'resourceConfig.keepAlivePeriodInSeconds' failed to satisfy constraint: Member must have"
                                + " value less than or equal to 21600"),
                broken(
                        body -> body.withObject("/OutputDataConfig").put("CompressionType", "ZIP"),
                        "Value 'ZIP' at 'outputDataConfig.compressionType' failed to satisfy constraint: Member must satisfy enum value"
                                + " set: [GZIP, NONE]"),
                broken(
                        body -> body.putArray("InputDataConfig"),
                        "Value '[]' at 'inputDataConfig' failed to satisfy constraint: Member must have length greater than or equal"
                                + " to 1"),
                broken(
                        body -> ((ObjectNode) body.path("InputDataConfig").get(0)).put("ChannelName", "da ta"),
                        "Value 'da ta' at 'inputDataConfig.1.member.channelName' failed to satisfy constraint: Member must satisfy"
                                + " regular expression pattern: [A-Za-z0-9\\.\\-_]+"));
    }

    @Test
    void tellsOfEveryViolation() throws Exception {
        ObjectNode body = JobBody.onDemand("-");
        body.remove("OutputDataConfig");

        assertThat(MODEL.violations(CREATE, body))
                .extracting(Violation::path)
                .containsExactlyInAnyOrder("trainingJobName", "outputDataConfig");
    }

    @Test
    void findsMembersThatTheServiceWouldPassOver() throws Exception {
        ObjectNode body = JobBody.onDemand("job-1");
        body.withObject("/ResourceConfig").put("VolumeSize", 30);

        assertThat(MODEL.violations(CREATE, body)).isEmpty();
        assertThat(MODEL.unknownMembers(CREATE, body)).containsExactly("resourceConfig.volumeSize");
    }

    @Test
    void refusesAValueOfAnotherType() {
        ObjectNode body = JobBody.onDemand("job-1");
        body.withObject("/ResourceConfig").put("InstanceCount", "one");

        assertThatThrownBy(() -> MODEL.violations(CREATE, body))
                .isInstanceOfSatisfying(
                        ServiceError.class, error -> assertThat(error.code()).isEqualTo("SerializationException"))
                .hasMessageContaining("resourceConfig.instanceCount");
    }

    private static Arguments broken(Consumer<ObjectNode> breakIt, String message) {
        return Arguments.of(breakIt, message);
    }
}
