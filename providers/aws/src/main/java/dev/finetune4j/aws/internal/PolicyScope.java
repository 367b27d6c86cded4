package dev.finetune4j.aws.internal;

import static dev.finetune4j.aws.internal.PolicyStatement.literally;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/** Where jobs run and lie, in the words of IAM: the resources of policies for them, and the statements that places share. */
public final class PolicyScope {
    /** At the end of why a statement names any resource. */
    public static final String NO_RESOURCE = "; IAM knows no resource for it";

    private static final Pattern ROLE = Pattern.compile("arn:(aws[a-z-]*):iam::(\\d{12}):role/.+");
    private static final Pattern STORE = Pattern.compile("s3://([^/]+)(?:/(.*))?", Pattern.DOTALL);
    private static final Pattern KEY_ID = Pattern.compile("[0-9a-f-]{36}|mrk-[0-9a-f]{32}");

    private final String region;
    private final String partition;
    private final String account;
    private final String bucket;
    private final String prefix;

    /**
     * The scope of some jobs.
     *
     * @param role ARN of the role that they run as
     * @param region where they run
     * @param store where their files lie: {@code s3://BUCKET/PREFIX}
     * @throws IllegalArgumentException if one is not in a form that the services take
     */
    public PolicyScope(String role, String region, String store) {
        this.region = region;
        Matcher named = matched(ROLE, role);
        partition = named.group(1);
        account = named.group(2);
        Matcher place = matched(STORE, store);
        bucket = "arn:" + partition + ":s3:::" + place.group(1);
        String below = place.group(2) == null || place.group(2).isEmpty() ? "" : place.group(2) + "/";
        prefix = literally(below);
    }

    /** The parts of a text. */
    public static Matcher matched(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must match " + pattern + ", was " + text);
        }
        return matcher;
    }

    /** The partition that all lies in, such as {@code aws}. */
    public String partition() {
        return partition;
    }

    /** ARN of something of the account's in the region. */
    public String arn(String service, String resource) {
        return "arn:" + partition + ":" + service + ":" + region + ":" + account + ":" + resource;
    }

    /** ARN of the bucket. */
    public String bucket() {
        return bucket;
    }

    /** ARN of all objects whose names go on so below the prefix of the store. */
    public String below(String folder) {
        return bucket + "/" + prefix + folder + "*";
    }

    /** The part of the bucket that is the jobs' may be listed. */
    public PolicyStatement find(String sid, String why) {
        PolicyStatement list = PolicyStatement.of(sid, why, List.of("s3:ListBucket"), List.of(bucket));
        return prefix.isEmpty() ? list : list.when("StringLike", "s3:prefix", prefix + "*");
    }

    /**
     * A key may be used. An alias is no resource of a policy, but a key can be told by it.
     *
     * @param key id, ARN or alias of it
     */
    public PolicyStatement key(String key, String sid, String why, List<String> actions) {
        String name = key.substring(key.lastIndexOf(":alias/") + 1);
        if (name.startsWith("alias/")) {
            return PolicyStatement.of(sid, why, actions, List.of(arn("kms", "key/*")))
                    .when("ForAnyValue:StringEquals", "kms:ResourceAliases", name);
        }
        String arn = KEY_ID.matcher(key).matches() ? arn("kms", "key/" + key) : key;
        return PolicyStatement.of(sid, why, actions, List.of(literally(arn)));
    }

    /** The same through a service only. */
    public PolicyStatement keyBy(String service, PolicyStatement key) {
        return key.when(
                "StringEquals",
                "kms:ViaService",
                service + "." + region + "."
                        + PartitionMetadata.of(Region.of(region)).dnsSuffix());
    }

    /**
     * A tag that a service gives to the interfaces that it makes in a network.
     *
     * @param key of the tag
     * @param operator how its value is compared
     * @param value what it is compared with
     */
    public record InterfaceTag(String key, String operator, String value) {}

    /**
     * A network may be joined. EC2 looks at subnet and groups when an interface is made, and later tells in which subnet an interface is and
     * which tags it has.
     *
     * @param tags those that the service gives to the interface; none where it gives none
     */
    public List<PolicyStatement> network(List<String> securityGroups, List<String> subnets, InterfaceTag... tags) {
        List<String> groups = securityGroups.stream()
                .map(group -> arn("ec2", "security-group/" + literally(group)))
                .toList();
        List<String> places = subnets.stream()
                .map(subnet -> arn("ec2", "subnet/" + literally(subnet)))
                .toList();
        List<String> interfaces = List.of(arn("ec2", "network-interface/*"));
        PolicyStatement make = PolicyStatement.of(
                "MakeInterface",
                "the machine's own interface, whose id nobody knows before",
                List.of("ec2:CreateNetworkInterface"),
                interfaces);
        PolicyStatement keep = PolicyStatement.of(
                        "KeepInterface",
                        "it is lent to the machine and removed with it; no interface of another subnet",
                        List.of(
                                "ec2:CreateNetworkInterfacePermission",
                                "ec2:DeleteNetworkInterface",
                                "ec2:DeleteNetworkInterfacePermission"),
                        interfaces)
                .when("ArnEquals", "ec2:Subnet", places);
        for (InterfaceTag tag : tags) {
            make = make.when(tag.operator(), "aws:RequestTag/" + tag.key(), tag.value());
            keep = keep.when(tag.operator(), "ec2:ResourceTag/" + tag.key(), tag.value());
        }
        List<PolicyStatement> statements = new ArrayList<>(List.of(
                PolicyStatement.of(
                        "LookAtNetwork",
                        "what the machine joins" + NO_RESOURCE,
                        List.of(
                                "ec2:DescribeDhcpOptions",
                                "ec2:DescribeNetworkInterfaces",
                                "ec2:DescribeSecurityGroups",
                                "ec2:DescribeSubnets",
                                "ec2:DescribeVpcs"),
                        List.of("*")),
                make,
                PolicyStatement.of("JoinGroups", "what it may reach", List.of("ec2:CreateNetworkInterface"), groups),
                PolicyStatement.of("JoinSubnets", "where it is", List.of("ec2:CreateNetworkInterface"), places),
                keep));
        if (tags.length > 0) {
            statements.add(PolicyStatement.of(
                            "TagInterface",
                            "the service marks what it makes, as it makes it",
                            List.of("ec2:CreateTags"),
                            interfaces)
                    .when("StringEquals", "ec2:CreateAction", "CreateNetworkInterface")
                    .when(
                            "ForAllValues:StringEquals",
                            "aws:TagKeys",
                            Stream.of(tags).map(InterfaceTag::key).toList()));
        }
        return statements;
    }
}
