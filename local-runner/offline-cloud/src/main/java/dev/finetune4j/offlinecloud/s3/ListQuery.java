package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.ArrayList;
import java.util.List;

/**
 * Which objects of a bucket are listed, and how their names are written.
 *
 * @param prefix that their keys have
 * @param delimiter up to which keys are put into groups; empty for none
 * @param most entries of a page, 0 to 1,000
 * @param after the key or group that the page comes after; empty for the first page
 * @param isEncoded whether names are percent-encoded
 */
record ListQuery(String prefix, String delimiter, int most, String after, boolean isEncoded) {
    static ListQuery of(S3Request request, String after) throws ServiceError {
        return new ListQuery(
                request.parameter("prefix").orElse(""),
                request.parameter("delimiter").orElse(""),
                Math.min(ListCalls.PAGE, request.number("max-keys", ListCalls.PAGE, 0, Integer.MAX_VALUE)),
                after,
                ListCalls.isUrl(request));
    }

    /**
     * A page of a list.
     *
     * @param last the key or group that the next page comes after
     */
    record Page(List<StoredObject> objects, List<String> groups, boolean hasMore, String last) {}

    /** As many as fit on a page; keys with the delimiter after the prefix count once for each group. */
    Page page(Bucket bucket) {
        List<StoredObject> objects = new ArrayList<>();
        List<String> groups = new ArrayList<>();
        String last = after;
        for (StoredObject object : bucket.after(after, prefix)) {
            String group = groupOf(object.key());
            if (!group.isEmpty() && Bucket.BY_BYTES.compare(group, last) <= 0) {
                continue; // told already, or before what the list begins after
            }
            if (objects.size() + groups.size() == most) {
                return new Page(objects, groups, most > 0, last);
            }
            if (group.isEmpty()) {
                objects.add(object);
                last = object.key();
            } else {
                groups.add(group);
                last = group;
            }
        }
        return new Page(objects, groups, false, last);
    }

    private String groupOf(String key) {
        int at = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
        return at < 0 ? "" : key.substring(0, at + delimiter.length());
    }

    String encoded(String text) {
        return isEncoded ? ListCalls.encode(text) : text;
    }
}
