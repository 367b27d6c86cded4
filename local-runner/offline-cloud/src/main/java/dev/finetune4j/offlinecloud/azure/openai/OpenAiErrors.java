package dev.finetune4j.offlinecloud.azure.openai;

import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.wire.ServiceError;

/** How Azure OpenAI itself refuses, which is not how the resource manager does. */
final class OpenAiErrors {
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int TOO_LARGE = 413;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int QUEUE_SECONDS = 60;

    private OpenAiErrors() {}

    /** A request that no retry makes right. */
    static ServiceError invalid(String message) {
        return new ServiceError(BAD_REQUEST, "invalidPayload", message);
    }

    static ServiceError notFound(String message) {
        return new ServiceError(NOT_FOUND, "notFound", message);
    }

    /** Something that cannot be done to a thing in the state in which it is. */
    static ServiceError state(String message) {
        return new ServiceError(BAD_REQUEST, "unexpectedEntityState", message);
    }

    static ServiceError overQuota(String message) {
        return new ServiceError(BAD_REQUEST, "quotaExceeded", message);
    }

    static ServiceError tooLarge(String message) {
        return new ServiceError(TOO_LARGE, "invalidPayload", message);
    }

    /** More jobs than wait at once. */
    static ServiceError fullQueue(int most) {
        return new ServiceError(
                        TOO_MANY_REQUESTS,
                        "quotaExceeded",
                        "The resource has " + most
                                + " queued fine-tuning jobs, which is the limit. Please retry after one has started.")
                .with(AzureErrors.RETRY_AFTER, Integer.toString(QUEUE_SECONDS));
    }

    /** A path that the gateway does not know, or one without the version that it needs. */
    static ServiceError noResource() {
        return new ServiceError(NOT_FOUND, "404", "Resource not found");
    }

    static ServiceError otherVersion() {
        return new ServiceError(BAD_REQUEST, "BadRequest", "API version not supported");
    }

    static ServiceError otherKey() {
        return new ServiceError(
                UNAUTHORIZED,
                "401",
                "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active"
                        + " subscription and use a correct regional API endpoint for your resource.");
    }

    /** A token at a resource that has no host of its own. */
    static ServiceError noSubdomain() {
        return new ServiceError(
                BAD_REQUEST,
                "BadRequest",
                "Please provide a custom subdomain for token authentication, otherwise API key is required.");
    }

    static ServiceError noDeployment() {
        return new ServiceError(
                NOT_FOUND,
                "DeploymentNotFound",
                "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait"
                        + " a moment and try again.");
    }

    /**
     * What any service of Azure may tell, in the words of this one.
     *
     * @param action what the caller must be allowed
     * @param operation method and path
     */
    static ServiceError translated(ServiceError error, String caller, String action, String operation) {
        return switch (error.code()) {
            case "AuthenticationFailed",
                    "InvalidAuthenticationToken",
                    "InvalidAuthenticationTokenAudience",
                    "ExpiredAuthenticationToken" ->
                new ServiceError(
                        UNAUTHORIZED,
                        "Unauthorized",
                        "Unauthorized. Access token is missing, invalid, audience is incorrect"
                                + " (https://cognitiveservices.azure.com), or have expired.");
            case "AuthorizationFailed" ->
                new ServiceError(
                        UNAUTHORIZED,
                        "PermissionDenied",
                        "The principal `" + caller + "` lacks the required data action `" + action + "` to perform `"
                                + operation + "` operation.");
            case "TooManyRequests" -> {
                String seconds = error.details().getOrDefault(AzureErrors.RETRY_AFTER, "1");
                yield new ServiceError(
                                TOO_MANY_REQUESTS,
                                "429",
                                "Requests to `" + operation
                                        + "` have exceeded the call rate limit of your current OpenAI S0 pricing tier."
                                        + " Please retry after " + seconds + " seconds.")
                        .with(AzureErrors.RETRY_AFTER, seconds);
            }
            case "InternalServerError" ->
                new ServiceError(error.status(), "internalFailure", "Internal error. Please retry.");
            default -> error;
        };
    }
}
