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
        if (!size.matches("[1-9]\\d{0,3}")) {
            throw refusal("maxItems");
        }
        Place.Page<T> page = Place.page(
                found,
                one -> Place.of(arn.apply(one)),
                false,
                Optional.ofNullable(parameters.get("Marker")),
                Integer.parseInt(size),
                () -> refusal("marker"));
        List<Xml> answer = new ArrayList<>();
        answer.add(Xml.of(list, page.elements().stream().map(element).toList()));
        answer.add(Xml.of("IsTruncated", Boolean.toString(page.next().isPresent())));
        page.next().ifPresent(token -> answer.add(Xml.of("Marker", token)));
        return answer;
    }

    private static ServiceError refusal(String member) {
        return ServiceError.of(
                "ValidationError",
                "1 validation error detected: Value at '" + member + "' failed to satisfy constraint");
    }
}
