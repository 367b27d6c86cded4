package dev.finetune4j.offlinecloud.azure.rest;

import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.Route;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;

/**
 * Something that a service does.
 *
 * @param name as the service's description calls it, such as {@code Jobs_Get}; by it faults are planned and calls are counted
 * @param route method and path
 * @param door who is let in
 * @param handler does it
 */
public record Operation(String name, Route route, Door door, Handler handler) {
    private static final int OK = 200;

    /** Who is let in. */
    public enum Door {
        /** Anybody. */
        OPEN,
        /** Who has a token for the resource manager, and says the version of the API. */
        MANAGEMENT,
        /** Who has a token for the resource manager or for Azure Machine Learning. */
        WORKSPACE
    }

    /** Does what a request asks for. Called by several threads. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Does it.
         *
         * @throws ServiceError if the service refuses
         */
        Answer answer(AzureCall call) throws ServiceError, IOException;
    }

    /** An operation that anybody may ask for. */
    public static Operation open(String name, String method, String path, Handler handler) {
        return new Operation(name, new Route(method, path, OK), Door.OPEN, handler);
    }

    /** An operation of the resource manager. */
    public static Operation management(String name, String method, String path, Handler handler) {
        return new Operation(name, new Route(method, path, OK), Door.MANAGEMENT, handler);
    }

    /** An operation of the services around a workspace. */
    public static Operation workspace(String name, String method, String path, Handler handler) {
        return new Operation(name, new Route(method, path, OK), Door.WORKSPACE, handler);
    }
}
