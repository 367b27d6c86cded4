package dev.finetune4j.aws.internal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.ProviderContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;

/**
 * What IAM tells of a role that a service is to act as.
 *
 * @param state whether it may
 * @param found what is there, for a person
 * @param remedy what makes it so, or shows more
 * @param createdAt when the role was made, or null where that is not known
 */
public record RoleLook(
        State state, String found, String remedy, @Nullable Instant createdAt) {
    /** How long a role may not be known everywhere. */
    private static final Duration YOUTH = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofSeconds(15);

    /** Whether a service may act as a role. */
    public enum State {
        /** There is no such role. */
        ABSENT,
        /** The role of this name has another ARN. */
        ELSEWHERE,
        /** The role's trust policy does not name the service. */
        CLOSED,
        /** It names it; conditions are not computed. */
        OPEN,
        /** IAM does not tell, mostly since the caller may not ask. */
        UNKNOWN
    }

    /**
     * Asks IAM.
     *
     * @param arn of the role
     * @param service such as {@code sagemaker.amazonaws.com}
     */
    public static RoleLook at(String arn, String service, String region, ProviderContext context) {
        String name = arn.substring(arn.lastIndexOf('/') + 1);
        String trust = "'{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\""
                + service + "\"},\"Action\":\"sts:AssumeRole\"}]}'";
        String show = "aws iam get-role --query Role.AssumeRolePolicyDocument --role-name " + name;
        try (IamClient client = AwsConnection.brief(region, "IAM").open(IamClient.builder(), context)) {
            Role role = client.getRole(request -> request.roleName(name)).role();
            if (!role.arn().equals(arn)) {
                return new RoleLook(
                        State.ELSEWHERE, "the role " + name + " is " + role.arn(), "role: " + role.arn(), null);
            }
            String document = URLDecoder.decode(role.assumeRolePolicyDocument(), StandardCharsets.UTF_8);
            return isTrusting(Json.read(document, JsonNode.class), service)
                    ? new RoleLook(State.OPEN, name + ", which " + service + " may act as", show, role.createDate())
                    : new RoleLook(
                            State.CLOSED,
                            name + " does not trust " + service,
                            "aws iam update-assume-role-policy --role-name " + name + " --policy-document " + trust,
                            role.createDate());
        } catch (NoSuchEntityException e) {
            return new RoleLook(
                    State.ABSENT,
                    "there is no role " + name,
                    "aws iam create-role --role-name " + name + " --assume-role-policy-document " + trust,
                    null);
        } catch (SdkException e) {
            return new RoleLook(State.UNKNOWN, AwsConnection.reason(e), show, null);
        }
    }

    private static boolean isTrusting(JsonNode document, String service) {
        JsonNode statements = document.path("Statement"); // one may stand there without brackets
        Stream<JsonNode> all =
                statements.isArray() ? StreamSupport.stream(statements.spliterator(), false) : Stream.of(statements);
        return all.anyMatch(statement -> statement.path("Effect").asText().equals("Allow")
                && PolicyStatement.texts(statement.at("/Principal/Service")).contains(service)
                && PolicyStatement.texts(statement.path("Action")).contains("sts:AssumeRole"));
    }

    /** Says in a problem why a service that could not act as the role could not, and whether to ask again is of use. */
    public Problem.Builder into(Problem.Builder problem, Instant now) {
        problem.remedy(remedy);
        return switch (state) {
            case ABSENT, ELSEWHERE, CLOSED -> problem.because(found);
            case UNKNOWN ->
                problem.because("a role that was made less than two minutes ago is not known everywhere yet; IAM says: "
                                + found)
                        .retry(Retry.after(PAUSE));
            case OPEN ->
                createdAt != null && now.isBefore(createdAt.plus(YOUTH))
                        ? problem.because("the role was made at " + createdAt + ", and is not known everywhere yet")
                                .retry(Retry.after(PAUSE))
                        : problem.because(
                                "its trust policy names the service: it was changed a minute ago, or a condition in it"
                                        + " or a policy of the organisation keeps the service out");
        };
    }
}
