package dev.finetune4j.offlinecloud.wire;

import java.util.List;
import java.util.Map;

/** A service of Amazon's query protocol. Called by several threads. */
public interface QueryService {
    /** The name that requests are signed for. */
    String signingName();

    /** Namespace of its answers, which ends with the service's version. */
    String namespace();

    /** What a caller must be allowed; empty where everybody may. */
    List<Access> accesses(String operation, Map<String, String> parameters);

    /**
     * Answers a request.
     *
     * @param session the token of the caller's session; empty for the account's own user
     * @return what is in the answer
     * @throws ServiceError if it refuses, or has no such operation
     */
    Xml answer(String operation, Map<String, String> parameters, String session) throws ServiceError;

    /** What a service says that does not have an operation. */
    static ServiceError unknown(String operation, String version) {
        return ServiceError.of("InvalidAction", "Could not find operation " + operation + " for version " + version);
    }
}
