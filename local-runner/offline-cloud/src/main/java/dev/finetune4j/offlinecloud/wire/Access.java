package dev.finetune4j.offlinecloud.wire;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Something that a caller must be allowed.
 *
 * @param action as the vendor calls it, such as {@code s3:GetObject}
 * @param resource ARN or id of what it is done to; {@code *} where there is none
 * @param context what conditions of policies may look at, by their keys; a key may have several values
 */
public record Access(String action, String resource, Map<String, List<String>> context) {
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
        return with(key, List.of(value));
    }

    /** Accesses that a call to the endpoint of a region needs. */
    static List<Access> inRegion(String region, List<Access> accesses) {
        return accesses.stream()
                .map(access -> access.with("aws:RequestedRegion", region))
                .toList();
    }

    /** The same with tags that a request gives, by their keys. */
    public Access tagged(Map<String, String> tags) {
        Access told = with("aws:TagKeys", tags.keySet());
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            told = told.with("aws:RequestTag/" + tag.getKey(), tag.getValue());
        }
        return told;
    }

    /** The same with the tags of what it is about, by their keys. */
    public Access toTagged(Map<String, String> tags) {
        Access told = this;
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            told = told.with("aws:ResourceTag/" + tag.getKey(), tag.getValue());
        }
        return told;
    }

    /** The same with several values; the key is not told where there are none. */
    public Access with(String key, Collection<String> values) {
        Map<String, List<String>> more = new HashMap<>(context);
        if (!values.isEmpty()) {
            more.put(key, List.copyOf(values));
        }
        return new Access(action, resource, more);
    }
}
