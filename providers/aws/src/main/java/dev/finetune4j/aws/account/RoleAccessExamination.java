package dev.finetune4j.aws.account;

import static dev.finetune4j.aws.internal.PolicyStatement.texts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.AwsFailure;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.ProviderContext;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.EvaluationResult;
import software.amazon.awssdk.services.iam.model.PolicyEvaluationDecisionType;

/**
 * Asks IAM whether the role of jobs may read and write the files of the store that its least policy names. What else keeps it out is not
 * seen: the bucket's policy, the key, the organisation.
 */
final class RoleAccessExamination {
    static final String NAME = "role access";
    private static final Set<String> ASKED = Set.of("s3:GetObject", "s3:PutObject");

    private final String region;
    private final ProviderContext context;

    RoleAccessExamination(String region, ProviderContext context) {
        this.region = region;
        this.context = context;
    }

    /**
     * The diagnosis.
     *
     * @param role ARN of the role
     * @param least what the role must be allowed
     */
    Diagnosis of(String role, AccessPolicy least) {
        try (IamClient client = AwsConnection.brief(region, "IAM").open(IamClient.builder(), context)) {
            // What depends on a call's context is not computed: nobody knows it yet.
            Set<String> denied = new LinkedHashSet<>();
            Set<String> conditional = new LinkedHashSet<>();
            for (JsonNode statement :
                    Json.read(least.document(), JsonNode.class).path("Statement")) {
                List<String> actions = texts(statement.path("Action")).stream()
                        .filter(ASKED::contains)
                        .toList();
                if (!actions.isEmpty() && !statement.has("Condition")) {
                    simulate(client, role, actions, files(statement), denied, conditional);
                }
            }
            if (denied.isEmpty() && !conditional.isEmpty()) {
                return Diagnosis.unknown(
                        NAME,
                        "whether the role may " + String.join(", and ", conditional) + " depends on the call",
                        "finetune policy JOB --for job");
            }
            return denied.isEmpty()
                    ? Diagnosis.ok(
                            NAME, "the role may read and write the store's files, as far as its own policies say")
                    : Diagnosis.fail(
                            NAME, "the role may not " + String.join(", nor ", denied), "finetune policy JOB --for job");
        } catch (SdkException e) {
            return AwsFailure.unseen(
                    NAME,
                    e,
                    "aws iam simulate-principal-policy --policy-source-arn " + role
                            + " --action-names s3:GetObject s3:PutObject");
        }
    }

    /** A policy with a condition is not known to deny: the values that it asks for come with a call. */
    private static void simulate(
            IamClient client,
            String role,
            List<String> actions,
            List<String> files,
            Set<String> denied,
            Set<String> conditional) {
        client
                .simulatePrincipalPolicyPaginator(request ->
                        request.policySourceArn(role).actionNames(actions).resourceArns(files))
                .evaluationResults()
                .stream()
                .filter(result -> result.evalDecision() != PolicyEvaluationDecisionType.ALLOWED)
                .forEach(result -> (dependsOnTheCall(result) ? conditional : denied).add(told(result)));
    }

    /** Where resources are named, IAM tells the missing values beside each of them. */
    private static boolean dependsOnTheCall(EvaluationResult result) {
        return Stream.concat(
                        result.missingContextValues().stream(),
                        result.resourceSpecificResults().stream().flatMap(one -> one.missingContextValues().stream()))
                .findAny()
                .isPresent();
    }

    private static String told(EvaluationResult result) {
        return result.evalActionName() + " " + result.evalResourceName();
    }

    /** One file of each resource that the statement names. */
    private static List<String> files(JsonNode statement) {
        return texts(statement.path("Resource")).stream()
                .map(arn -> arn.replace("${*}", "\0")
                        .replace("*", "x")
                        .replace("\0", "*")
                        .replace("${$}", "$")
                        .replace("${?}", "?"))
                .toList();
    }
}
