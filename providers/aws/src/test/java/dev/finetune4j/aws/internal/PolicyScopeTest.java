package dev.finetune4j.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.aws.internal.PolicyScope.InterfaceTag;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.iam.NetworkAccesses;
import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.spi.AccessPolicy.Holder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A role that may join a network may do so in its subnets and with its groups, and touch no other interface of the account. */
class PolicyScopeTest {
    private static final String ROLE = "arn:aws:iam::123456789012:role/training";
    private static final List<String> KEEP = List.of(
            "ec2:CreateNetworkInterfacePermission",
            "ec2:DeleteNetworkInterface",
            "ec2:DeleteNetworkInterfacePermission");
    private static final InterfaceTag OWNER = new InterfaceTag("Owner", "ArnEquals", "arn:aws:x:eu-central-1:1:job/*");

    private final OfflineIam iam = new OfflineIam("123456789012", Set.of(ROLE), token -> Optional.empty());

    @Test
    void joinsItsOwnSubnetsWithItsOwnGroups() {
        restrict();

        assertThat(denied("sg-1", "subnet-2", Map.of())).isEmpty();
        assertThat(denied("sg-2", "subnet-2", Map.of())).containsExactly("ec2:CreateNetworkInterface");
        assertThat(denied("sg-1", "subnet-3", Map.of()))
                .containsOnlyOnce("ec2:CreateNetworkInterface")
                .containsAll(KEEP)
                .hasSize(4);
        assertThat(denied("sg-1", "subnet-2", Map.of("Owner", "arn:aws:x:eu-central-1:1:job/a")))
                .containsExactly("ec2:CreateTags");
    }

    @Test
    void touchesInterfacesOfItsServiceOnly() {
        restrict(OWNER);

        assertThat(denied("sg-1", "subnet-1", Map.of("Owner", "arn:aws:x:eu-central-1:1:job/a")))
                .isEmpty();
        assertThat(denied("sg-1", "subnet-1", Map.of()))
                .containsOnlyOnce("ec2:CreateNetworkInterface")
                .containsAll(KEEP)
                .hasSize(4);
        assertThat(denied("sg-1", "subnet-1", Map.of("Owner", "arn:aws:x:eu-central-1:1:job/a", "Other", "a")))
                .containsExactly("ec2:CreateTags");
    }

    /** Tags of an interface that is there already are nobody's to write. */
    @Test
    void marksWhatItMakesOnly() {
        restrict(OWNER);
        Access mark = Access.to("ec2:CreateTags", "arn:aws:ec2:eu-central-1:123456789012:network-interface/eni-1")
                .tagged(Map.of("Owner", "arn:aws:x:eu-central-1:1:job/a"));

        assertThat(isAllowed(mark.with("ec2:CreateAction", "CreateNetworkInterface")))
                .isTrue();
        assertThat(isAllowed(mark)).isFalse();
    }

    private void restrict(InterfaceTag... tags) {
        List<PolicyStatement> network = new PolicyScope(ROLE, "eu-central-1", "s3://my-bucket/jobs")
                .network(List.of("sg-1"), List.of("subnet-1", "subnet-2"), tags);
        iam.restrictRole(ROLE, PolicyStatement.policy(Holder.JOB, ROLE, network).document());
    }

    private List<String> denied(String group, String subnet, Map<String, String> tags) {
        return NetworkAccesses.toJoin("123456789012", "eu-central-1", list(group), list(subnet), tags).stream()
                .filter(access -> !isAllowed(access))
                .map(Access::action)
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

    private static JsonNode list(String id) {
        return Json.records().createArrayNode().add(id);
    }
}
