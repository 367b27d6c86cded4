package dev.finetune4j.offlinecloud.iam;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The calls that make, show and remove roles. */
final class RoleCalls {
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    private static final String DEFAULT_SESSION = "3600";
    private static final Pattern NAME = Pattern.compile("[\\w+=,.@-]{1,64}");
    private static final Pattern PATH = Pattern.compile("/|/[!-~]{1,510}/");

    private final OfflineIam iam;
    private final Clock clock;

    RoleCalls(OfflineIam iam, Clock clock) {
        this.iam = iam;
        this.clock = clock;
    }

    /** The role that a request names. */
    Role existing(Map<String, String> parameters) throws ServiceError {
        String name = parameters.getOrDefault("RoleName", "");
        return iam.role(name)
                .orElseThrow(() -> new ServiceError(
                        NOT_FOUND, "NoSuchEntity", "The role with name " + name + " cannot be found."));
    }

    List<Xml> create(Map<String, String> parameters) throws ServiceError {
        String name = valid(parameters, "RoleName", NAME);
        String path = parameters.containsKey("Path") ? valid(parameters, "Path", PATH) : "/";
        String trust = document(parameters, "AssumeRolePolicyDocument");
        if (iam.role(name).isPresent()) {
            throw new ServiceError(CONFLICT, "EntityAlreadyExists", "Role with name " + name + " already exists.");
        }
        Role role = new Role(
                "arn:aws:iam::" + iam.account() + ":role" + path + name,
                trust,
                clock.instant().truncatedTo(ChronoUnit.SECONDS),
                parameters.getOrDefault("Description", ""),
                sessionSeconds(parameters, DEFAULT_SESSION),
                tags(parameters));
        iam.create(role);
        return List.of(told(role));
    }

    List<Xml> get(Map<String, String> parameters) throws ServiceError {
        return List.of(told(existing(parameters)));
    }

    private static int sessionSeconds(Map<String, String> parameters, String otherwise) throws ServiceError {
        return Integer.parseInt(valid(parameters, "MaxSessionDuration", Pattern.compile("\\d{4,5}"), otherwise));
    }

    /** What is not told is not left as it was: a role without a description, and the usual length of sessions. */
    List<Xml> update(Map<String, String> parameters) throws ServiceError {
        Role role = existing(parameters);
        iam.change(new Role(
                role.arn(),
                role.trust(),
                role.createdAt(),
                parameters.getOrDefault("Description", ""),
                sessionSeconds(parameters, DEFAULT_SESSION),
                role.tags()));
        return List.of();
    }

    List<Xml> list(Map<String, String> parameters) throws ServiceError {
        String prefix = parameters.getOrDefault("PathPrefix", "/");
        List<Role> roles = iam.roles().stream()
                .filter(role -> role.path().startsWith(prefix))
                .toList();
        return new IamPage(parameters)
                .of(
                        "Roles",
                        roles,
                        Role::arn,
                        role -> new Xml("member", "", untagged(role).children()));
    }

    List<Xml> listTags(Map<String, String> parameters) throws ServiceError {
        return List.of(tags(existing(parameters)), Xml.of("IsTruncated", "false"));
    }

    List<Xml> tag(Map<String, String> parameters) throws ServiceError {
        Role role = existing(parameters);
        NavigableMap<String, String> tags = new TreeMap<>(role.tags());
        tags.putAll(tags(parameters));
        iam.change(role.tagged(tags));
        return List.of();
    }

    List<Xml> untag(Map<String, String> parameters) throws ServiceError {
        Role role = existing(parameters);
        NavigableMap<String, String> tags = new TreeMap<>(role.tags());
        IamQueries.members(parameters, "TagKeys").forEach(tags::remove);
        iam.change(role.tagged(tags));
        return List.of();
    }

    private static NavigableMap<String, String> tags(Map<String, String> parameters) {
        NavigableMap<String, String> tags = new TreeMap<>();
        for (int i = 1; parameters.containsKey("Tags.member." + i + ".Key"); i++) {
            String tag = "Tags.member." + i;
            tags.put(parameters.getOrDefault(tag + ".Key", ""), parameters.getOrDefault(tag + ".Value", ""));
        }
        return tags;
    }

    private static Xml tags(Role role) {
        List<Xml> tags = new ArrayList<>();
        role.tags()
                .forEach((key, value) ->
                        tags.add(Xml.of("member", List.of(Xml.of("Key", key), Xml.of("Value", value)))));
        return Xml.of("Tags", tags);
    }

    List<Xml> trust(Map<String, String> parameters) throws ServiceError {
        iam.trust(existing(parameters).arn(), document(parameters, "PolicyDocument"));
        return List.of();
    }

    List<Xml> delete(Map<String, String> parameters) throws ServiceError {
        Role role = existing(parameters);
        if (!iam.policies().attached(role.arn()).isEmpty()) {
            throw inTheWay("must detach all policies first.");
        }
        if (!iam.policies().own(role.arn()).isEmpty()) {
            throw inTheWay("must delete policies first.");
        }
        iam.delete(role);
        return List.of();
    }

    private static ServiceError inTheWay(String what) {
        return new ServiceError(CONFLICT, "DeleteConflict", "Cannot delete entity, " + what);
    }

    private static Xml told(Role role) {
        List<Xml> members = new ArrayList<>(untagged(role).children());
        members.add(tags(role));
        return Xml.of("Role", members);
    }

    /** As lists tell of it. */
    private static Xml untagged(Role role) {
        List<Xml> members = new ArrayList<>(List.of(
                Xml.of("Path", role.path()),
                Xml.of("RoleName", role.name()),
                Xml.of("RoleId", "AROAOFFLINE"),
                Xml.of("Arn", role.arn()),
                Xml.of("CreateDate", role.createdAt().toString()),
                Xml.of("AssumeRolePolicyDocument", encoded(role.trust())),
                Xml.of("MaxSessionDuration", Integer.toString(role.sessionSeconds()))));
        if (!role.description().isEmpty()) {
            members.add(Xml.of("Description", role.description()));
        }
        return Xml.of("Role", members);
    }

    /** Documents come back as they would stand in an address. */
    static String encoded(String document) {
        return URLEncoder.encode(document, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String valid(Map<String, String> parameters, String name, Pattern pattern) throws ServiceError {
        return valid(parameters, name, pattern, "");
    }

    private static String valid(Map<String, String> parameters, String name, Pattern pattern, String otherwise)
            throws ServiceError {
        String value = parameters.getOrDefault(name, otherwise);
        if (!pattern.matcher(value).matches()) {
            String member = Character.toLowerCase(name.charAt(0)) + name.substring(1);
            throw ServiceError.of(
                    "ValidationError",
                    "1 validation error detected: Value '" + value + "' at '" + member
                            + "' failed to satisfy constraint: Member must satisfy regular expression pattern: "
                            + pattern);
        }
        return value;
    }

    /** A document of a request, which is one object of JSON with statements. */
    static String document(Map<String, String> parameters, String name) throws ServiceError {
        String document = parameters.getOrDefault(name, "");
        try {
            JsonNode statements = Json.read(document, JsonNode.class).path("Statement");
            if (statements.isObject() || (statements.isArray() && !statements.isEmpty())) {
                return document;
            }
        } catch (UncheckedIOException e) {
            throw malformed("This policy contains invalid Json");
        }
        throw malformed("Syntax errors in policy.");
    }

    static ServiceError malformed(String why) {
        return ServiceError.of("MalformedPolicyDocument", why);
    }
}
