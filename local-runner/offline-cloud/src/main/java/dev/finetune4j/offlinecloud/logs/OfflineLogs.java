package dev.finetune4j.offlinecloud.logs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.logs.LogBook.Line;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.JsonService;
import dev.finetune4j.offlinecloud.wire.Place;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
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
        for (String name : page(found, Place::of, false, request, answer)) {
            Collection<List<Line>> streams = streams(name).values();
            list.addObject()
                    .put("logGroupName", name)
                    .put("creationTime", firstTime(streams))
                    .put("metricFilterCount", 0)
                    .put("arn", arnPrefix + name + ":*")
                    .put("logGroupArn", arnPrefix + name)
                    .put("logGroupClass", "STANDARD")
                    .put("storedBytes", size(streams));
        }
        return answer;
    }

    /** A group comes with its first line. */
    private static long firstTime(Collection<List<Line>> streams) {
        return streams.stream()
                .mapToLong(lines -> lines.get(0).at().toEpochMilli())
                .min()
                .orElseThrow();
    }

    private static long size(Collection<List<Line>> streams) {
        return streams.stream()
                .flatMap(List::stream)
                .mapToLong(OfflineLogs::size)
                .sum();
    }

    private ObjectNode streams(ObjectNode request) throws ServiceError {
        String prefix = request.path("logStreamNamePrefix").asText();
        boolean isByTime = request.path("orderBy").asText().equals("LastEventTime");
        if (isByTime && !prefix.isEmpty()) {
            throw ServiceError.of(
                    "InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.");
        }
        Function<Map.Entry<String, List<Line>>, Place> place =
                stream -> isByTime ? Place.of(last(stream.getValue()), stream.getKey()) : Place.of(stream.getKey());
        String group = group(request);
        List<Map.Entry<String, List<Line>>> found = streams(group).entrySet().stream()
                .filter(stream -> stream.getKey().startsWith(prefix))
                .toList();
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode list = answer.putArray("logStreams");
        boolean isDescending = request.path("descending").asBoolean();
        for (Map.Entry<String, List<Line>> stream : page(found, place, isDescending, request, answer)) {
            long first = stream.getValue().get(0).at().toEpochMilli();
            long last = last(stream.getValue()).toEpochMilli();
            list.addObject()
                    .put("logStreamName", stream.getKey())
                    .put("creationTime", first)
                    .put("firstEventTimestamp", first)
                    .put("lastEventTimestamp", last)
                    .put("lastIngestionTime", last)
                    .put("arn", arnPrefix + group + ":log-stream:" + stream.getKey())
                    .put("storedBytes", 0); // as of every stream since the service counts by groups
        }
        return answer;
    }

    /** A line with its number in its stream. */
    private record Numbered(int number, Line line) {}

    /** Tokens count lines of the stream: a page goes on where the last one ended, and at the end the token stays the same. */
    private ObjectNode events(ObjectNode request) throws ServiceError {
        List<Line> lines = streams(group(request))
                .getOrDefault(request.path("logStreamName").asText(), List.of());
        if (lines.isEmpty()) {
            throw notFound("The specified log stream does not exist.");
        }
        boolean isBackward = isBackward(request);
        int from = position(request, isBackward ? lines.size() : 0);
        List<Numbered> wanted = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if ((isBackward ? i < from : i >= from) && isWithin(request, lines.get(i))) {
                wanted.add(new Numbered(i, lines.get(i)));
            }
        }
        return told(isBackward ? lastOf(wanted, request) : firstOf(wanted, request), from);
    }

    private static boolean isWithin(ObjectNode request, Line line) {
        long at = line.at().toEpochMilli();
        return at >= request.path("startTime").asLong()
                && at < request.path("endTime").asLong(Long.MAX_VALUE);
    }

    /** As many as a page takes. */
    private static List<Numbered> firstOf(List<Numbered> wanted, ObjectNode request) {
        int limit = Math.min(wanted.size(), request.path("limit").asInt(EVENTS_PAGE));
        int end = 0;
        for (int bytes = 0; end < limit; end++) {
            bytes += size(wanted.get(end).line());
            if (bytes > PAGE_BYTES) {
                break;
            }
        }
        return wanted.subList(0, end);
    }

    private static List<Numbered> lastOf(List<Numbered> wanted, ObjectNode request) {
        List<Numbered> latestFirst = new ArrayList<>(wanted);
        Collections.reverse(latestFirst);
        List<Numbered> page = new ArrayList<>(firstOf(latestFirst, request));
        Collections.reverse(page);
        return page;
    }

    /** @param from where the page was asked for, which is where an empty one begins and ends */
    private static ObjectNode told(List<Numbered> page, int from) {
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode list = answer.putArray("events");
        for (Numbered event : page) {
            long at = event.line().at().toEpochMilli();
            list.addObject()
                    .put("timestamp", at)
                    .put("message", event.line().text())
                    .put("ingestionTime", at);
        }
        int start = page.isEmpty() ? from : page.get(0).number();
        int end = page.isEmpty() ? from : page.get(page.size() - 1).number() + 1;
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
            throw badToken();
        }
        return Integer.parseInt(token.group(2));
    }

    private static int size(Line line) {
        return line.text().length() + BYTES_BESIDES;
    }

    private static <T> List<T> page(
            Collection<T> found, Function<T, Place> place, boolean isDescending, ObjectNode request, ObjectNode answer)
            throws ServiceError {
        Place.Page<T> page = Place.page(
                found,
                place,
                isDescending,
                Place.token(request, "nextToken"),
                request.path("limit").asInt(PAGE),
                OfflineLogs::badToken);
        page.next().ifPresent(token -> answer.put("nextToken", token));
        return page.elements();
    }

    private static ServiceError badToken() {
        return ServiceError.of("InvalidParameterException", "The specified nextToken is invalid.");
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
