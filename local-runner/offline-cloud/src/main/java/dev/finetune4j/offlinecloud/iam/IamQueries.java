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
    /** What somebody may who is held to nothing. */
    private static final List<Statement> EVERYTHING =
            Policies.read("{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}}");

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
        String action = "iam:" + operation;
        String here = "arn:aws:iam::" + iam.account() + ":";
        return switch (operation) {
            case "SimulatePrincipalPolicy", "GetContextKeysForPrincipalPolicy" ->
                List.of(Access.to(action, parameters.getOrDefault("PolicySourceArn", "*")));
            case "SimulateCustomPolicy", "GetContextKeysForCustomPolicy", "ListPolicies" ->
                List.of(Access.to(action, "*"));
            case "ListRoles" -> List.of(Access.to(action, here + "role/"));
            case "CreatePolicy" ->
                List.of(Access.to(action, here + "policy/" + parameters.getOrDefault("PolicyName", "")));
            case "DeletePolicy", "GetPolicy", "GetPolicyVersion", "ListPolicyVersions" ->
                List.of(Access.to(action, parameters.getOrDefault("PolicyArn", "")));
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
            case "SimulatePrincipalPolicy" -> ofPrincipal(parameters).results();
            case "SimulateCustomPolicy" -> ofRequest(parameters).results();
            case "GetContextKeysForPrincipalPolicy" -> ofPrincipal(parameters).contextKeys();
            case "GetContextKeysForCustomPolicy" -> ofRequest(parameters).contextKeys();
            case "GetUser" -> {
                demandUser(parameters);
                yield user();
            }
            case "CreateRole" -> roles.create(parameters);
            case "GetRole" -> roles.get(parameters);
            case "ListRoles" -> roles.list(parameters);
            case "UpdateRole" -> roles.update(parameters);
            case "TagRole" -> roles.tag(parameters);
            case "UntagRole" -> roles.untag(parameters);
            case "ListRoleTags" -> roles.listTags(parameters);
            case "UpdateAssumeRolePolicy" -> roles.trust(parameters);
            case "DeleteRole" -> roles.delete(parameters);
            case "CreatePolicy" -> policies.create(parameters);
            case "GetPolicy" -> policies.getManaged(parameters);
            case "ListPolicies" -> policies.listManaged(parameters);
            case "GetPolicyVersion" -> policies.getVersion(parameters);
            case "ListPolicyVersions" -> policies.listVersions(parameters);
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
        if (kind.equals("User")) {
            demandUser(parameters);
        }
        String principal = kind.equals("Role") ? roles.existing(parameters).arn() : iam.user();
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
    private static void demandUser(Map<String, String> parameters) throws ServiceError {
        String name = parameters.getOrDefault("UserName", OfflineIam.USER_NAME);
        if (!name.equals(OfflineIam.USER_NAME)) {
            throw new ServiceError(
                    RoleCalls.NOT_FOUND, "NoSuchEntity", "The user with name " + name + " cannot be found.");
        }
    }

    private Simulation ofPrincipal(Map<String, String> parameters) throws ServiceError {
        String principal = parameters.getOrDefault("PolicySourceArn", "");
        if (!principal.equals(iam.user())
                && iam.role(principal.replaceFirst(".*/", "")).isEmpty()) {
            throw new ServiceError(
                    RoleCalls.NOT_FOUND, "NoSuchEntity", "The entity " + principal + " cannot be found.");
        }
        return new Simulation(iam.policies().of(principal).orElse(EVERYTHING), parameters);
    }

    private static Simulation ofRequest(Map<String, String> parameters) throws ServiceError {
        return new Simulation(List.of(), parameters);
    }

    private List<Xml> user() {
        return List.of(Xml.of(
                "User",
                List.of(
                        Xml.of("Path", "/"),
                        Xml.of("UserName", OfflineIam.USER_NAME),
                        Xml.of("UserId", "AIDAOFFLINE"),
                        Xml.of("Arn", iam.user()),
                        Xml.of("CreateDate", OfflineIam.FIRST_CREATED.toString()))));
    }

    /** A list of the request. */
    static List<String> members(Map<String, String> parameters, String name) {
        List<String> members = new ArrayList<>();
        for (int i = 1; parameters.containsKey(name + ".member." + i); i++) {
            members.add(parameters.get(name + ".member." + i));
        }
        return members;
    }
}
