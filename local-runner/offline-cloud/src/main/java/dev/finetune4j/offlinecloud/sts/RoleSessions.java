package dev.finetune4j.offlinecloud.sts;

import dev.finetune4j.offlinecloud.wire.AccessKey;
import dev.finetune4j.offlinecloud.wire.AccessKeys;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Sessions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sessions as roles, or as the account's own user, which end by a clock that may be virtual. Each has an access key of its own. Safe for use
 * by several threads.
 */
public final class RoleSessions implements Sessions {
    /** What the service calls the account's own user. */
    static final String USER_ID = "AIDAOFFLINE";

    private final String account;
    private final AccessKeys keys;
    private final Clock clock;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    /**
     * No session.
     *
     * @param account twelve digits
     * @param keys to which those of the sessions are added
     * @param clock by which sessions end
     */
    public RoleSessions(String account, AccessKeys keys, Clock clock) {
        this.account = account;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * A session.
     *
     * @param key what it signs with; its token tells it from others
     * @param role ARN of whom it acts as; empty where that is the account's own user
     * @param arn its own
     * @param id the service's name of it
     * @param policies that bound it besides those of its role
     * @param end until when
     */
    public record Session(AccessKey key, String role, String arn, String id, List<String> policies, Instant end) {
        /** Copies the policies. */
        public Session {
            policies = List.copyOf(policies);
        }
    }

    /**
     * Begins one that may do what its role may.
     *
     * @param role ARN of whom it acts as
     * @param name its own
     */
    public Session begin(String role, String name, Duration length) {
        return begin(role, name, length, List.of());
    }

    /** The same, bounded by policies; it may do all that its role may where there are none. */
    Session begin(String role, String name, Duration length, List<String> policies) {
        return begin(
                role,
                "arn:aws:sts::" + account + ":assumed-role/" + role.substring(role.lastIndexOf('/') + 1) + "/" + name,
                "AROAOFFLINE:" + name,
                length,
                policies);
    }

    /** Begins one of the account's own user, who may do in it what the user may. */
    public Session beginAsUser(String user, Duration length) {
        return begin("", user, USER_ID, length, List.of());
    }

    private Session begin(String role, String arn, String id, Duration length, List<String> policies) {
        AccessKey key = keys.make(UUID.randomUUID().toString());
        Session session = new Session(
                key, role, arn, id, policies, clock.instant().plus(length).truncatedTo(ChronoUnit.SECONDS));
        sessions.put(key.token(), session);
        return session;
    }

    /** The session of a token; empty where there never was such a one. */
    Optional<Session> find(String token) {
        return Optional.ofNullable(sessions.get(token));
    }

    @Override
    public Optional<String> roleOf(String token) {
        return find(token).map(Session::role).filter(role -> !role.isEmpty());
    }

    @Override
    public Optional<String> arnOf(String token) {
        return find(token).map(Session::arn);
    }

    @Override
    public List<String> policiesOf(String token) {
        return find(token).map(Session::policies).orElse(List.of());
    }

    @Override
    public void check(String token) throws ServiceError {
        Optional<Session> session = find(token);
        if (session.isPresent() && !session.get().end().isAfter(clock.instant())) {
            throw ServiceError.of("ExpiredTokenException", "The security token included in the request is expired");
        }
    }
}
