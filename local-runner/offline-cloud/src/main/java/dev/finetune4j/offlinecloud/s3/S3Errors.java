package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.Map;

/** The errors of S3, with its own codes and words. */
final class S3Errors {
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int UNSATISFIABLE = 416;
    private static final int INTERNAL = 500;
    private static final int NOT_IMPLEMENTED = 501;
    private static final int UNAVAILABLE = 503;

    private S3Errors() {}

    static ServiceError noSuchBucket(String bucket) {
        return new ServiceError(NOT_FOUND, "NoSuchBucket", "The specified bucket does not exist")
                .with("BucketName", bucket);
    }

    static ServiceError noSuchKey(String key) {
        return new ServiceError(NOT_FOUND, "NoSuchKey", "The specified key does not exist.").with("Key", key);
    }

    static ServiceError noSuchUpload(String id) {
        return new ServiceError(
                        NOT_FOUND,
                        "NoSuchUpload",
                        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or"
                                + " completed.")
                .with("UploadId", id);
    }

    static ServiceError denied() {
        return new ServiceError(FORBIDDEN, "AccessDenied", "Access Denied");
    }

    static ServiceError invalidArgument(String message, String name, String value) {
        return new ServiceError(BAD_REQUEST, "InvalidArgument", message)
                .with("ArgumentName", name)
                .with("ArgumentValue", value);
    }

    static ServiceError invalidRequest(String message) {
        return new ServiceError(BAD_REQUEST, "InvalidRequest", message);
    }

    static ServiceError badDigest(String what) {
        return new ServiceError(
                BAD_REQUEST, "BadDigest", "The " + what + " you specified did not match the calculated checksum.");
    }

    static ServiceError incomplete() {
        return new ServiceError(
                BAD_REQUEST,
                "IncompleteBody",
                "You did not provide the number of bytes specified by the Content-Length HTTP header");
    }

    static ServiceError conflict(String code, String message, String bucket) {
        return new ServiceError(CONFLICT, code, message).with("BucketName", bucket);
    }

    static ServiceError preconditionFailed(String condition) {
        return new ServiceError(
                        PRECONDITION_FAILED,
                        "PreconditionFailed",
                        "At least one of the pre-conditions you specified did not hold")
                .with("Condition", condition);
    }

    static ServiceError invalidRange(String range, long size) {
        return new ServiceError(UNSATISFIABLE, "InvalidRange", "The requested range is not satisfiable")
                .with("RangeRequested", range)
                .with("ActualObjectSize", Long.toString(size));
    }

    static ServiceError notImplemented(String what) {
        return new ServiceError(
                        NOT_IMPLEMENTED,
                        "NotImplemented",
                        "A header you provided implies functionality that is not implemented")
                .with("Header", what);
    }

    /** S3 has it, and this store has not. */
    static ServiceError noSuchOperation(String name) {
        return new ServiceError(NOT_IMPLEMENTED, "NotImplemented", "The offline cloud does not implement " + name);
    }

    static ServiceError redirected(Bucket bucket) {
        return new ServiceError(
                        301,
                        "PermanentRedirect",
                        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future"
                                + " requests to this endpoint.")
                .with("Endpoint", bucket.name() + ".s3." + bucket.region() + ".amazonaws.com")
                .with("Bucket", bucket.name());
    }

    static ServiceError wrongRegion(String signed, String expected) {
        return new ServiceError(
                        BAD_REQUEST,
                        "AuthorizationHeaderMalformed",
                        "The authorization header is malformed; the region '" + signed + "' is wrong; expecting '"
                                + expected + "'")
                .with("Region", expected);
    }

    static ServiceError unknownKey(String accessKeyId) {
        return new ServiceError(
                        FORBIDDEN,
                        "InvalidAccessKeyId",
                        "The AWS Access Key Id you provided does not exist in our records.")
                .with("AWSAccessKeyId", accessKeyId);
    }

    static ServiceError wrongToken() {
        return new ServiceError(BAD_REQUEST, "InvalidToken", "The provided token is malformed or otherwise invalid.");
    }

    static ServiceError wrongSignature(String accessKeyId, String signature) {
        return new ServiceError(
                        FORBIDDEN,
                        "SignatureDoesNotMatch",
                        "The request signature we calculated does not match the signature you provided. Check your key and signing"
                                + " method.")
                .with("AWSAccessKeyId", accessKeyId)
                .with("SignatureProvided", signature);
    }

    static ServiceError unsignedHeaders(String names) {
        return new ServiceError(
                        FORBIDDEN, "AccessDenied", "There were headers present in the request which were not signed")
                .with("HeadersNotSigned", names);
    }

    static ServiceError withoutDate() {
        return new ServiceError(
                FORBIDDEN, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
    }

    static ServiceError unsupportedSignature() {
        return new ServiceError(BAD_REQUEST, "InvalidArgument", "Unsupported Authorization Type")
                .with("ArgumentName", "Authorization");
    }

    /** What all services have, in the words of this one. */
    static ServiceError inOwnWords(ServiceError error) {
        return switch (error.code()) {
            case "ThrottlingException" -> new ServiceError(UNAVAILABLE, "SlowDown", "Please reduce your request rate.");
            case "InternalFailure" ->
                new ServiceError(INTERNAL, "InternalError", "We encountered an internal error. Please try again.");
            case "ExpiredTokenException" ->
                new ServiceError(BAD_REQUEST, "ExpiredToken", "The provided token has expired.");
            case "InvalidSignatureException" -> tooSkewed(error);
            case "AccessDeniedException" ->
                new ServiceError(
                        FORBIDDEN,
                        "AccessDenied",
                        String.valueOf(error.getMessage())
                                .replaceFirst("(?s)( on resource: )(.*)( (?:because|with) )", "$1\"$2\"$3"));
            default -> error;
        };
    }

    private static ServiceError tooSkewed(ServiceError error) {
        ServiceError own = new ServiceError(
                FORBIDDEN,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.");
        for (Map.Entry<String, String> detail : error.details().entrySet()) {
            own = own.with(detail.getKey(), detail.getValue());
        }
        return own;
    }
}
