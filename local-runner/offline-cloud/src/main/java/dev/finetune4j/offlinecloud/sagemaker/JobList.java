package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Place;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** One page of a list of jobs. */
final class JobList {
    private final ObjectNode request;
    private final Collection<TrainingJob> jobs;
    private final Function<TrainingJob, JobDescription> description;

    JobList(ObjectNode request, Collection<TrainingJob> jobs, Function<TrainingJob, JobDescription> description) {
        this.request = request;
        this.jobs = jobs;
        this.description = description;
    }

    ObjectNode answer() throws ServiceError {
        if (request.has("TrainingPlanArnEquals")) {
            throw ServiceError.invalid("The offline cloud has no training plans");
        }
        List<TrainingJob> found = jobs.stream().filter(this::isWanted).toList();
        boolean isDescending = request.path("SortOrder").asText().equals("Descending");
        ListPage<TrainingJob> page = ListPage.of(found, this::place, isDescending, request);
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode summaries = answer.putArray("TrainingJobSummaries");
        page.elements().forEach(job -> summaries.add(description.apply(job).summary()));
        return page.tellNext(answer);
    }

    private boolean isWanted(TrainingJob job) {
        return job.request().name().contains(request.path("NameContains").asText())
                && (!request.has("StatusEquals")
                        || job.primaryStatus()
                                .equals(request.path("StatusEquals").asText()))
                && (!request.has("WarmPoolStatusEquals")
                        || description
                                .apply(job)
                                .summary()
                                .at("/WarmPoolStatus/Status")
                                .equals(request.get("WarmPoolStatusEquals")))
                && isWithin(job.createdAt(), "CreationTimeAfter", "CreationTimeBefore")
                && isWithin(job.changedAt(), "LastModifiedTimeAfter", "LastModifiedTimeBefore");
    }

    private boolean isWithin(Instant time, String after, String before) {
        double seconds = time.toEpochMilli() / 1000.0;
        return (!request.has(after) || seconds > request.path(after).asDouble())
                && (!request.has(before) || seconds < request.path(before).asDouble());
    }

    private Place place(TrainingJob job) {
        String name = job.request().name();
        return switch (request.path("SortBy").asText("CreationTime")) {
            case "Name" -> Place.of(name);
            case "Status" -> Place.of(job.primaryStatus(), name);
            default -> Place.of(job.createdAt(), name);
        };
    }
}
