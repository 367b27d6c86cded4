package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** One page of a list of jobs. A page goes on after the last job of the page before, also where jobs came or went in between. */
final class JobList {
    private static final int PAGE = 10;

    private final ObjectNode request;
    private final Collection<TrainingJob> jobs;
    private final Function<JobRequest, String> arn;

    JobList(ObjectNode request, Collection<TrainingJob> jobs, Function<JobRequest, String> arn) {
        this.request = request;
        this.jobs = jobs;
        this.arn = arn;
    }

    ObjectNode answer() throws ServiceError {
        for (String unknown : List.of("TrainingPlanArnEquals", "WarmPoolStatusEquals")) {
            if (request.has(unknown)) {
                throw ServiceError.invalid("The offline cloud has neither training plans nor warm pools");
            }
        }
        List<TrainingJob> found =
                jobs.stream().filter(this::isWanted).sorted(order()).toList();
        int start = start(found);
        int end = Math.min(found.size(), start + request.path("MaxResults").asInt(PAGE));
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode summaries = answer.putArray("TrainingJobSummaries");
        found.subList(start, end)
                .forEach(job -> summaries.add(new JobDescription(job, arn.apply(job.request())).summary()));
        if (end < found.size()) {
            answer.put("NextToken", token(found.get(end - 1)));
        }
        return answer;
    }

    private boolean isWanted(TrainingJob job) {
        return job.request().name().contains(request.path("NameContains").asText())
                && (!request.has("StatusEquals")
                        || job.primaryStatus()
                                .equals(request.path("StatusEquals").asText()))
                && isWithin(job.createdAt(), "CreationTimeAfter", "CreationTimeBefore")
                && isWithin(job.changedAt(), "LastModifiedTimeAfter", "LastModifiedTimeBefore");
    }

    private boolean isWithin(Instant time, String after, String before) {
        double seconds = time.toEpochMilli() / 1000.0;
        return (!request.has(after) || seconds > request.path(after).asDouble())
                && (!request.has(before) || seconds < request.path(before).asDouble());
    }

    private Comparator<TrainingJob> order() {
        Comparator<TrainingJob> byName =
                Comparator.comparing(job -> job.request().name());
        Comparator<TrainingJob> order = switch (request.path("SortBy").asText("CreationTime")) {
            case "Name" -> byName;
            case "Status" -> Comparator.comparing(TrainingJob::primaryStatus).thenComparing(byName);
            default -> Comparator.comparing(TrainingJob::createdAt).thenComparing(byName);
        };
        return request.path("SortOrder").asText().equals("Descending") ? order.reversed() : order;
    }

    private int start(List<TrainingJob> found) throws ServiceError {
        JsonNode next = request.path("NextToken");
        if (next.isMissingNode()) {
            return 0;
        }
        for (int i = 0; i < found.size(); i++) {
            if (token(found.get(i)).equals(next.asText())) {
                return i + 1;
            }
        }
        throw ServiceError.invalid("Invalid NextToken");
    }

    private static String token(TrainingJob job) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(job.request().name().getBytes(StandardCharsets.UTF_8));
    }
}
