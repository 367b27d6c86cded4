package dev.finetune4j.offlinecloud.iam;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.offlinecloud.wire.Access;
import java.util.ArrayList;
import java.util.List;

/** What it takes to put a machine into a network. */
public final class NetworkAccesses {
    private static final List<String> LOOK = List.of(
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs");
    private static final List<String> JOIN = List.of(
            "ec2:CreateNetworkInterface",
            "ec2:CreateNetworkInterfacePermission",
            "ec2:DeleteNetworkInterface",
            "ec2:DeleteNetworkInterfacePermission");

    private NetworkAccesses() {}

    /**
     * The accesses of a role.
     *
     * @param account twelve digits
     * @param groups ids of the machine's security groups
     * @param subnets ids of the network's parts
     */
    public static List<Access> toJoin(String account, String region, JsonNode groups, JsonNode subnets) {
        String here = "arn:aws:ec2:" + region + ":" + account + ":";
        List<String> parts = new ArrayList<>(List.of(here + "network-interface/eni-0"));
        groups.forEach(group -> parts.add(here + "security-group/" + group.asText()));
        subnets.forEach(subnet -> parts.add(here + "subnet/" + subnet.asText()));
        List<Access> accesses = new ArrayList<>();
        LOOK.forEach(action -> accesses.add(Access.to(action, "*")));
        JOIN.forEach(action -> parts.forEach(part -> accesses.add(Access.to(action, part))));
        return accesses;
    }
}
