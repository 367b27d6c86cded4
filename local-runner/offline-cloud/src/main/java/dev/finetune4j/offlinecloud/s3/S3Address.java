package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.UriEncoding;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request is about. The bucket stands in the path ({@code /BUCKET/KEY}) or before the host's name ({@code BUCKET.localhost},
 * {@code BUCKET.s3.REGION.amazonaws.com}). All after it is the key as it is: nothing is a folder, and {@code ..} means nothing.
 *
 * @param bucket empty where it is about the account
 * @param key empty where it is about the bucket
 */
record S3Address(String bucket, String key) {
    static final int LONGEST_KEY = 1024;
    private static final int BAD_REQUEST = 400;
    private static final int MOST_BYTES = 3; // of one char in UTF-8
    private static final Pattern HOST_WITH_BUCKET =
            Pattern.compile("(.+)\\.(localhost|s3[.-]([a-z0-9-]+\\.)*amazonaws\\.com(\\.cn)?)");

    static S3Address of(String host, String rawPath) throws ServiceError {
        String path = decode(rawPath.startsWith("/") ? rawPath.substring(1) : rawPath);
        Matcher inHost = inHost(host);
        int slash = path.indexOf('/');
        S3Address address;
        if (inHost.matches()) {
            address = new S3Address(inHost.group(1), path);
        } else if (slash < 0) {
            address = new S3Address(path, "");
        } else {
            address = new S3Address(path.substring(0, slash), path.substring(slash + 1));
        }
        return address.checked();
    }

    private static Matcher inHost(String host) {
        return HOST_WITH_BUCKET.matcher(host.replaceFirst(":\\d+$", ""));
    }

    /** Whether a bucket stands before a host's name. */
    static boolean isHost(String host) {
        return inHost(host).matches();
    }

    private S3Address checked() throws ServiceError {
        int bytes = key.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_KEY) {
            throw new ServiceError(BAD_REQUEST, "KeyTooLongError", "Your key is too long")
                    .with("Size", Integer.toString(bytes))
                    .with("MaxSizeAllowed", Integer.toString(LONGEST_KEY));
        }
        return this;
    }

    /** What IAM calls it. */
    String arn() {
        return "arn:aws:s3:::" + (bucket.isEmpty() ? "*" : bucket) + (key.isEmpty() ? "" : "/" + key);
    }

    /** Decodes what is percent-encoded; a plus stays a plus. */
    static String decode(String text) throws ServiceError {
        ByteBuffer bytes = ByteBuffer.allocate(text.length() * MOST_BYTES);
        int at = 0;
        while (at < text.length()) {
            if (text.charAt(at) == '%') {
                if (UriEncoding.octet(text, at + 1) < 0) {
                    throw invalidUri();
                }
                bytes.put((byte) UriEncoding.octet(text, at + 1));
                at += 3;
            } else {
                int next = text.offsetByCodePoints(at, 1);
                bytes.put(text.substring(at, next).getBytes(StandardCharsets.UTF_8));
                at = next;
            }
        }
        return utf8(bytes.flip());
    }

    private static String utf8(ByteBuffer bytes) throws ServiceError {
        try {
            CharBuffer text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(bytes);
            return text.toString();
        } catch (CharacterCodingException e) {
            throw invalidUri();
        }
    }

    private static ServiceError invalidUri() {
        return new ServiceError(BAD_REQUEST, "InvalidURI", "Couldn't parse the specified URI.");
    }
}
