package dev.finetune4j.offlinecloud.wire;

/** Decides who may do what. Called by several threads. */
public interface Gate {
    /**
     * Lets a caller in whose session goes on.
     *
     * @param session the token of the caller's session; empty for the account's own user
     * @throws ServiceError {@code ExpiredTokenException} if it has ended
     */
    void check(String session) throws ServiceError;

    /**
     * Lets a caller do something.
     *
     * @param session the token of the caller's session; empty for the account's own user
     * @throws ServiceError {@code AccessDeniedException} if the caller may not
     */
    void admit(String session, Access access) throws ServiceError;

    /**
     * Lets a service do something as a role.
     *
     * @param role ARN of the role
     * @throws ServiceError {@code AccessDeniedException} if the role may not
     */
    void admitRole(String role, Access access) throws ServiceError;

    /** Whether a service may act as a role, by the role's trust policy. */
    boolean trusts(String role, String service);

    /** What a caller is told that may not do something. */
    ServiceError denial(String session, Access access);
}
