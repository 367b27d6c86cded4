package dev.finetune4j.offlinecloud.iam;

import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Arn;
import dev.finetune4j.offlinecloud.wire.Gate;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Sessions;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

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
                },
                {
                  "Effect": "Allow",
                  "Principal": {"AWS": "arn:aws:iam::%s:root"},
                  "Action": "sts:AssumeRole"
                }
              ]
            }
            """;

    static final Instant FIRST_CREATED = Instant.parse("2026-01-01T00:00:00Z");
    private static final int LONGEST_SESSION_SECONDS = 43_200;
    static final String USER_NAME = "offline";

    private final String account;
    private final String region;
    private final Sessions sessions;
    private final Clock clock;
    private final Map<String, Role> roles = new ConcurrentHashMap<>();
    private final Policies policies = new Policies();
    private final ManagedPolicies managed = new ManagedPolicies();
    private final Map<String, Set<String>> used = new ConcurrentHashMap<>();
    private final List<Access> denied = new ArrayList<>();

    /**
     * An account in which all is allowed, and all roles trust SageMaker, Bedrock and whoever is of the account.
     *
     * @param account twelve digits
     * @param roles ARNs of its roles
     * @param sessions which role a session acts as, by its token
     */
    public OfflineIam(String account, Set<String> roles, Sessions sessions) {
        this(account, "us-east-1", roles, sessions, Clock.systemUTC());
    }

    /**
     * The same in a region.
     *
     * @param region for which calls are made whose resource names none
     * @param clock by which policies that hold for a time do
     */
    public OfflineIam(String account, String region, Set<String> roles, Sessions sessions, Clock clock) {
        this.account = account;
        this.region = region;
        this.sessions = sessions;
        this.clock = clock;
        roles.forEach(arn -> this.roles.put(
                arn,
                new Role(arn, TRUST.formatted(account), FIRST_CREATED, "", LONGEST_SESSION_SECONDS, new TreeMap<>())));
    }

    /** Twelve digits. */
    public String account() {
        return account;
    }

    /**
     * From now on the account's user may do what these policies allow, and nothing else.
     *
     * @param documents policies as IAM takes them
     * @throws IllegalArgumentException if one has parts that are not known here
     */
    public void restrictUser(String... documents) {
        policies.replace(user(), documents);
    }

    /** The same for all who act as a role: sessions, and the service that runs a job. */
    public void restrictRole(String role, String... documents) {
        policies.replace(role, documents);
    }

    /**
     * From now on a role trusts whom a document says, and nobody else.
     *
     * @throws IllegalArgumentException if there is no such role
     */
    public void trust(String role, String document) {
        if (roles.computeIfPresent(role, (arn, old) -> old.trusting(document)) == null) {
            throw new IllegalArgumentException("there is no role " + role);
        }
    }

    /** A role by its name; empty where there is none. */
    Optional<Role> role(String name) {
        return roles.values().stream().filter(role -> role.name().equals(name)).findFirst();
    }

    /** All roles, by ARN. */
    List<Role> roles() {
        return roles.values().stream().sorted(Comparator.comparing(Role::arn)).toList();
    }

    /** A role that may do nothing until it is given policies. */
    void create(Role role) {
        roles.put(role.arn(), role);
        policies.hold(role.arn());
    }

    void delete(Role role) {
        roles.remove(role.arn());
        policies.forget(role.arn());
    }

    /** What users and roles are held to. */
    Policies policies() {
        return policies;
    }

    /** Policies that have an ARN. */
    ManagedPolicies managed() {
        return managed;
    }

    /** Changes a role that is there. */
    void change(Role role) {
        roles.put(role.arn(), role);
    }

    @Override
    public boolean trusts(String role, String service) {
        return roles.containsKey(role) && roles.get(role).trustsService(service);
    }

    /**
     * Whether a caller may act as a role, as far as the role has a say in it.
     *
     * @param session the token of the caller's session; empty for the account's own user
     */
    public boolean letsAssume(String session, String role) {
        return roles.containsKey(role)
                && roles.get(role)
                        .trustsPrincipal(account, sessions.roleOf(session).orElse(user()));
    }

    /** How long a session as a role may be. */
    public int longestSession(String role) {
        return roles.containsKey(role) ? roles.get(role).sessionSeconds() : 0;
    }

    @Override
    public void check(String session) throws ServiceError {
        sessions.check(session);
    }

    /** ARN of the account's own user. */
    public String user() {
        return "arn:aws:iam::" + account + ":user/" + USER_NAME;
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
        admit(sessions.roleOf(session).orElse(user()), session, callerOf(session), access);
    }

    @Override
    public void admitRole(String role, Access access) throws ServiceError {
        admit(role, "", sessionAs(role), access);
    }

    private void admit(String principal, String session, String caller, Access access) throws ServiceError {
        Access told = told(principal, access);
        Decision own = policies.of(principal)
                .map(statements -> Decision.of(statements, told))
                .orElse(Decision.ALLOWED);
        Decision decision = own.within(bound(session, told));
        if (decision != Decision.ALLOWED) {
            synchronized (denied) {
                denied.add(access);
            }
            String kind = decision == own ? "identity-based" : "session";
            throw denial(
                    caller,
                    access,
                    decision == Decision.FORBIDDEN
                            ? " with an explicit deny in " + (decision == own ? "an " : "a ") + kind + " policy"
                            : " because no " + kind + " policy allows the " + access.action() + " action");
        }
        Set<String> actions = used.computeIfAbsent(principal, name -> new TreeSet<>());
        synchronized (actions) {
            actions.add(access.action());
        }
    }

    /** What those of a session come to, which bound what its role may do. */
    private Decision bound(String session, Access access) {
        return sessions.policiesOf(session).isEmpty()
                ? Decision.ALLOWED
                : Decision.of(
                        sessions.policiesOf(session).stream()
                                .flatMap(document -> Policies.read(document).stream())
                                .toList(),
                        access);
    }

    /**
     * Policies that bound a session, as a request names them: one written out, and others by their ARNs.
     *
     * @throws ServiceError if one has parts that are not known here, or is not there
     */
    public List<String> sessionPolicies(Map<String, String> parameters) throws ServiceError {
        List<String> documents = new ArrayList<>();
        if (parameters.containsKey("Policy")) {
            documents.add(RoleCalls.document(parameters, "Policy"));
        }
        String arn = parameters.getOrDefault("PolicyArns.member.1.arn", "");
        for (int i = 2; !arn.isEmpty(); i++) {
            documents.add(managed.existing(arn).document());
            arn = parameters.getOrDefault("PolicyArns.member." + i + ".arn", "");
        }
        for (String document : documents) {
            statements(document);
        }
        return documents;
    }

    /** The statements of a document that a client sent. */
    static List<Statement> statements(String document) throws ServiceError {
        try {
            return Policies.read(document);
        } catch (IllegalArgumentException e) {
            throw RoleCalls.malformed(String.valueOf(e.getMessage()));
        }
    }

    /** What every call says of itself, of who makes it and of what it is done to, unless the access says otherwise. */
    private Access told(String principal, Access access) {
        boolean isUser = principal.equals(user());
        Optional<Arn> resource = Arn.read(access.resource());
        Instant now = clock.instant();
        Access told = Access.to(access.action(), access.resource())
                .with("aws:PrincipalAccount", account)
                .with("aws:PrincipalArn", principal)
                .with("aws:PrincipalType", isUser ? "User" : "AssumedRole")
                .with("aws:username", isUser ? List.of(USER_NAME) : List.of())
                .with(
                        "aws:ResourceAccount",
                        resource.map(Arn::account)
                                .filter(owner -> !owner.isEmpty())
                                .orElse(account))
                .with(
                        "aws:RequestedRegion",
                        regionOf(access, resource.map(Arn::region).orElse("")))
                .with("aws:CurrentTime", now.truncatedTo(ChronoUnit.SECONDS).toString())
                .with("aws:EpochTime", Long.toString(now.getEpochSecond()));
        for (Map.Entry<String, List<String>> own : access.context().entrySet()) {
            told = told.with(own.getKey(), own.getValue());
        }
        return told;
    }

    /** IAM has one endpoint for all regions, which is signed for as the first of them. */
    private String regionOf(Access access, String ofArn) {
        if (access.action().startsWith("iam:") && !access.action().equals("iam:PassRole")) {
            return "us-east-1";
        }
        return ofArn.isEmpty() ? region : ofArn;
    }

    @Override
    public ServiceError denial(String session, Access access) {
        return denial(
                callerOf(session),
                access,
                " because no identity-based policy allows the " + access.action() + " action");
    }

    private static ServiceError denial(String caller, Access access, String why) {
        return ServiceError.of(
                "AccessDeniedException",
                "User: " + caller + " is not authorized to perform: " + access.action() + " on resource: "
                        + access.resource() + why);
    }

    /** ARN of who makes a call, by the token of the caller's session. */
    public String callerOf(String session) {
        return sessions.arnOf(session)
                .or(() -> sessions.roleOf(session).map(this::sessionAs))
                .orElse(user());
    }

    private String sessionAs(String role) {
        return "arn:aws:sts::" + account + ":assumed-role/" + role.substring(role.lastIndexOf('/') + 1) + "/offline";
    }
}
