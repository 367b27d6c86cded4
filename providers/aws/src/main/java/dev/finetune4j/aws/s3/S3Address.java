package dev.finetune4j.aws.s3;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An object, or a prefix of objects.
 *
 * @param bucket name of the bucket
 * @param key what the object is called there, or what its name begins with; may be empty
 */
record S3Address(String bucket, String key) {
    private static final Pattern FORM =
            Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", Pattern.DOTALL);

    /** @throws dev.finetune4j.error.FineTuneException with FT0860 if it is none */
    static S3Address parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw AwsStoreProblems.BAD_ADDRESS
                    .error("'" + text + "' is no address in S3")
                    .asException();
        }
        String key = parts.group(2);
        return new S3Address(parts.group(1), key == null ? "" : key);
    }

    /** What lies below it as below a folder. */
    S3Address below(String name) {
        return new S3Address(bucket, asFolder().key() + name);
    }

    /** The same with a slash at the end, so that only what lies below it begins with it. */
    S3Address asFolder() {
        return key.isEmpty() || key.endsWith("/") ? this : new S3Address(bucket, key + "/");
    }

    /** What IAM calls it. */
    String arn() {
        return "arn:aws:s3:::" + bucket + (key.isEmpty() ? "" : "/" + key);
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + key;
    }
}
