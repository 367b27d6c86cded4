package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** One page of a list of jobs. */
final class JobList {
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
        ListPage<TrainingJob> page = ListPage.of(found, job -> job.request().name(), request);
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode summaries = answer.putArray("TrainingJobSummaries");
        page.elements().forEach(job -> summaries.add(new JobDescription(job, arn.apply(job.request())).summary()));
        return page.tellNext(answer);
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
}
