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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says who is calling, and lets callers act as the roles of the account. Safe for use by several threads. */
public final class OfflineSts implements QueryService {
    private static final String VERSION = "2011-06-15";
    private static final int FORBIDDEN = 403;
    private static final int DEFAULT_SECONDS = 3600;
    private static final int LEAST_SECONDS = 900;
    private static final int MOST_SECONDS = 43_200;
    private static final int USER_DEFAULT_SECONDS = 43_200;
    private static final int USER_MOST_SECONDS = 129_600;
    private static final Pattern ROLE = Pattern.compile("arn:aws[a-z-]*:iam::\\d{12}:role/(?:.*/)?([\\w+=,.@-]{1,64})");
    private static final Pattern SESSION = Pattern.compile("[\\w+=,.@-]{2,64}");

    private final OfflineIam iam;
    private final RoleSessions sessions;

    /**
     * The service.
     *
     * @param iam the roles that callers may act as
     * @param sessions the sessions that it begins
     */
    public OfflineSts(OfflineIam iam, RoleSessions sessions) {
        this.iam = iam;
        this.sessions = sessions;
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
            case "GetSessionToken" -> sessionToken(parameters, session);
            default -> throw QueryService.unknown(operation, VERSION);
        };
    }

    /**
     * Who calls.
     *
     * @param token of a session; empty for the account's own user
     */
    private Xml callerIdentity(String token) {
        Optional<Session> session = sessions.find(token);
        return Xml.of(
                "GetCallerIdentityResult",
                List.of(
                        Xml.of("Arn", session.map(Session::arn).orElse(iam.user())),
                        Xml.of("UserId", session.map(Session::id).orElse(RoleSessions.USER_ID)),
                        Xml.of("Account", iam.account())));
    }

    /** Begins a session as a role. */
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
        Duration length = length(parameters, DEFAULT_SECONDS, MOST_SECONDS);
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
                        credentials(session)));
    }

    /** Begins a session of the account's own user, which only the user may. */
    private Xml sessionToken(Map<String, String> parameters, String caller) throws ServiceError {
        if (!caller.isEmpty()) {
            throw new ServiceError(FORBIDDEN, "AccessDenied", "Cannot call GetSessionToken with session credentials");
        }
        Duration length = length(parameters, USER_DEFAULT_SECONDS, USER_MOST_SECONDS);
        return Xml.of("GetSessionTokenResult", List.of(credentials(sessions.beginAsUser(iam.user(), length))));
    }

    private static Xml credentials(Session session) {
        return Xml.of(
                "Credentials",
                List.of(
                        Xml.of("AccessKeyId", session.key().id()),
                        Xml.of("SecretAccessKey", session.key().secret()),
                        Xml.of("SessionToken", session.key().token()),
                        Xml.of("Expiration", session.end().toString())));
    }

    private static Duration length(Map<String, String> parameters, int usual, int most) throws ServiceError {
        String told = parameters.getOrDefault("DurationSeconds", Integer.toString(usual));
        try {
            int seconds = Integer.parseInt(told);
            if (seconds >= LEAST_SECONDS && seconds <= most) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException e) {
            throw ServiceError.of("ValidationError", "DurationSeconds is not a number");
        }
        throw ServiceError.of(
                "ValidationError",
                "1 validation error detected: Value '" + told
                        + "' at 'durationSeconds' failed to satisfy constraint: Member must" + " have value between "
                        + LEAST_SECONDS + " and " + most);
    }
}
