package dev.finetune4j.offlinecloud.wire;

import java.util.List;
import java.util.Optional;

/** Who acts as which role, by the tokens of their sessions. Called by several threads. */
@FunctionalInterface
public interface Sessions {
    /** The role that a session acts as, as an ARN; empty where a token is none of a session, and so is the account's own user. */
    Optional<String> roleOf(String token);

    /** ARN of a session itself, with its name; empty where it has none of its own. */
    default Optional<String> arnOf(String token) {
        return Optional.empty();
    }

    /** Policies that bound what a session may do besides those of its role; all is left to it where there are none. */
    default List<String> policiesOf(String token) {
        return List.of();
    }

    /**
     * Lets a session in that goes on.
     *
     * @throws ServiceError {@code ExpiredTokenException} if it has ended
     */
    default void check(String token) throws ServiceError {
        // who never begins sessions has none that end
    }
}
