package dev.finetune4j.offlinecloud.sagemaker;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Places in S3 as requests may write them: by {@code s3://}, or by the address of S3 itself. */
final class S3Link {
    private static final String ENDPOINT = "s3(?:[.-][a-z0-9-]+)?\\.amazonaws\\.com(?:\\.cn)?";
    private static final List<Pattern> WAYS = List.of(
            Pattern.compile("https://" + ENDPOINT + "/([^/]+)(/.*)?"),
            Pattern.compile("https://([^/]+)\\." + ENDPOINT + "(/.*)?"));

    private S3Link() {}

    /** The place as {@code s3://BUCKET/KEY}; the text itself where it is no such address. */
    static String uri(String text) {
        for (Pattern way : WAYS) {
            Matcher link = way.matcher(text);
            if (link.matches()) {
                return "s3://" + link.group(1) + (link.group(2) == null ? "" : link.group(2));
            }
        }
        return text;
    }
}
