package dev.finetune4j.offlinecloud.sts;

import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.sts.RoleSessions.Session;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.QueryService;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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

    private final OfflineIam iam;
    private final RoleSessions sessions;
    private final String accessKeyId;

    /**
     * The service.
     *
     * @param iam the roles that callers may act as
     * @param sessions the sessions that it begins
     * @param accessKeyId the only access key that is known, which sessions have, too
     */
    public OfflineSts(OfflineIam iam, RoleSessions sessions, String accessKeyId) {
        this.iam = iam;
        this.sessions = sessions;
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
            case "AssumeRole" -> assumeRole(parameters, session);
            default -> throw QueryService.unknown(operation, VERSION);
        };
    }

    /**
     * Who calls.
     *
     * @param token of a session; empty for the account's own user, as is one that is not known: nothing of a signature is computed
     */
    private Xml callerIdentity(String token) {
        Optional<Session> session = sessions.find(token);
        return Xml.of(
                "GetCallerIdentityResult",
                List.of(
                        Xml.of("Arn", session.map(Session::arn).orElse(iam.user())),
                        Xml.of("UserId", session.map(Session::id).orElse("AIDAOFFLINE")),
                        Xml.of("Account", iam.account())));
    }

    /** Begins a session as a role. Its key is the one that is known; its token tells it from others. */
    private Xml assumeRole(Map<String, String> parameters, String caller) throws ServiceError {
        String arn = parameters.getOrDefault("RoleArn", "");
        String name = parameters.getOrDefault("RoleSessionName", "");
        Matcher role = ROLE.matcher(arn);
        if (!role.matches() || !SESSION.matcher(name).matches()) {
            throw ServiceError.of(
                    "ValidationError",
                    "1 validation error detected: Value at '" + (role.matches() ? "roleSessionName" : "roleArn")
                            + "' failed to satisfy constraint");
        }
        if (!iam.letsAssume(caller, arn)) {
            throw new ServiceError(
                    FORBIDDEN,
                    "AccessDenied",
                    "User: " + iam.callerOf(caller) + " is not authorized to perform: sts:AssumeRole on resource: "
                            + arn);
        }
        Duration length = length(parameters);
        if (length.toSeconds() > iam.longestSession(arn)) {
            throw ServiceError.of(
                    "ValidationError",
                    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }
        Session session = sessions.begin(arn, name, length, iam.sessionPolicies(parameters));
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
                                        Xml.of("SessionToken", session.token()),
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
}
