package dev.finetune4j.offlinecloud.iam;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Gate;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Holds every call to the policies of whoever makes it: the account's user, a session as a role, or a service that acts as the role of a
 * job. Who has no policies may do everything, so that a test need not begin with them. Safe for use by several threads.
 *
 * <pre>{@code
 * aws.iam().restrictUser(callersPolicy);
 * aws.iam().restrictRole("arn:aws:iam::123456789012:role/finetune4j-training", jobsPolicy);
 * }</pre>
 */
public final class OfflineIam implements Gate {
    private static final String TRUST = """
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Principal": {"Service": ["bedrock.amazonaws.com", "sagemaker.amazonaws.com"]},
                  "Action": "sts:AssumeRole"
                }
              ]
            }
            """;

    private final String account;
    private final Map<String, String> trustByRole = new ConcurrentHashMap<>();
    private final Function<String, Optional<String>> roleOfSession;
    private final Map<String, List<Statement>> statements = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> used = new ConcurrentHashMap<>();
    private final List<Access> denied = new ArrayList<>();

    /**
     * An account in which all is allowed, and all roles trust SageMaker and Bedrock.
     *
     * @param account twelve digits
     * @param roles ARNs of its roles
     * @param roleOfSession which role a session acts as, by its token
     */
    public OfflineIam(String account, Set<String> roles, Function<String, Optional<String>> roleOfSession) {
        this.account = account;
        this.roleOfSession = roleOfSession;
        roles.forEach(role -> trustByRole.put(role, TRUST));
    }

    /**
     * From now on the account's user may do what these policies allow, and nothing else.
     *
     * @param documents policies as IAM takes them
     * @throws IllegalArgumentException if one has parts that are not known here
     */
    public void restrictUser(String... documents) {
        restrict(user(), documents);
    }

    /** The same for all who act as a role: sessions, and the service that runs a job. */
    public void restrictRole(String role, String... documents) {
        restrict(role, documents);
    }

    /**
     * From now on a role trusts whom a document says, and nobody else.
     *
     * @throws IllegalArgumentException if there is no such role
     */
    public void trust(String role, String document) {
        if (trustByRole.replace(role, document) == null) {
            throw new IllegalArgumentException("there is no role " + role);
        }
    }

    /** The role's trust policy by the role's name; empty where there is none. */
    Optional<Map.Entry<String, String>> role(String name) {
        return trustByRole.entrySet().stream()
                .filter(role -> role.getKey().endsWith("/" + name))
                .findFirst();
    }

    /** As far as a document names services; conditions are about callers whom a service acts for, who are all this account here. */
    @Override
    public boolean trusts(String role, String service) {
        JsonNode all =
                Json.read(trustByRole.getOrDefault(role, "{}"), JsonNode.class).path("Statement");
        for (JsonNode statement : all.isArray() ? all : List.of(all)) {
            if (statement.path("Effect").asText().equals("Allow")
                    && Statement.texts(statement.at("/Principal/Service")).contains(service)) {
                return true;
            }
        }
        return false;
    }

    private void restrict(String principal, String... documents) {
        List<Statement> all = new ArrayList<>();
        for (String document : documents) {
            for (JsonNode statement : Json.read(document, JsonNode.class).path("Statement")) {
                all.add(Statement.of(statement));
            }
        }
        statements.put(principal, List.copyOf(all));
    }

    /** ARN of the account's own user. */
    public String user() {
        return "arn:aws:iam::" + account + ":user/offline";
    }

    /** All that was denied so far, in this order. */
    public List<Access> denied() {
        synchronized (denied) {
            return List.copyOf(denied);
        }
    }

    /**
     * Actions that a user or a role was let do so far, sorted.
     *
     * @param principal {@link #user()}, or ARN of a role
     */
    public Set<String> used(String principal) {
        Set<String> actions = used.getOrDefault(principal, Set.of());
        synchronized (actions) {
            return new TreeSet<>(actions);
        }
    }

    @Override
    public void admit(String session, Access access) throws ServiceError {
        Optional<String> role = roleOfSession.apply(session);
        admit(role.orElse(user()), role.map(this::sessionAs).orElse(user()), access);
    }

    @Override
    public void admitRole(String role, Access access) throws ServiceError {
        admit(role, sessionAs(role), access);
    }

    private void admit(String principal, String caller, Access access) throws ServiceError {
        Decision decision = decide(principal, access);
        if (decision != Decision.ALLOWED) {
            synchronized (denied) {
                denied.add(access);
            }
            throw denial(
                    caller,
                    access,
                    decision == Decision.FORBIDDEN
                            ? " with an explicit deny in an identity-based policy"
                            : " because no identity-based policy allows the " + access.action() + " action");
        }
        Set<String> actions = used.computeIfAbsent(principal, name -> new TreeSet<>());
        synchronized (actions) {
            actions.add(access.action());
        }
    }

    /** What the policies of a user or role come to. */
    enum Decision {
        ALLOWED("allowed"),
        NOT_ALLOWED("implicitDeny"),
        FORBIDDEN("explicitDeny");

        private final String word;

        Decision(String word) {
            this.word = word;
        }

        /** The service's own word. */
        String word() {
            return word;
        }
    }

    /** What a call would come to; nothing is noted of it. */
    Decision decide(String principal, Access access) {
        List<Statement> all = statements.get(principal);
        if (all == null) {
            return Decision.ALLOWED;
        }
        List<Statement> speaking =
                all.stream().filter(statement -> statement.speaksOf(access)).toList();
        if (speaking.stream().anyMatch(statement -> !statement.allows())) {
            return Decision.FORBIDDEN;
        }
        return speaking.isEmpty() ? Decision.NOT_ALLOWED : Decision.ALLOWED;
    }

    @Override
    public ServiceError denial(String session, Access access) {
        String caller = roleOfSession.apply(session).map(this::sessionAs).orElse(user());
        return denial(caller, access, " because no identity-based policy allows the " + access.action() + " action");
    }

    private static ServiceError denial(String caller, Access access, String why) {
        return ServiceError.of(
                "AccessDeniedException",
                "User: " + caller + " is not authorized to perform: " + access.action() + " on resource: "
                        + access.resource() + why);
    }

    private String sessionAs(String role) {
        return "arn:aws:sts::" + account + ":assumed-role/" + role.substring(role.lastIndexOf('/') + 1) + "/offline";
    }
}
