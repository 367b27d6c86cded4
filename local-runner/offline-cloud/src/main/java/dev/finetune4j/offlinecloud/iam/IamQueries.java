package dev.finetune4j.offlinecloud.iam;

import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.QueryService;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What IAM answers: roles with whom they trust, and what their policies come to. */
public final class IamQueries implements QueryService {
    private static final String VERSION = "2010-05-08";
    private static final String SIMULATE = "SimulatePrincipalPolicy";
    private static final int NOT_FOUND = 404;

    private final OfflineIam iam;
    private final String account;

    /**
     * The service.
     *
     * @param iam the roles
     * @param account twelve digits
     */
    public IamQueries(OfflineIam iam, String account) {
        this.iam = iam;
        this.account = account;
    }

    @Override
    public String signingName() {
        return "iam";
    }

    @Override
    public String namespace() {
        return "https://iam.amazonaws.com/doc/" + VERSION + "/";
    }

    @Override
    public List<Access> accesses(String operation, Map<String, String> parameters) {
        if (operation.equals(SIMULATE)) {
            return List.of(Access.to("iam:" + operation, parameters.getOrDefault("PolicySourceArn", "*")));
        }
        String name = parameters.getOrDefault("RoleName", "");
        String arn = iam.role(name).map(Map.Entry::getKey).orElse("arn:aws:iam::" + account + ":role/" + name);
        return List.of(Access.to("iam:" + operation, arn));
    }

    @Override
    public Xml answer(String operation, Map<String, String> parameters, String session) throws ServiceError {
        if (operation.equals(SIMULATE)) {
            return simulated(parameters);
        }
        if (!operation.equals("GetRole")) {
            throw QueryService.unknown(operation, VERSION);
        }
        String name = parameters.getOrDefault("RoleName", "");
        Map.Entry<String, String> role = iam.role(name)
                .orElseThrow(() -> new ServiceError(
                        NOT_FOUND, "NoSuchEntity", "The role with name " + name + " cannot be found."));
        String arn = role.getKey();
        return Xml.of(
                "GetRoleResult",
                List.of(Xml.of(
                        "Role",
                        List.of(
                                Xml.of("Path", arn.substring(arn.indexOf('/'), arn.lastIndexOf('/') + 1)),
                                Xml.of("RoleName", name),
                                Xml.of("RoleId", "AROAOFFLINE"),
                                Xml.of("Arn", arn),
                                Xml.of("CreateDate", "2026-01-01T00:00:00Z"),
                                Xml.of(
                                        "AssumeRolePolicyDocument",
                                        URLEncoder.encode(role.getValue(), StandardCharsets.UTF_8)
                                                .replace("+", "%20"))))));
    }

    /** Every action on every resource, without a context: a statement with a condition allows nothing then. */
    private Xml simulated(Map<String, String> parameters) throws ServiceError {
        String principal = parameters.getOrDefault("PolicySourceArn", "");
        if (!principal.equals(iam.user())
                && iam.role(principal.replaceFirst(".*/", "")).isEmpty()) {
            throw new ServiceError(NOT_FOUND, "NoSuchEntity", "The entity " + principal + " cannot be found.");
        }
        List<String> resources = members(parameters, "ResourceArns");
        List<Xml> results = new ArrayList<>();
        for (String action : members(parameters, "ActionNames")) {
            for (String resource : resources.isEmpty() ? List.of("*") : resources) {
                String decision =
                        iam.decide(principal, Access.to(action, resource)).word();
                results.add(Xml.of(
                        "member",
                        List.of(
                                Xml.of("EvalActionName", action),
                                Xml.of("EvalResourceName", resource),
                                Xml.of("EvalDecision", decision))));
            }
        }
        return Xml.of(
                SIMULATE + "Result", List.of(Xml.of("EvaluationResults", results), Xml.of("IsTruncated", "false")));
    }

    private static List<String> members(Map<String, String> parameters, String name) {
        List<String> members = new ArrayList<>();
        for (int i = 1; parameters.containsKey(name + ".member." + i); i++) {
            members.add(parameters.get(name + ".member." + i));
        }
        return members;
    }
}
