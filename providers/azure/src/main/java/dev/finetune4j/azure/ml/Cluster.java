package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * A cluster of a workspace as the resource manager describes it.
 *
 * @param name its name in the workspace
 * @param json the whole description
 */
record Cluster(String name, JsonNode json) {
    private static final Set<String> GONE = Set.of("Failed", "Canceled", "Deleting");
    private static final Pattern QUOTA = Pattern.compile("(?i)quota");

    private JsonNode settings() {
        return json.at("/properties/properties");
    }

    /** Size of its machines. */
    String machine() {
        return settings().path("vmSize").asText();
    }

    /** Whether its machines may be taken back. */
    boolean isSpot() {
        return settings().path("vmPriority").asText().equals("LowPriority");
    }

    /** The service's word for whether it was made; it is no more, or never will be, where {@link #isGone}. */
    String state() {
        return json.at("/properties/provisioningState").asText();
    }

    boolean isGone() {
        return GONE.contains(state());
    }

    /** Whether it is made to have no machine at all. */
    boolean isEmpty() {
        return settings().at("/scaleSettings/maxNodeCount").asInt(1) == 0;
    }

    /** Why it got no machine when it last wanted one, which the service tells of a cluster that it made all the same; empty if nothing. */
    List<String> errors() {
        return StreamSupport.stream(settings().path("errors").spliterator(), false)
                .map(error -> error.path("error"))
                .map(error -> error.path("code").asText() + ": "
                        + error.path("message").asText())
                .toList();
    }

    /** The errors that tell of a quota. They stay until it next gets a machine, whatever the quota is by then. */
    List<String> quotaErrors() {
        return errors().stream().filter(error -> QUOTA.matcher(error).find()).toList();
    }
}
