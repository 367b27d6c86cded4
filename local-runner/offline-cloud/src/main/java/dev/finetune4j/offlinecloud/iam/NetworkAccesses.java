package dev.finetune4j.offlinecloud.iam;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.offlinecloud.wire.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What it takes to put a machine into a network. */
public final class NetworkAccesses {
    private static final List<String> LOOK = List.of(
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs");
    private static final String MAKE = "CreateNetworkInterface";
    private static final List<String> KEEP = List.of(
            "ec2:CreateNetworkInterfacePermission",
            "ec2:DeleteNetworkInterface",
            "ec2:DeleteNetworkInterfacePermission");

    private NetworkAccesses() {}

    /**
     * The accesses of a role. EC2 asks for subnet and groups where an interface is made; of an interface that is there it tells conditions in
     * which subnet it is, and which tags it has.
     *
     * @param account twelve digits
     * @param groups ids of the machine's security groups
     * @param subnets ids of the network's parts
     * @param tags what the service gives to the interface as it makes it; empty if nothing
     */
    public static List<Access> toJoin(
            String account, String region, JsonNode groups, JsonNode subnets, Map<String, String> tags) {
        String here = "arn:aws:ec2:" + region + ":" + account + ":";
        String made = here + "network-interface/eni-0";
        List<Access> accesses = new ArrayList<>();
        LOOK.forEach(action -> accesses.add(Access.to(action, "*")));
        for (JsonNode subnet : subnets) {
            String in = here + "subnet/" + subnet.asText();
            accesses.add(Access.to("ec2:" + MAKE, made).tagged(tags));
            accesses.add(Access.to("ec2:" + MAKE, in).with("ec2:SubnetID", subnet.asText()));
            for (JsonNode group : groups) {
                accesses.add(Access.to("ec2:" + MAKE, here + "security-group/" + group.asText())
                        .with("ec2:SecurityGroupID", group.asText()));
            }
            if (!tags.isEmpty()) {
                accesses.add(Access.to("ec2:CreateTags", made)
                        .tagged(tags)
                        .with("ec2:CreateAction", MAKE)
                        .with("ec2:Subnet", in));
            }
            KEEP.forEach(
                    action -> accesses.add(having(tags, Access.to(action, made).with("ec2:Subnet", in))));
        }
        return accesses;
    }

    /** Of what has tags conditions are told by EC2's own key and by that of all services. */
    private static Access having(Map<String, String> tags, Access access) {
        Access told = access;
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            told = told.with("ec2:ResourceTag/" + tag.getKey(), tag.getValue())
                    .with("aws:ResourceTag/" + tag.getKey(), tag.getValue());
        }
        return told;
    }
}
