package dev.finetune4j.offlinecloud.iam;

import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.QueryService;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What IAM answers: roles with whom they trust, policies, and what they come to. */
public final class IamQueries implements QueryService {
    private static final String VERSION = "2010-05-08";
    private static final String SIMULATE = "SimulatePrincipalPolicy";
    private static final Pattern OF_POLICIES =
            Pattern.compile("(Put|Get|Delete|List|Attach|Detach|ListAttached)(Role|User)(?:Policy|Policies)");

    private final OfflineIam iam;
    private final RoleCalls roles;
    private final PolicyCalls policies;

    /**
     * The service.
     *
     * @param iam the roles, and what they are held to
     * @param clock tells when something was made
     */
    public IamQueries(OfflineIam iam, Clock clock) {
        this.iam = iam;
        roles = new RoleCalls(iam, clock);
        policies = new PolicyCalls(iam, clock);
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
        String action = "iam:" + operation;
        String here = "arn:aws:iam::" + iam.account() + ":";
        return switch (operation) {
            case "ListRoles" -> List.of(Access.to(action, here + "role/"));
            case "CreatePolicy" ->
                List.of(Access.to(action, here + "policy/" + parameters.getOrDefault("PolicyName", "")));
            case "DeletePolicy" -> List.of(Access.to(action, parameters.getOrDefault("PolicyArn", "")));
            default -> List.of(Access.to(action, operation.contains("User") ? iam.user() : roleOf(parameters, here)));
        };
    }

    private String roleOf(Map<String, String> parameters, String here) {
        String name = parameters.getOrDefault("RoleName", "");
        return iam.role(name).map(Role::arn).orElse(here + "role" + parameters.getOrDefault("Path", "/") + name);
    }

    @Override
    public Xml answer(String operation, Map<String, String> parameters, String session) throws ServiceError {
        List<Xml> members = switch (operation) {
            case SIMULATE -> simulated(parameters);
            case "CreateRole" -> roles.create(parameters);
            case "GetRole" -> roles.get(parameters);
            case "ListRoles" -> roles.list(parameters);
            case "UpdateAssumeRolePolicy" -> roles.trust(parameters);
            case "DeleteRole" -> roles.delete(parameters);
            case "CreatePolicy" -> policies.create(parameters);
            case "DeletePolicy" -> policies.deleteManaged(parameters);
            default -> ofPolicies(operation, parameters);
        };
        return Xml.of(operation + "Result", members);
    }

    /** What is done to the policies of a role or of the account's user, which is told by the operation's name. */
    private List<Xml> ofPolicies(String operation, Map<String, String> parameters) throws ServiceError {
        Matcher named = OF_POLICIES.matcher(operation);
        if (!named.matches()) {
            throw QueryService.unknown(operation, VERSION);
        }
        String kind = named.group(2);
        String principal = kind.equals("Role") ? roles.existing(parameters).arn() : user(parameters);
        return switch (named.group(1)) {
            case "Put" -> policies.put(principal, parameters);
            case "Get" -> policies.get(kind, principal, parameters);
            case "Delete" -> policies.delete(kind, principal, parameters);
            case "List" -> policies.list(principal);
            case "Attach" -> policies.attach(principal, parameters);
            case "Detach" -> policies.detach(principal, parameters);
            default -> policies.listAttached(principal);
        };
    }

    /** There is one user, who may be told by name or not at all. */
    private String user(Map<String, String> parameters) throws ServiceError {
        String name = parameters.getOrDefault("UserName", "offline");
        if (!iam.user().endsWith("/" + name)) {
            throw new ServiceError(
                    RoleCalls.NOT_FOUND, "NoSuchEntity", "The user with name " + name + " cannot be found.");
        }
        return iam.user();
    }

    /** Every action on every resource, without a context: a statement with a condition allows nothing then. */
    private List<Xml> simulated(Map<String, String> parameters) throws ServiceError {
        String principal = parameters.getOrDefault("PolicySourceArn", "");
        if (!principal.equals(iam.user())
                && iam.role(principal.replaceFirst(".*/", "")).isEmpty()) {
            throw new ServiceError(
                    RoleCalls.NOT_FOUND, "NoSuchEntity", "The entity " + principal + " cannot be found.");
        }
        List<String> resources = members(parameters, "ResourceArns");
        List<Xml> results = new ArrayList<>();
        for (String action : members(parameters, "ActionNames")) {
            for (String resource : resources.isEmpty() ? List.of("*") : resources) {
                results.add(simulated(principal, Access.to(action, resource), !resources.isEmpty()));
            }
        }
        return List.of(Xml.of("EvaluationResults", results), Xml.of("IsTruncated", "false"));
    }

    /** What of the context is missing is told beside each resource where resources are named. */
    private Xml simulated(String principal, Access access, boolean isNamed) {
        String decision = iam.decide(principal, access).word();
        Xml missing = Xml.of(
                "MissingContextValues",
                iam.missing(principal, access).stream()
                        .map(key -> Xml.of("member", key))
                        .toList());
        List<Xml> result = new ArrayList<>(List.of(
                Xml.of("EvalActionName", access.action()),
                Xml.of("EvalResourceName", access.resource()),
                Xml.of("EvalDecision", decision)));
        result.add(
                isNamed
                        ? Xml.of(
                                "ResourceSpecificResults",
                                List.of(Xml.of(
                                        "member",
                                        List.of(
                                                Xml.of("EvalResourceName", access.resource()),
                                                Xml.of("EvalResourceDecision", decision),
                                                missing))))
                        : missing);
        return Xml.of("member", result);
    }

    private static List<String> members(Map<String, String> parameters, String name) {
        List<String> members = new ArrayList<>();
        for (int i = 1; parameters.containsKey(name + ".member." + i); i++) {
            members.add(parameters.get(name + ".member." + i));
        }
        return members;
    }
}
