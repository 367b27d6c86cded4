package dev.finetune4j.offlinecloud.iam;

import dev.finetune4j.offlinecloud.wire.Place;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list, by the ARN of what is listed.
 *
 * @param parameters of the request
 */
record IamPage(Map<String, String> parameters) {
    private static final String USUAL_SIZE = "100";

    /**
     * The answer.
     *
     * @param list what the list is called
     * @param found all that is listed
     * @param element how one of it is told
     */
    <T> List<Xml> of(String list, List<T> found, Function<T, String> arn, Function<T, Xml> element)
            throws ServiceError {
        String size = parameters.getOrDefault("MaxItems", USUAL_SIZE);
        Optional<Place> after = Place.read(parameters.getOrDefault("Marker", ""));
        if (!size.matches("[1-9]\\d{0,3}") || (parameters.containsKey("Marker") && after.isEmpty())) {
            throw ServiceError.of(
                    "ValidationError",
                    "1 validation error detected: Value at '" + (size.matches("[1-9]\\d{0,3}") ? "marker" : "maxItems")
                            + "' failed to satisfy constraint");
        }
        Function<T, Place> place = one -> Place.of(arn.apply(one));
        List<T> rest = Place.rest(found, place, false, after);
        int end = Math.min(rest.size(), Integer.parseInt(size));
        List<Xml> answer = new ArrayList<>();
        answer.add(Xml.of(list, rest.subList(0, end).stream().map(element).toList()));
        answer.add(Xml.of("IsTruncated", Boolean.toString(end < rest.size())));
        if (end < rest.size()) {
            answer.add(Xml.of("Marker", place.apply(rest.get(end - 1)).token()));
        }
        return answer;
    }
}
