package dev.finetune4j.offlinecloud.iam;

import dev.finetune4j.offlinecloud.iam.ManagedPolicies.Managed;
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
    private static final String VERSION = "v1"; // of a policy that nobody changed
    private static final Pattern NAME = Pattern.compile("[\\w+=,.@-]{1,128}");

    private final OfflineIam iam;
    private final Clock clock;

    PolicyCalls(OfflineIam iam, Clock clock) {
        this.iam = iam;
        this.clock = clock;
    }

    List<Xml> put(String principal, Map<String, String> parameters) throws ServiceError {
        String name = RoleCalls.valid(parameters, "PolicyName", NAME);
        String document = RoleCalls.document(parameters, "PolicyDocument");
        OfflineIam.statements(document);
        iam.policies().put(principal, name, document);
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
        Managed policy = iam.managed()
                .find(arn)
                .orElseThrow(() -> new ServiceError(
                        RoleCalls.NOT_FOUND,
                        "NoSuchEntity",
                        "Policy " + arn + " does not exist or is not attachable."));
        iam.policies().attach(principal, arn, policy.document());
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
        String document = RoleCalls.document(parameters, "PolicyDocument");
        OfflineIam.statements(document);
        Managed policy = new Managed(
                "arn:aws:iam::" + iam.account() + ":policy/" + name,
                document,
                parameters.getOrDefault("Description", ""),
                clock.instant().truncatedTo(ChronoUnit.SECONDS));
        if (!iam.managed().create(policy)) {
            throw new ServiceError(
                    RoleCalls.CONFLICT, "EntityAlreadyExists", "A policy called " + name + " already exists.");
        }
        return List.of(told("Policy", policy));
    }

    List<Xml> getManaged(Map<String, String> parameters) throws ServiceError {
        return List.of(told("Policy", managed(parameters)));
    }

    private Managed managed(Map<String, String> parameters) throws ServiceError {
        return iam.managed().existing(parameters.getOrDefault("PolicyArn", ""));
    }

    /** Those of the account or of Amazon, or both; those that are attached to somebody, if only they are asked for. */
    List<Xml> listManaged(Map<String, String> parameters) throws ServiceError {
        String scope = parameters.getOrDefault("Scope", "All");
        boolean isOnlyAttached = parameters.getOrDefault("OnlyAttached", "").equals("true");
        List<Managed> found = iam.managed().all().stream()
                .filter(policy -> scope.equals("All") || policy.isOfAmazon() == scope.equals("AWS"))
                .filter(policy -> !isOnlyAttached || iam.policies().attachments(policy.arn()) > 0)
                .toList();
        return new IamPage(parameters).of("Policies", found, Managed::arn, policy -> told("member", policy));
    }

    private Xml told(String element, Managed policy) {
        List<Xml> members = new ArrayList<>(List.of(
                Xml.of("PolicyName", policy.name()),
                Xml.of("PolicyId", "ANPAOFFLINE"),
                Xml.of("Arn", policy.arn()),
                Xml.of("Path", "/"),
                Xml.of("DefaultVersionId", VERSION),
                Xml.of("AttachmentCount", Integer.toString(iam.policies().attachments(policy.arn()))),
                Xml.of("IsAttachable", "true"),
                Xml.of("CreateDate", policy.createdAt().toString()),
                Xml.of("UpdateDate", policy.createdAt().toString())));
        if (!policy.description().isEmpty()) {
            members.add(Xml.of("Description", policy.description()));
        }
        return Xml.of(element, members);
    }

    List<Xml> getVersion(Map<String, String> parameters) throws ServiceError {
        Managed policy = managed(parameters);
        String id = parameters.getOrDefault("VersionId", "");
        if (!id.equals(VERSION)) {
            throw new ServiceError(
                    RoleCalls.NOT_FOUND,
                    "NoSuchEntity",
                    "Policy " + policy.arn() + " version " + id + " does not exist or is not attachable.");
        }
        List<Xml> members = new ArrayList<>(List.of(Xml.of("Document", RoleCalls.encoded(policy.document()))));
        members.addAll(version(policy));
        return List.of(Xml.of("PolicyVersion", members));
    }

    List<Xml> listVersions(Map<String, String> parameters) throws ServiceError {
        return List.of(
                Xml.of("Versions", List.of(Xml.of("member", version(managed(parameters))))),
                Xml.of("IsTruncated", "false"));
    }

    private static List<Xml> version(Managed policy) {
        return List.of(
                Xml.of("VersionId", VERSION),
                Xml.of("IsDefaultVersion", "true"),
                Xml.of("CreateDate", policy.createdAt().toString()));
    }

    List<Xml> deleteManaged(Map<String, String> parameters) throws ServiceError {
        Managed policy = managed(parameters);
        if (iam.policies().attachments(policy.arn()) > 0) {
            throw new ServiceError(
                    RoleCalls.CONFLICT, "DeleteConflict", "Cannot delete a policy attached to entities.");
        }
        iam.managed().delete(policy.arn());
        return List.of();
    }
}
