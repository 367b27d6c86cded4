package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** A service of Amazon's JSON protocol. Called by several threads. */
public interface JsonService {
    /** The name that requests are signed for. */
    String signingName();

    /** The region that requests are signed for; empty where it is the account's, as it mostly is. */
    default Optional<String> ownRegion() {
        return Optional.empty();
    }

    /** Whether it is asked alike in all regions. */
    default boolean isInEveryRegion() {
        return false;
    }

    /** What its operations look like. */
    ServiceModel model();

    /**
     * What a caller must be allowed for a request, which may still be one that the model has something against.
     *
     * @param operation one of the model's operations
     */
    List<Access> accesses(String operation, ObjectNode request);

    /**
     * Answers a request that the model has nothing against.
     *
     * @param operation one of the model's operations
     * @throws ServiceError if it refuses
     */
    ObjectNode answer(String operation, ObjectNode request) throws ServiceError;
}
