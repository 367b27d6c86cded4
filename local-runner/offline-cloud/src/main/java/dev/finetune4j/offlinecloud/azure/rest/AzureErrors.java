package dev.finetune4j.offlinecloud.azure.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.List;

/** How Azure's services refuse. */
public final class AzureErrors {
    /** Name of the detail that is a header of the answer: seconds after which to ask again. */
    public static final String RETRY_AFTER = "Retry-After";

    /** Name of the detail that says which part of a request is wrong. */
    static final String TARGET = "target";

    /** Name of the detail that has the errors within one, as JSON. */
    static final String WITHIN = "details";

    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVERS_FAULT = 500;
    private static final int THROTTLED_SECONDS = 1;

    private AzureErrors() {}

    /** What any of the services may tell. */
    public static Faults.Wording wording() {
        return new Faults.Wording(
                throttled(THROTTLED_SECONDS),
                new ServiceError(
                        SERVERS_FAULT,
                        "InternalServerError",
                        "An internal server error occurred. Please try again. If the problem persists, contact support"),
                unauthorized("ExpiredAuthenticationToken", "The access token expiry UTC time is in the past."));
    }

    /** Too many calls; the client is to wait so many seconds. */
    public static ServiceError throttled(int seconds) {
        return new ServiceError(
                        TOO_MANY_REQUESTS,
                        "TooManyRequests",
                        "The request is being throttled as the limit has been reached for operation type. Please try"
                                + " again after '" + seconds + "' seconds.")
                .with(RETRY_AFTER, Integer.toString(seconds));
    }

    /** A caller that has no token that is taken. */
    public static ServiceError unauthorized(String code, String message) {
        return new ServiceError(UNAUTHORIZED, code, message);
    }

    /** A caller that may not. */
    static ServiceError forbidden(String caller, String action, String scope) {
        return new ServiceError(
                FORBIDDEN,
                "AuthorizationFailed",
                "The client '" + caller + "' with object id '" + caller
                        + "' does not have authorization to perform action '" + action + "' over scope '" + scope
                        + "' or the scope is invalid. If access was recently granted, please refresh your credentials.");
    }

    /** A request that no retry makes right. */
    public static ServiceError user(String message) {
        return new ServiceError(BAD_REQUEST, "UserError", message);
    }

    /** The same, of a part of the request's body. */
    public static ServiceError user(String target, String message) {
        return user(message).with(TARGET, target);
    }

    /** A request that the resource manager itself refuses. */
    public static ServiceError invalid(String code, String message) {
        return new ServiceError(BAD_REQUEST, code, message);
    }

    /** Something that is not there, as the resource manager says it. */
    public static ServiceError notFound(String code, String message) {
        return new ServiceError(NOT_FOUND, code, message);
    }

    /** A resource that a group does not have. */
    public static ServiceError noResource(String type, String name, String group) {
        return notFound(
                "ResourceNotFound",
                "The Resource '" + type + "/" + name + "' under resource group '" + group
                        + "' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix");
    }

    /** Something that is not there, as Azure Machine Learning says it. */
    public static ServiceError notFound(String message) {
        return new ServiceError(NOT_FOUND, "UserError", message);
    }

    /** The same as JSON, as errors tell of errors within them. */
    public static ObjectNode json(ServiceError error) {
        ObjectNode told =
                Json.records().createObjectNode().put("code", error.code()).put("message", error.getMessage());
        if (error.details().containsKey(TARGET)) {
            told.put("target", error.details().get(TARGET));
        }
        String within = error.details().getOrDefault(WITHIN, "[]");
        told.set("details", Json.read(within, JsonNode.class));
        return told;
    }

    /** An error that tells of errors within it. */
    public static ServiceError within(ServiceError outer, List<ServiceError> inner) {
        ArrayNode details = Json.records().createArrayNode();
        inner.forEach(error -> details.add(json(error)));
        return outer.with(WITHIN, details.toString());
    }

    /** The name of something is taken. */
    public static ServiceError conflict(String code, String message) {
        return new ServiceError(CONFLICT, code, message);
    }

    /** Something that is there already. */
    public static ServiceError conflict(String message) {
        return new ServiceError(CONFLICT, "UserError", message);
    }
}
