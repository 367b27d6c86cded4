package dev.finetune4j.offlinecloud.azure.openai;

import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.Route;
import dev.finetune4j.offlinecloud.wire.ServiceError;

/**
 * Something that the service of a resource does.
 *
 * @param name as Azure's description of the service calls it, such as {@code FineTuning_Create}; by it faults are planned and calls are counted
 * @param route method and path below {@code /openai} or {@code /openai/v1}
 * @param dataAction what a role must allow, below {@code Microsoft.CognitiveServices/accounts/OpenAI/}
 * @param paths where it is
 * @param handler does it
 */
record DataOperation(String name, Route route, String dataAction, Paths paths, Handler handler) {
    private static final int OK = 200;

    /** By which of the two ways an operation is reached. */
    enum Paths {
        /** By the paths with a dated version and by those without. */
        BOTH,
        /** By those with a dated version only. */
        CLASSIC,
        /** By those without only. */
        V1;

        boolean has(boolean isV1) {
            return this == BOTH || (this == V1) == isV1;
        }
    }

    /** Does what a request asks for. */
    @FunctionalInterface
    interface Handler {
        /**
         * Does it.
         *
         * @throws ServiceError if the service refuses
         */
        Answer answer(DataCall call) throws ServiceError;
    }

    /** An operation that both ways reach. */
    static DataOperation of(String name, String method, String path, String dataAction, Handler handler) {
        return of(name, method, path, dataAction, Paths.BOTH, handler);
    }

    static DataOperation of(String name, String method, String path, String dataAction, Paths paths, Handler handler) {
        return new DataOperation(name, new Route(method, path, OK), dataAction, paths, handler);
    }
}
