package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the run history tells of a job: when it ran, why it failed, where its logs are.
 *
 * @param json the whole answer; holds signed addresses, and must not be printed
 */
record RunDetails(JsonNode json) {
    private static final String LOG = "user_logs/std_log.txt";

    /** When its container began; empty before. */
    Optional<Instant> begunAt() {
        return instant("startTimeUtc");
    }

    /** When it ended; empty before. */
    Optional<Instant> endedAt() {
        return instant("endTimeUtc");
    }

    /** The service's names of why it failed, from the widest to the narrowest, with slashes between; empty where it did not. */
    String errorCode() {
        List<String> codes = new ArrayList<>();
        for (JsonNode error = json.at("/error/error"); error.isObject(); error = error.path("innerError")) {
            codes.add(error.path("code").asText(""));
        }
        codes.removeIf(String::isEmpty);
        return String.join("/", codes);
    }

    /** Why it failed, in the service's words; empty where it did not. */
    String errorMessage() {
        return json.at("/error/error/message").asText("").strip();
    }

    /** Signed address of what its processes printed; empty while nothing is. */
    Optional<String> log() {
        return Optional.of(json.path("logFiles").path(LOG).asText("")).filter(address -> !address.isEmpty());
    }

    private Optional<Instant> instant(String name) {
        return instant(json.path(name));
    }

    /** A time, which is told with or without a zone, and is always that of Greenwich; empty where there is none. */
    static Optional<Instant> instant(JsonNode told) {
        String text = told.asText();
        try {
            return text.isEmpty() || text.equals("null")
                    ? Optional.empty()
                    : Optional.of(
                            text.endsWith("Z") || text.contains("+")
                                    ? OffsetDateTime.parse(text).toInstant()
                                    : java.time.LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** Names no address. */
    @Override
    public String toString() {
        return "RunDetails[" + json.path("status").asText() + "]";
    }
}
