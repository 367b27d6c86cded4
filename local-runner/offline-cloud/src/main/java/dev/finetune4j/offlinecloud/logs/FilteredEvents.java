package dev.finetune4j.offlinecloud.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.logs.LogBook.Line;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lines of several streams of a group in the order of time, page by page. A token counts the lines that were found before. */
final class FilteredEvents {
    private static final int PAGE = 10_000;

    private final ObjectNode request;

    FilteredEvents(ObjectNode request) {
        this.request = request;
    }

    private record Event(String stream, int number, Line line) {}

    ObjectNode of(Map<String, List<Line>> streams) throws ServiceError {
        List<Event> found = found(streams);
        int start = start(found.size());
        int end = Math.min(found.size(), start + request.path("limit").asInt(PAGE));
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode events = answer.putArray("events");
        for (Event event : found.subList(start, end)) {
            long at = event.line().at().toEpochMilli();
            events.addObject()
                    .put("logStreamName", event.stream())
                    .put("timestamp", at)
                    .put("message", event.line().text())
                    .put("ingestionTime", at)
                    .put("eventId", event.stream() + "/" + event.number());
        }
        answer.putArray("searchedLogStreams");
        return end < found.size() ? answer.put("nextToken", Integer.toString(end)) : answer;
    }

    private List<Event> found(Map<String, List<Line>> streams) throws ServiceError {
        FilterPattern pattern = FilterPattern.of(request.path("filterPattern").asText());
        List<Event> found = new ArrayList<>();
        for (Map.Entry<String, List<Line>> stream : streams.entrySet()) {
            for (int i = 0; isWanted(stream.getKey()) && i < stream.getValue().size(); i++) {
                Line line = stream.getValue().get(i);
                if (isWithin(line) && pattern.fits(line.text())) {
                    found.add(new Event(stream.getKey(), i, line));
                }
            }
        }
        found.sort(Comparator.comparing(event -> event.line().at())); // which leaves lines of one time in their order
        return found;
    }

    private boolean isWanted(String stream) throws ServiceError {
        boolean isByPrefix = request.has("logStreamNamePrefix");
        if (isByPrefix && request.has("logStreamNames")) {
            throw ServiceError.of(
                    "InvalidParameterException",
                    "Only one of logStreamNames and logStreamNamePrefix may be specified.");
        }
        Set<String> names = new HashSet<>();
        for (JsonNode name : request.path("logStreamNames")) {
            names.add(name.asText());
        }
        return stream.startsWith(request.path("logStreamNamePrefix").asText())
                && (names.isEmpty() || names.contains(stream));
    }

    private boolean isWithin(Line line) {
        long at = line.at().toEpochMilli();
        return at >= request.path("startTime").asLong()
                && at <= request.path("endTime").asLong(Long.MAX_VALUE);
    }

    private int start(int size) throws ServiceError {
        String token = request.path("nextToken").asText("0");
        if (!token.matches("\\d{1,9}") || Integer.parseInt(token) > size) {
            throw ServiceError.of("InvalidParameterException", "The specified nextToken is invalid.");
        }
        return Integer.parseInt(token);
    }
}
