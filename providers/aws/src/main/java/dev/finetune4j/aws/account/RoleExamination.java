package dev.finetune4j.aws.account;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.ProviderId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;

/** Looks whether jobs can run as a role. */
final class RoleExamination {
    private static final String NAME = "role";
    private final String region;
    private final ProviderContext context;
    private final ProviderId place;
    private final String service;
    private final String trust;

    /**
     * An examination.
     *
     * @param place whose service acts as the role
     */
    RoleExamination(String region, ProviderContext context, ProviderId place) {
        this.region = region;
        this.context = context;
        this.place = place;
        service = (place.value().equals("bedrock") ? "bedrock" : "sagemaker") + ".amazonaws.com";
        trust = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\""
                + service + "\"},\"Action\":\"sts:AssumeRole\"}]}";
    }

    /**
     * The diagnosis.
     *
     * @param arn of the role
     */
    Diagnosis of(String arn) {
        String name = arn.substring(arn.lastIndexOf('/') + 1);
        try (IamClient client = AwsConnection.brief(region, "IAM").open(IamClient.builder(), context)) {
            Role role = client.getRole(request -> request.roleName(name)).role();
            if (!role.arn().equals(arn)) {
                return Diagnosis.fail(
                        NAME, "the role " + name + " is " + role.arn(), "places." + place + ".role: " + role.arn());
            }
            return isTrusting(URLDecoder.decode(role.assumeRolePolicyDocument(), StandardCharsets.UTF_8))
                    ? Diagnosis.ok(NAME, name + ", which " + service + " may act as")
                    : Diagnosis.fail(
                            NAME,
                            name + " does not trust " + service,
                            "aws iam update-assume-role-policy --role-name " + name + " --policy-document '" + trust
                                    + "'");
        } catch (NoSuchEntityException e) {
            return Diagnosis.fail(
                    NAME,
                    "there is no role " + name,
                    "aws iam create-role --role-name " + name + " --assume-role-policy-document '" + trust + "'");
        } catch (SdkException e) {
            return Diagnosis.unknown(NAME, AwsConnection.reason(e), "aws iam get-role --role-name " + name);
        }
    }

    /** Whether a trust policy lets the service in; its conditions are not computed. */
    private boolean isTrusting(String document) {
        for (JsonNode statement : statements(Json.read(document, JsonNode.class))) {
            if (statement.path("Effect").asText().equals("Allow")
                    && has(statement.at("/Principal/Service"), service)
                    && has(statement.path("Action"), "sts:AssumeRole")) {
                return true;
            }
        }
        return false;
    }

    /** A document with one statement may have it without brackets. */
    private static Iterable<JsonNode> statements(JsonNode document) {
        JsonNode statements = document.path("Statement");
        return statements.isArray() ? statements : java.util.List.of(statements);
    }

    private static boolean has(JsonNode oneOrMany, String text) {
        if (oneOrMany.isArray()) {
            for (JsonNode one : oneOrMany) {
                if (one.asText().equals(text)) {
                    return true;
                }
            }
            return false;
        }
        return oneOrMany.asText().equals(text);
    }
}
