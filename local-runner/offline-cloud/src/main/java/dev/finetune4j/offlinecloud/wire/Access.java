package dev.finetune4j.offlinecloud.wire;

import java.util.HashMap;
import java.util.Map;

/**
 * Something that a caller must be allowed.
 *
 * @param action as the vendor calls it, such as {@code s3:GetObject}
 * @param resource ARN or id of what it is done to; {@code *} where there is none
 * @param context what conditions of policies may look at, by their keys
 */
public record Access(String action, String resource, Map<String, String> context) {
    /** Copies the context. */
    public Access {
        context = Map.copyOf(context);
    }

    /** An access without context. */
    public static Access to(String action, String resource) {
        return new Access(action, resource, Map.of());
    }

    /** The same with a value for conditions to look at. */
    public Access with(String key, String value) {
        Map<String, String> more = new HashMap<>(context);
        more.put(key, value);
        return new Access(action, resource, more);
    }
}
