package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.s3.AwsChunkedInputStream.BrokenFraming;
import dev.finetune4j.offlinecloud.s3.ContentFolder.Content;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The content of an object or a part on its way into a file, with all that the client said about it held to what has come. */
final class IncomingContent {
    private static final int BAD_REQUEST = 400;
    private static final int LENGTH_REQUIRED = 411;
    private static final int MD5_BYTES = 16;
    private static final int SHA256_HEX = 64;
    private static final String SIGNED_SHA256 = "x-amz-content-sha256";

    private final S3Request request;
    private final boolean isChunked;
    private final AwsChunkedInputStream unchunked;

    IncomingContent(S3Request request) {
        this.request = request;
        isChunked = request.header(SIGNED_SHA256).orElse("").startsWith("STREAMING-")
                || request.header("content-encoding").orElse("").contains("aws-chunked");
        unchunked = new AwsChunkedInputStream(request.body());
    }

    /** The checksum that the client sends before or behind the content, if any. */
    Optional<ChecksumKind> announced() {
        Optional<ChecksumKind> behind = request.header("x-amz-trailer").flatMap(ChecksumKind::ofHeader);
        return behind.isPresent()
                ? behind
                : request.headers().keySet().stream()
                        .flatMap(name -> ChecksumKind.ofHeader(name).stream())
                        .findFirst();
    }

    /**
     * Takes it all.
     *
     * @param kept the checksum that is wanted of it besides
     * @throws ServiceError if it is not what the client said; nothing is left of it then
     */
    Content take(ContentFolder folder, ChecksumKind kept) throws ServiceError, IOException {
        long length = length();
        Set<ChecksumKind> kinds = EnumSet.of(kept);
        announced().ifPresent(kinds::add);
        if (signedSha256().isPresent()) {
            kinds.add(ChecksumKind.SHA256);
        }
        Content content;
        try {
            content = folder.take(isChunked ? unchunked : request.body(), kinds);
        } catch (BrokenFraming e) {
            throw S3Errors.incomplete();
        }
        try {
            check(content, length);
        } catch (ServiceError e) {
            folder.drop(content.file());
            throw e;
        }
        return content;
    }

    private long length() throws ServiceError {
        String name = isChunked ? "x-amz-decoded-content-length" : "content-length";
        try {
            return Long.parseLong(request.header(name).orElse(""));
        } catch (NumberFormatException e) {
            throw new ServiceError(
                    LENGTH_REQUIRED, "MissingContentLength", "You must provide the Content-Length HTTP header.");
        }
    }

    private Optional<String> signedSha256() {
        return request.header(SIGNED_SHA256).filter(value -> value.length() == SHA256_HEX);
    }

    private void check(Content content, long length) throws ServiceError {
        if (content.size() != length) {
            throw S3Errors.incomplete();
        }
        checkMd5(content);
        if (signedSha256().isPresent()
                && !signedSha256().get().equals(HexFormat.of().formatHex(sum(content, ChecksumKind.SHA256)))) {
            throw new ServiceError(
                    BAD_REQUEST,
                    "XAmzContentSHA256Mismatch",
                    "The provided 'x-amz-content-sha256' header does not match what was computed.");
        }
        Optional<ChecksumKind> kind = announced();
        if (kind.isPresent()) {
            checkSum(content, kind.get());
        }
    }

    private void checkMd5(Content content) throws ServiceError {
        Optional<String> told = request.header("content-md5");
        if (told.isEmpty()) {
            return;
        }
        byte[] md5 = decode(told.get());
        if (md5.length != MD5_BYTES) {
            throw new ServiceError(BAD_REQUEST, "InvalidDigest", "The Content-MD5 you specified was invalid.")
                    .with("Content-MD5", told.get());
        }
        if (!HexFormat.of().formatHex(md5).equals(content.md5())) {
            throw new ServiceError(
                    BAD_REQUEST, "BadDigest", "The Content-MD5 you specified did not match what we received.");
        }
    }

    private void checkSum(Content content, ChecksumKind kind) throws ServiceError {
        Map<String, String> told = new TreeMap<>(request.headers());
        told.putAll(unchunked.trailers());
        String value = told.get(kind.header());
        if (value == null) {
            throw new ServiceError(
                    BAD_REQUEST,
                    "MalformedTrailerError",
                    "The request contained trailing data that was not well-formed or did not conform to our published schema.");
        }
        byte[] expected = sum(content, kind);
        byte[] sent = decode(value);
        if (sent.length != expected.length) {
            throw S3Errors.invalidRequest("Value for " + kind.header() + " header is invalid.");
        }
        if (!Arrays.equals(sent, expected)) {
            throw S3Errors.badDigest(kind.name());
        }
    }

    private static byte[] sum(Content content, ChecksumKind kind) {
        return decode(content.checksum(kind).value());
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
