package dev.finetune4j.offlinecloud.sts;

import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.QueryService;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says who is calling, and lets callers act as the roles of the account. Safe for use by several threads. */
public final class OfflineSts implements QueryService {
    private static final String VERSION = "2011-06-15";
    private static final int FORBIDDEN = 403;
    private static final int DEFAULT_SECONDS = 3600;
    private static final int LEAST_SECONDS = 900;
    private static final int MOST_SECONDS = 43_200;
    private static final Pattern ROLE = Pattern.compile("arn:aws[a-z-]*:iam::\\d{12}:role/(?:.*/)?([\\w+=,.@-]{1,64})");
    private static final Pattern SESSION = Pattern.compile("[\\w+=,.@-]{2,64}");

    private final String account;
    private final Set<String> roles;
    private final Clock clock;
    private final String accessKeyId;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    /**
     * The service.
     *
     * @param account twelve digits
     * @param roles ARNs of the roles that callers may act as
     * @param clock by which sessions end
     * @param accessKeyId the only access key that is known, which sessions have, too
     */
    public OfflineSts(String account, Set<String> roles, Clock clock, String accessKeyId) {
        this.account = account;
        this.roles = Set.copyOf(roles);
        this.clock = clock;
        this.accessKeyId = accessKeyId;
    }

    @Override
    public String signingName() {
        return "sts";
    }

    @Override
    public String namespace() {
        return "https://sts.amazonaws.com/doc/" + VERSION + "/";
    }

    /** Everybody may ask who they are. */
    @Override
    public List<Access> accesses(String operation, Map<String, String> parameters) {
        return operation.equals("AssumeRole")
                ? List.of(Access.to("sts:AssumeRole", parameters.getOrDefault("RoleArn", "")))
                : List.of();
    }

    @Override
    public Xml answer(String operation, Map<String, String> parameters, String session) throws ServiceError {
        return switch (operation) {
            case "GetCallerIdentity" -> callerIdentity(session);
            case "AssumeRole" -> assumeRole(parameters);
            default -> throw QueryService.unknown(operation, VERSION);
        };
    }

    /**
     * Who calls.
     *
     * @param token of a session; empty for the account's own user, as is one that is not known: nothing of a signature is computed
     */
    private Xml callerIdentity(String token) throws ServiceError {
        Session session = sessions.get(token);
        if (session != null && session.end().isBefore(clock.instant())) {
            throw new ServiceError(FORBIDDEN, "ExpiredToken", "The security token included in the request is expired");
        }
        return Xml.of(
                "GetCallerIdentityResult",
                List.of(
                        Xml.of("Arn", session == null ? "arn:aws:iam::" + account + ":user/offline" : session.arn()),
                        Xml.of("UserId", session == null ? "AIDAOFFLINE" : session.id()),
                        Xml.of("Account", account)));
    }

    /** The role that a session acts as, by the session's token; empty where it is the account's own user. */
    public Optional<String> roleOf(String token) {
        return Optional.ofNullable(sessions.get(token)).map(Session::role);
    }

    /** Begins a session as a role. Its key is the one that is known; its token tells it from others. */
    private Xml assumeRole(Map<String, String> parameters) throws ServiceError {
        String arn = parameters.getOrDefault("RoleArn", "");
        String name = parameters.getOrDefault("RoleSessionName", "");
        Matcher role = ROLE.matcher(arn);
        if (!role.matches() || !SESSION.matcher(name).matches()) {
            throw ServiceError.of(
                    "ValidationError",
                    "1 validation error detected: Value at '" + (role.matches() ? "roleSessionName" : "roleArn")
                            + "' failed to satisfy constraint");
        }
        if (!roles.contains(arn)) {
            throw new ServiceError(
                    FORBIDDEN,
                    "AccessDenied",
                    "User: arn:aws:iam::" + account
                            + ":user/offline is not authorized to perform: sts:AssumeRole on resource: " + arn);
        }
        Session session = new Session(
                arn,
                "arn:aws:sts::" + account + ":assumed-role/" + role.group(1) + "/" + name,
                "AROAOFFLINE:" + name,
                clock.instant().plus(length(parameters)).truncatedTo(ChronoUnit.SECONDS));
        String token = UUID.randomUUID().toString();
        sessions.put(token, session);
        return Xml.of(
                "AssumeRoleResult",
                List.of(
                        Xml.of(
                                "AssumedRoleUser",
                                List.of(Xml.of("AssumedRoleId", session.id()), Xml.of("Arn", session.arn()))),
                        Xml.of(
                                "Credentials",
                                List.of(
                                        Xml.of("AccessKeyId", accessKeyId),
                                        Xml.of(
                                                "SecretAccessKey",
                                                UUID.randomUUID().toString()),
                                        Xml.of("SessionToken", token),
                                        Xml.of("Expiration", session.end().toString())))));
    }

    private static Duration length(Map<String, String> parameters) throws ServiceError {
        String told = parameters.getOrDefault("DurationSeconds", Integer.toString(DEFAULT_SECONDS));
        try {
            int seconds = Integer.parseInt(told);
            if (seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException e) {
            throw ServiceError.of("ValidationError", "DurationSeconds is not a number");
        }
        throw ServiceError.of(
                "ValidationError",
                "1 validation error detected: Value '" + told
                        + "' at 'durationSeconds' failed to satisfy constraint: Member must" + " have value between "
                        + LEAST_SECONDS + " and " + MOST_SECONDS);
    }

    private record Session(String role, String arn, String id, Instant end) {}
}
