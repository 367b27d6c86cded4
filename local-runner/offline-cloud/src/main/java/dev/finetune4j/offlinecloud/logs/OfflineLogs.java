package dev.finetune4j.offlinecloud.logs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.logs.LogBook.Line;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.JsonService;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lets a {@link LogBook} be read page by page. Safe for use by several threads. */
public final class OfflineLogs implements JsonService {
    private static final ServiceModel MODEL = ServiceModel.resource(OfflineLogs.class, "service-model.json");
    private static final int PAGE = 50;
    private static final int EVENTS_PAGE = 10_000;
    private static final int PAGE_BYTES = 1 << 20;
    private static final int BYTES_BESIDES = 26; // of each event, as the service counts
    private static final Pattern TOKEN = Pattern.compile("([fb])/(\\d+)");

    private final LogBook book;
    private final String arnPrefix;

    /**
     * The service.
     *
     * @param book what was printed
     * @param region where
     * @param account whose
     */
    public OfflineLogs(LogBook book, String region, String account) {
        this.book = book;
        arnPrefix = "arn:aws:logs:" + region + ":" + account + ":log-group:";
    }

    @Override
    public String signingName() {
        return "logs";
    }

    @Override
    public ServiceModel model() {
        return MODEL;
    }

    @Override
    public List<Access> accesses(String operation, ObjectNode request) {
        String group = request.path(request.has("logGroupName") ? "logGroupName" : "logGroupIdentifier")
                .asText();
        String stream = request.path("logStreamName").asText();
        String name = group.startsWith(arnPrefix) ? group.substring(arnPrefix.length()) : group;
        return List.of(Access.to("logs:" + operation, arnPrefix + name + ":log-stream:" + stream));
    }

    @Override
    public ObjectNode answer(String operation, ObjectNode request) throws ServiceError {
        return switch (operation) {
            case "DescribeLogGroups" -> groups(request);
            case "DescribeLogStreams" -> streams(request);
            case "GetLogEvents" -> events(request);
            case "FilterLogEvents" -> new FilteredEvents(request).of(streams(group(request)));
            default -> throw new IllegalArgumentException("the model has " + operation + ", the service has not");
        };
    }

    private ObjectNode groups(ObjectNode request) throws ServiceError {
        String prefix = request.path("logGroupNamePrefix").asText();
        List<String> found =
                book.groups().stream().filter(name -> name.startsWith(prefix)).toList();
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode list = answer.putArray("logGroups");
        for (String name : page(found, Function.identity(), request, answer)) {
            list.addObject().put("logGroupName", name).put("arn", arnPrefix + name + ":*");
        }
        return answer;
    }

    private ObjectNode streams(ObjectNode request) throws ServiceError {
        String prefix = request.path("logStreamNamePrefix").asText();
        boolean isByTime = request.path("orderBy").asText().equals("LastEventTime");
        if (isByTime && !prefix.isEmpty()) {
            throw ServiceError.of(
                    "InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.");
        }
        Comparator<Map.Entry<String, List<Line>>> order =
                isByTime ? Comparator.comparing(stream -> last(stream.getValue())) : Map.Entry.comparingByKey();
        String group = group(request);
        List<Map.Entry<String, List<Line>>> found = streams(group).entrySet().stream()
                .filter(stream -> stream.getKey().startsWith(prefix))
                .sorted(request.path("descending").asBoolean() ? order.reversed() : order)
                .toList();
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode list = answer.putArray("logStreams");
        for (Map.Entry<String, List<Line>> stream : page(found, Map.Entry::getKey, request, answer)) {
            long first = stream.getValue().get(0).at().toEpochMilli();
            long last = last(stream.getValue()).toEpochMilli();
            list.addObject()
                    .put("logStreamName", stream.getKey())
                    .put("creationTime", first)
                    .put("firstEventTimestamp", first)
                    .put("lastEventTimestamp", last)
                    .put("lastIngestionTime", last)
                    .put("arn", arnPrefix + group + ":log-stream:" + stream.getKey());
        }
        return answer;
    }

    /** Tokens count lines: a page goes on where the last one ended, and at the end the token stays the same. */
    private ObjectNode events(ObjectNode request) throws ServiceError {
        List<Line> lines = streams(group(request))
                .getOrDefault(request.path("logStreamName").asText(), List.of());
        if (lines.isEmpty()) {
            throw notFound("The specified log stream does not exist.");
        }
        int limit = request.path("limit").asInt(EVENTS_PAGE);
        int start;
        int end;
        if (isBackward(request)) {
            end = position(request, lines.size());
            start = end;
            for (int bytes = 0; start > 0 && end - start < limit; start--) {
                bytes += size(lines.get(start - 1));
                if (bytes > PAGE_BYTES) {
                    break;
                }
            }
        } else {
            start = position(request, 0);
            end = start;
            for (int bytes = 0; end < lines.size() && end - start < limit; end++) {
                bytes += size(lines.get(end));
                if (bytes > PAGE_BYTES) {
                    break;
                }
            }
        }
        return events(request, lines, start, end);
    }

    private static ObjectNode events(ObjectNode request, List<Line> lines, int start, int end) {
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode list = answer.putArray("events");
        for (Line line : lines.subList(start, end)) {
            long at = line.at().toEpochMilli();
            if (at >= request.path("startTime").asLong()
                    && at < request.path("endTime").asLong(Long.MAX_VALUE)) {
                list.addObject()
                        .put("timestamp", at)
                        .put("message", line.text())
                        .put("ingestionTime", at);
            }
        }
        return answer.put("nextForwardToken", "f/" + end).put("nextBackwardToken", "b/" + start);
    }

    private static boolean isBackward(ObjectNode request) {
        return request.has("nextToken")
                ? request.path("nextToken").asText().startsWith("b")
                : !request.path("startFromHead").asBoolean();
    }

    private static int position(ObjectNode request, int otherwise) throws ServiceError {
        if (!request.has("nextToken")) {
            return otherwise;
        }
        Matcher token = TOKEN.matcher(request.path("nextToken").asText());
        if (!token.matches()) {
            throw ServiceError.of("InvalidParameterException", "The specified nextToken is invalid.");
        }
        return Integer.parseInt(token.group(2));
    }

    private static int size(Line line) {
        return line.text().length() + BYTES_BESIDES;
    }

    private static <T> List<T> page(List<T> found, Function<T, String> name, ObjectNode request, ObjectNode answer)
            throws ServiceError {
        int start = 0;
        if (request.has("nextToken")) {
            List<String> names = found.stream().map(name).toList();
            start = names.indexOf(request.path("nextToken").asText()) + 1;
            if (start == 0) {
                throw ServiceError.of("InvalidParameterException", "The specified nextToken is invalid.");
            }
        }
        int end = Math.min(found.size(), start + request.path("limit").asInt(PAGE));
        if (end < found.size()) {
            answer.put("nextToken", name.apply(found.get(end - 1)));
        }
        return found.subList(start, end);
    }

    private String group(ObjectNode request) throws ServiceError {
        boolean hasName = request.has("logGroupName");
        if (hasName == request.has("logGroupIdentifier")) {
            throw ServiceError.of(
                    "InvalidParameterException",
                    "Exactly one of logGroupName and logGroupIdentifier must be specified.");
        }
        String name =
                request.path(hasName ? "logGroupName" : "logGroupIdentifier").asText();
        return name.startsWith(arnPrefix) ? name.substring(arnPrefix.length()) : name;
    }

    private Map<String, List<Line>> streams(String group) throws ServiceError {
        return book.streams(group).orElseThrow(() -> notFound("The specified log group does not exist."));
    }

    private static ServiceError notFound(String message) {
        return ServiceError.of("ResourceNotFoundException", message);
    }

    private static Instant last(List<Line> lines) {
        return lines.get(lines.size() - 1).at();
    }
}
