package dev.finetune4j.offlinecloud.iam;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A machine joins a network by the calls of EC2 and the keys of conditions that its service authorization reference tells. */
class NetworkAccessesTest {
    private static final String ROLE = "arn:aws:iam::123456789012:role/training";
    private static final JsonNode GROUPS = Json.read("[\"sg-1\"]", JsonNode.class);
    private static final Map<String, String> TAGS = Map.of(
            "BedrockManaged",
            "true",
            "BedrockModelCustomizationJobArn",
            "arn:aws:bedrock:us-east-1:123456789012:model-customization-job/base/id");

    /** What the user guide of Bedrock gives to a role whose jobs join a network. */
    private static final String OF_THE_GUIDE = """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Resource": "*",
               "Action": ["ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DescribeDhcpOptions", "ec2:DescribeSubnets",
                          "ec2:DescribeSecurityGroups"]},
              {"Effect": "Allow", "Action": ["ec2:CreateNetworkInterface"], "Resource": ["EC2:network-interface/*"],
               "Condition": {"StringEquals": {"aws:RequestTag/BedrockManaged": ["true"]},
                             "ArnEquals": {"aws:RequestTag/BedrockModelCustomizationJobArn": ["JOBS"]}}},
              {"Effect": "Allow", "Action": ["ec2:CreateNetworkInterface"],
               "Resource": ["EC2:subnet/subnet-1", "EC2:subnet/subnet-2", "EC2:security-group/sg-1"]},
              {"Effect": "Allow", "Resource": "*",
               "Action": ["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"],
               "Condition": {"ArnEquals": {"ec2:Subnet": ["EC2:subnet/subnet-1", "EC2:subnet/subnet-2"],
                                           "ec2:ResourceTag/BedrockModelCustomizationJobArn": ["JOBS"]},
                             "StringEquals": {"ec2:ResourceTag/BedrockManaged": "true"}}},
              {"Effect": "Allow", "Action": ["ec2:CreateTags"], "Resource": "EC2:network-interface/*",
               "Condition": {"StringEquals": {"ec2:CreateAction": ["CreateNetworkInterface"]},
                             "ForAllValues:StringEquals": {"aws:TagKeys": ["BedrockManaged", "BedrockModelCustomizationJobArn"]}}}]}
            """.replace("EC2:", "arn:aws:ec2:us-east-1:123456789012:")
            .replace("JOBS", "arn:aws:bedrock:us-east-1:123456789012:model-customization-job/*");

    private final OfflineIam iam = new OfflineIam("123456789012", Set.of(ROLE), token -> Optional.empty());

    @Test
    void letsTheRoleOfBedrocksGuideIn() {
        iam.restrictRole(ROLE, OF_THE_GUIDE);

        assertThat(denied("[\"subnet-1\",\"subnet-2\"]", TAGS)).isEmpty();
        assertThat(iam.used(ROLE)).hasSize(10);
    }

    @Test
    void keepsThatRoleToItsSubnetsAndItsOwnInterfaces() {
        iam.restrictRole(ROLE, OF_THE_GUIDE);

        assertThat(denied("[\"subnet-3\"]", TAGS))
                .containsExactly(
                        "ec2:CreateNetworkInterface subnet/subnet-3",
                        "ec2:CreateNetworkInterfacePermission network-interface/eni-0",
                        "ec2:DeleteNetworkInterface network-interface/eni-0",
                        "ec2:DeleteNetworkInterfacePermission network-interface/eni-0");
        assertThat(denied("[\"subnet-1\"]", Map.of("BedrockManaged", "true")))
                .containsExactly(
                        "ec2:CreateNetworkInterface network-interface/eni-0",
                        "ec2:CreateNetworkInterfacePermission network-interface/eni-0",
                        "ec2:DeleteNetworkInterface network-interface/eni-0",
                        "ec2:DeleteNetworkInterfacePermission network-interface/eni-0");
    }

    @Test
    void marksNothingWhereTheServiceHasNoTags() {
        assertThat(NetworkAccesses.toJoin("123456789012", "us-east-1", GROUPS, subnets("[\"subnet-1\"]"), Map.of()))
                .extracting(Access::action)
                .doesNotContain("ec2:CreateTags")
                .contains("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface");
    }

    /** A template that has ids only binds by them. */
    @ParameterizedTest
    @CsvSource({"ec2:SubnetID, subnet-1, subnet/*", "ec2:SecurityGroupID, sg-1, security-group/*"})
    void tellsTheIdOfWhatIsJoined(String key, String id, String resources) {
        String resource = "arn:aws:ec2:us-east-1:123456789012:" + resources;
        iam.restrictRole(ROLE, """
                {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "%s", "Condition": {"StringEquals": {"%s": "%s"}}},
                               {"Effect": "Allow", "Action": "*", "Resource": "*"}]}""".formatted(resource, key, id));

        assertThat(denied("[\"subnet-1\"]", TAGS))
                .containsExactly("ec2:CreateNetworkInterface " + resources.replace("*", id));
    }

    /** What is denied of joining, as action and resource. */
    private List<String> denied(String subnets, Map<String, String> tags) {
        return NetworkAccesses.toJoin("123456789012", "us-east-1", GROUPS, subnets(subnets), tags).stream()
                .filter(access -> !isAllowed(access))
                .map(access -> access.action() + " " + access.resource().replaceFirst(".*:", ""))
                .toList();
    }

    private boolean isAllowed(Access access) {
        try {
            iam.admitRole(ROLE, access);
            return true;
        } catch (ServiceError denied) {
            return false;
        }
    }

    private static JsonNode subnets(String json) {
        return Json.read(json, JsonNode.class);
    }
}
