package dev.finetune4j.offlinecloud.cloudwatch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.cloudwatch.MetricBook.Curve;
import dev.finetune4j.offlinecloud.cloudwatch.MetricBook.Point;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.JsonService;
import dev.finetune4j.offlinecloud.wire.Place;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Lets a {@link MetricBook} be read as CloudWatch tells it. Safe for use by several threads. */
public final class OfflineMetrics implements JsonService {
    private static final ServiceModel MODEL = ServiceModel.resource(OfflineMetrics.class, "service-model.json");
    private static final String NAMESPACE = "/aws/sagemaker/TrainingJobs";
    private static final String DIMENSION = "TrainingJobName";
    private static final int PAGE = 500;
    private static final int MOST_POINTS = 1440;
    private static final int MINUTE = 60;

    private final MetricBook book;

    /** @param book what jobs printed */
    public OfflineMetrics(MetricBook book) {
        this.book = book;
    }

    @Override
    public String signingName() {
        return "monitoring";
    }

    @Override
    public ServiceModel model() {
        return MODEL;
    }

    /** IAM knows no resource for what is only looked at. */
    @Override
    public List<Access> accesses(String operation, ObjectNode request) {
        return List.of(Access.to("cloudwatch:" + operation, "*"));
    }

    @Override
    public ObjectNode answer(String operation, ObjectNode request) throws ServiceError {
        return switch (operation) {
            case "GetMetricStatistics" -> statistics(request);
            case "GetMetricData" -> data(request);
            case "ListMetrics" -> metrics(request);
            default -> throw new IllegalArgumentException("the model has " + operation + ", the service has not");
        };
    }

    private ObjectNode statistics(ObjectNode request) throws ServiceError {
        if (!request.has("Statistics")) {
            throw ServiceError.of(
                    request.has("ExtendedStatistics")
                            ? "InvalidParameterValueException"
                            : "MissingRequiredParameterException",
                    "The offline cloud has the simple Statistics only, of which at least one must be asked for");
        }
        long period = period(request);
        long points = (long)
                ((request.path("EndTime").asDouble() - request.path("StartTime").asDouble()) / period);
        if (points > MOST_POINTS) {
            throw ServiceError.of(
                    "InvalidParameterCombinationException",
                    "You have requested up to " + points + " datapoints, which exceeds the limit of " + MOST_POINTS
                            + ". You may reduce the datapoints requested by increasing Period, or decreasing the time range.");
        }
        ObjectNode answer = Json.records().createObjectNode();
        answer.put("Label", request.path("MetricName").asText());
        ArrayNode list = answer.putArray("Datapoints");
        periods(request, request, period).forEach((second, sum) -> {
            ObjectNode point = list.addObject().put("Timestamp", second).put("Unit", "None");
            for (JsonNode statistic : request.path("Statistics")) {
                point.put(statistic.asText(), value(sum, statistic.asText()));
            }
        });
        return answer;
    }

    private static long period(JsonNode of) throws ServiceError {
        long period = of.path("Period").asLong();
        if (period % MINUTE != 0 && !List.of(1L, 5L, 10L, 20L, 30L).contains(period)) {
            throw ServiceError.of(
                    "InvalidParameterValueException",
                    "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60, was " + period);
        }
        return period;
    }

    /** The figures of a time, by the second at which each period begins that has any. */
    private NavigableMap<Long, DoubleSummaryStatistics> periods(JsonNode time, JsonNode metric, long period) {
        double start = time.path("StartTime").asDouble();
        double end = time.path("EndTime").asDouble();
        TreeMap<Long, DoubleSummaryStatistics> periods = new TreeMap<>();
        for (Point point : curve(metric).map(book::points).orElse(List.of())) {
            long second = Math.floorDiv(point.at().getEpochSecond(), period) * period;
            if (second + period > start && second < end) {
                periods.computeIfAbsent(second, begin -> new DoubleSummaryStatistics())
                        .accept(point.value());
            }
        }
        return periods;
    }

    /** Empty where it is no metric of a job: a metric is told with all that it is kept by. */
    private static Optional<Curve> curve(JsonNode metric) {
        JsonNode dimensions = metric.path("Dimensions");
        boolean isOfJob = metric.path("Namespace").asText().equals(NAMESPACE)
                && dimensions.size() == 1
                && dimensions.at("/0/Name").asText().equals(DIMENSION);
        return isOfJob
                ? Optional.of(new Curve(
                        metric.path("MetricName").asText(),
                        dimensions.at("/0/Value").asText()))
                : Optional.empty();
    }

    private static double value(DoubleSummaryStatistics sum, String statistic) {
        return switch (statistic) {
            case "SampleCount" -> sum.getCount();
            case "Sum" -> sum.getSum();
            case "Minimum" -> sum.getMin();
            case "Maximum" -> sum.getMax();
            default -> sum.getAverage();
        };
    }

    private ObjectNode data(ObjectNode request) throws ServiceError {
        boolean isAscending = request.path("ScanBy").asText().equals("TimestampAscending");
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode results = answer.putArray("MetricDataResults");
        answer.putArray("Messages");
        for (JsonNode query : request.path("MetricDataQueries")) {
            JsonNode stat = query.path("MetricStat");
            String statistic = stat.path("Stat").asText();
            if (!List.of("SampleCount", "Average", "Sum", "Minimum", "Maximum").contains(statistic)) {
                throw ServiceError.of(
                        "ValidationError",
                        "The offline cloud has the simple statistics of a MetricStat only, neither expressions nor percentiles");
            }
            Map<Long, DoubleSummaryStatistics> periods = periods(request, stat.path("Metric"), period(stat));
            List<Long> seconds = new ArrayList<>(periods.keySet());
            if (!isAscending) {
                Collections.reverse(seconds);
            }
            ObjectNode result = results.addObject();
            result.put("Id", query.path("Id").asText())
                    .put(
                            "Label",
                            query.path("Label")
                                    .asText(stat.at("/Metric/MetricName").asText()))
                    .put("StatusCode", "Complete");
            ArrayNode times = result.putArray("Timestamps");
            ArrayNode values = result.putArray("Values");
            for (Long second : seconds) {
                times.add(second);
                values.add(value(periods.getOrDefault(second, new DoubleSummaryStatistics()), statistic));
            }
        }
        return answer;
    }

    private ObjectNode metrics(ObjectNode request) throws ServiceError {
        List<Curve> found =
                book.curves().stream().filter(curve -> isWanted(curve, request)).toList();
        Place.Page<Curve> page = Place.page(
                found,
                curve -> Place.of(curve.metric(), curve.job()),
                false,
                Place.token(request, "NextToken"),
                PAGE,
                () -> ServiceError.of("InvalidParameterValueException", "Invalid nextToken"));
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode list = answer.putArray("Metrics");
        for (Curve curve : page.elements()) {
            ObjectNode metric = list.addObject().put("Namespace", NAMESPACE).put("MetricName", curve.metric());
            metric.putArray("Dimensions").addObject().put("Name", DIMENSION).put("Value", curve.job());
        }
        page.next().ifPresent(token -> answer.put("NextToken", token));
        return answer;
    }

    private static boolean isWanted(Curve curve, ObjectNode request) {
        boolean isWanted = request.path("Namespace").asText(NAMESPACE).equals(NAMESPACE)
                && request.path("MetricName").asText(curve.metric()).equals(curve.metric());
        for (JsonNode filter : request.path("Dimensions")) {
            isWanted &= filter.path("Name").asText().equals(DIMENSION)
                    && filter.path("Value").asText(curve.job()).equals(curve.job());
        }
        return isWanted;
    }
}
