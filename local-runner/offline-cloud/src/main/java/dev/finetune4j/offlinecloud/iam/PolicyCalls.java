package dev.finetune4j.offlinecloud.iam;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The calls that give policies to a user or a role, show them and take them away. What is given holds from then on. */
final class PolicyCalls {
    private static final Pattern NAME = Pattern.compile("[\\w+=,.@-]{1,128}");

    private final OfflineIam iam;
    private final Clock clock;
    private final ManagedPolicies managed = new ManagedPolicies();

    PolicyCalls(OfflineIam iam, Clock clock) {
        this.iam = iam;
        this.clock = clock;
    }

    List<Xml> put(String principal, Map<String, String> parameters) throws ServiceError {
        String name = RoleCalls.valid(parameters, "PolicyName", NAME);
        String document = RoleCalls.document(parameters, "PolicyDocument");
        try {
            iam.policies().put(principal, name, document);
        } catch (IllegalArgumentException e) {
            throw RoleCalls.malformed(String.valueOf(e.getMessage()));
        }
        return List.of();
    }

    /** @param kind whose it is: Role or User */
    List<Xml> get(String kind, String principal, Map<String, String> parameters) throws ServiceError {
        String name = parameters.getOrDefault("PolicyName", "");
        String document = iam.policies().own(principal).get(name);
        if (document == null) {
            throw none(kind, name);
        }
        return List.of(
                Xml.of(kind + "Name", principal.substring(principal.lastIndexOf('/') + 1)),
                Xml.of("PolicyName", name),
                Xml.of("PolicyDocument", RoleCalls.encoded(document)));
    }

    List<Xml> delete(String kind, String principal, Map<String, String> parameters) throws ServiceError {
        String name = parameters.getOrDefault("PolicyName", "");
        if (!iam.policies().remove(principal, name)) {
            throw none(kind, name);
        }
        return List.of();
    }

    private static ServiceError none(String kind, String name) {
        return new ServiceError(
                RoleCalls.NOT_FOUND,
                "NoSuchEntity",
                "The " + kind.toLowerCase(Locale.ROOT) + " policy with name " + name + " cannot be found.");
    }

    List<Xml> list(String principal) {
        List<Xml> names = new ArrayList<>();
        iam.policies().own(principal).keySet().forEach(name -> names.add(Xml.of("member", name)));
        return List.of(Xml.of("PolicyNames", names), Xml.of("IsTruncated", "false"));
    }

    List<Xml> attach(String principal, Map<String, String> parameters) throws ServiceError {
        String arn = parameters.getOrDefault("PolicyArn", "");
        String document = managed.find(arn)
                .orElseThrow(() -> new ServiceError(
                        RoleCalls.NOT_FOUND,
                        "NoSuchEntity",
                        "Policy " + arn + " does not exist or is not attachable."));
        iam.policies().attach(principal, arn, document);
        return List.of();
    }

    List<Xml> detach(String principal, Map<String, String> parameters) throws ServiceError {
        String arn = parameters.getOrDefault("PolicyArn", "");
        if (!iam.policies().detach(principal, arn)) {
            throw new ServiceError(RoleCalls.NOT_FOUND, "NoSuchEntity", "Policy " + arn + " was not found.");
        }
        return List.of();
    }

    List<Xml> listAttached(String principal) {
        List<Xml> attached = new ArrayList<>();
        for (String arn : iam.policies().attached(principal)) {
            attached.add(Xml.of(
                    "member",
                    List.of(Xml.of("PolicyName", arn.substring(arn.lastIndexOf('/') + 1)), Xml.of("PolicyArn", arn))));
        }
        return List.of(Xml.of("AttachedPolicies", attached), Xml.of("IsTruncated", "false"));
    }

    List<Xml> create(Map<String, String> parameters) throws ServiceError {
        String name = RoleCalls.valid(parameters, "PolicyName", NAME);
        String arn = "arn:aws:iam::" + iam.account() + ":policy/" + name;
        if (!managed.create(arn, RoleCalls.document(parameters, "PolicyDocument"))) {
            throw new ServiceError(
                    RoleCalls.CONFLICT, "EntityAlreadyExists", "A policy called " + name + " already exists.");
        }
        return List.of(Xml.of(
                "Policy",
                List.of(
                        Xml.of("PolicyName", name),
                        Xml.of("PolicyId", "ANPAOFFLINE"),
                        Xml.of("Arn", arn),
                        Xml.of("Path", "/"),
                        Xml.of("DefaultVersionId", "v1"),
                        Xml.of("AttachmentCount", "0"),
                        Xml.of("IsAttachable", "true"),
                        Xml.of(
                                "CreateDate",
                                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()))));
    }

    List<Xml> deleteManaged(Map<String, String> parameters) throws ServiceError {
        String arn = parameters.getOrDefault("PolicyArn", "");
        if (iam.policies().isAttached(arn)) {
            throw new ServiceError(
                    RoleCalls.CONFLICT, "DeleteConflict", "Cannot delete a policy attached to entities.");
        }
        if (!managed.delete(arn)) {
            throw new ServiceError(RoleCalls.NOT_FOUND, "NoSuchEntity", "Policy " + arn + " was not found.");
        }
        return List.of();
    }
}
