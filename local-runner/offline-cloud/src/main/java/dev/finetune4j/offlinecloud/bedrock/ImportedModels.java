package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Models that were trained elsewhere and are brought in as folders, with the jobs that do so. A job reads its folder when it is due, as its role.
 * What it brings in is there and is not asked: nobody here computes the model of a folder. Guarded by the service that owns it.
 */
final class ImportedModels {
    private static final List<String> REGIONS = List.of("us-east-1", "us-east-2", "us-west-2", "eu-central-1");

    private final Names names;
    private final Tags tags;
    private final Map<String, Import> jobs = new LinkedHashMap<>();
    private final Map<String, Imported> models = new LinkedHashMap<>();

    ImportedModels(Names names, Tags tags) {
        this.names = names;
        this.tags = tags;
    }

    private record Imported(String arn, String architecture, Import job, Instant since) {
        String name() {
            return job.request.path("importedModelName").asText();
        }
    }

    /** A job, and what became of it. */
    private static final class Import {
        private final String arn;
        private final ObjectNode request;
        private final ObjectStore store;
        private final Instant createdAt;
        private final Instant due;
        private @Nullable Instant endedAt;
        private String failure = "";

        Import(String arn, ObjectNode request, ObjectStore store, Instant createdAt, Duration takes) {
            this.arn = arn;
            this.request = request;
            this.store = store;
            this.createdAt = createdAt;
            due = createdAt.plus(takes);
        }

        String name() {
            return request.path("jobName").asText();
        }

        Instant createdAt() {
            return createdAt;
        }

        String status() {
            if (endedAt == null) {
                return "InProgress";
            }
            return failure.isEmpty() ? "Completed" : "Failed";
        }
    }

    ObjectNode create(ObjectNode request, ObjectStore store, Instant now, Duration takes) throws ServiceError {
        if (!REGIONS.contains(names.region())) {
            throw ServiceError.invalid("Custom model import is not supported in " + names.region());
        }
        String name = request.path("jobName").asText();
        String model = request.path("importedModelName").asText();
        if (jobs.containsKey(name) || find(model).isPresent()) {
            throw ServiceError.of("ConflictException", "The provided name is currently in use: " + name);
        }
        String arn = names.importJob(name);
        jobs.put(name, new Import(arn, request.deepCopy(), store, now, takes));
        tags.begin(arn, request.path("jobTags"));
        return OfflineBedrock.object().put("jobArn", arn);
    }

    /** Lets everything happen that is due by now. */
    void advance(Instant now) {
        for (Import job : jobs.values()) {
            if (job.endedAt == null && !job.due.isAfter(now)) {
                job.endedAt = job.due;
                try {
                    String architecture = read(job);
                    Imported model = new Imported(names.importedModel(job.name()), architecture, job, job.due);
                    models.put(model.arn(), model);
                    tags.begin(model.arn(), job.request.path("importedModelTags"));
                } catch (DataRefusal e) {
                    job.failure = String.valueOf(e.getMessage());
                }
            }
        }
    }

    private static String read(Import job) throws DataRefusal {
        String uri = job.request.at("/modelDataSource/s3DataSource/s3Uri").asText();
        try {
            Path folder = Files.createTempDirectory("offline-bedrock");
            try {
                if (job.store.download(uri.endsWith("/") ? uri : uri + "/", folder) == 0) {
                    throw new DataRefusal("No model files were found at " + uri + ".");
                }
                return new CheckpointFolder(folder).check();
            } finally {
                remove(folder);
            }
        } catch (IOException e) {
            throw new DataRefusal("Unable to access the model files at " + uri
                    + ". Make sure that they exist and that the service role may read them.");
        }
    }

    ObjectNode job(ObjectNode request) throws ServiceError {
        String id = request.path("jobIdentifier").asText();
        Import job = jobs.values().stream()
                .filter(one -> one.name().equals(id) || one.arn.equals(id))
                .findFirst()
                .orElseThrow(() -> OfflineBedrock.notFound(id));
        ObjectNode answer = summary(job);
        answer.set("roleArn", job.request.get("roleArn"));
        answer.set("modelDataSource", job.request.get("modelDataSource"));
        if (!job.failure.isEmpty()) {
            answer.put("failureMessage", job.failure);
        }
        return answer;
    }

    ObjectNode listJobs(ObjectNode request) throws ServiceError {
        Page<Import> page = new Page<>(request, Import::name, Import::createdAt);
        return page.of(
                jobs.values(),
                job -> job.status().equals(request.path("statusEquals").asText(job.status())),
                this::summary,
                "modelImportJobSummaries");
    }

    private ObjectNode summary(Import job) {
        ObjectNode answer = OfflineBedrock.object()
                .put("jobArn", job.arn)
                .put("jobName", job.name())
                .put("status", job.status())
                .put("importedModelName", job.request.path("importedModelName").asText())
                .put("creationTime", JobDescription.time(job.createdAt))
                .put("lastModifiedTime", JobDescription.time(job.endedAt == null ? job.createdAt : job.endedAt));
        if (job.endedAt != null) {
            answer.put("endTime", JobDescription.time(job.endedAt));
            if (job.failure.isEmpty()) {
                answer.put("importedModelArn", names.importedModel(job.name()));
            }
        }
        return answer;
    }

    ObjectNode model(ObjectNode request) throws ServiceError {
        Imported model = existing(request.path("modelIdentifier").asText());
        ObjectNode answer = OfflineBedrock.object()
                .put("modelArn", model.arn())
                .put("modelName", model.name())
                .put("jobName", model.job().name())
                .put("jobArn", model.job().arn)
                .put("modelArchitecture", model.architecture())
                .put("creationTime", JobDescription.time(model.since()));
        answer.set("modelDataSource", model.job().request.get("modelDataSource"));
        return answer;
    }

    ObjectNode listModels(ObjectNode request) throws ServiceError {
        Page<Imported> page = new Page<>(request, Imported::name, Imported::since);
        return page.of(
                models.values(),
                model -> true,
                model -> OfflineBedrock.object()
                        .put("modelArn", model.arn())
                        .put("modelName", model.name())
                        .put("modelArchitecture", model.architecture())
                        .put("creationTime", JobDescription.time(model.since())),
                "modelSummaries");
    }

    ObjectNode delete(ObjectNode request) throws ServiceError {
        Imported model = existing(request.path("modelIdentifier").asText());
        models.remove(model.arn());
        tags.forget(model.arn());
        return OfflineBedrock.object();
    }

    /** Whether there is a model of an ARN. */
    boolean has(String arn) {
        return models.containsKey(arn);
    }

    /** ARN of a job by its name. */
    Optional<String> jobArn(String name) {
        return Optional.ofNullable(jobs.get(name)).map(job -> job.arn);
    }

    /** ARN of a model by its name. */
    Optional<String> modelArn(String name) {
        return find(name).map(Imported::arn);
    }

    private Optional<Imported> find(String nameOrArn) {
        return models.values().stream()
                .filter(model -> model.arn().equals(nameOrArn) || model.name().equals(nameOrArn))
                .findFirst();
    }

    private Imported existing(String nameOrArn) throws ServiceError {
        return find(nameOrArn).orElseThrow(() -> OfflineBedrock.notFound(nameOrArn));
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
