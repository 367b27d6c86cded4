package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.learner.AnswerCounter;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The jobs of all resources. A resource trains one at a time, the others wait. Guarded by the service that owns it. */
final class FineTuningJobs {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final int USUAL_PAGE = 20;
    private static final int USUAL_CHECKPOINTS = 10;

    private static final Pattern METADATA = Pattern.compile("metadata\\[(.*)]");

    private final OfflineOpenAi service;
    private final Files files;

    FineTuningJobs(OfflineOpenAi service, Files files) {
        this.service = service;
        this.files = files;
    }

    /** What can be asked for. */
    List<DataOperation> operations() {
        String all = "/fine_tuning/jobs";
        String one = all + "/{id}";
        String read = "fine-tunes/read";
        String write = "fine-tunes/write";
        return List.of(
                DataOperation.of("FineTuning_Create", "POST", all, write, this::create),
                DataOperation.of("FineTuning_List", "GET", all, read, this::list),
                DataOperation.of("FineTuning_Get", "GET", one, read, this::get),
                DataOperation.of("FineTuning_Cancel", "POST", one + "/cancel", write, this::cancel),
                DataOperation.of("FineTuning_Delete", "DELETE", one, "fine-tunes/delete", this::delete),
                DataOperation.of("FineTuning_GetEvents", "GET", one + "/events", read, this::events),
                DataOperation.of("FineTuning_GetCheckpoints", "GET", one + "/checkpoints", read, this::checkpoints));
    }

    /** Lets everything happen that is due by now. */
    void advance(Account account) {
        Instant now = service.now();
        account.jobs().values().forEach(job -> job.validate(now));
        while (goOn(account, now)) {
            // one job after another
        }
    }

    private boolean goOn(Account account, Instant now) {
        Optional<FineTuningJob> running = in(account, JobStatus.RUNNING).findFirst();
        if (running.isPresent()) {
            boolean isDone = running.get().train(now);
            if (isDone) {
                complete(account, running.get());
            }
            return isDone;
        }
        Optional<FineTuningJob> next = in(account, JobStatus.QUEUED)
                .min(Comparator.comparing(job -> job.queuedAt().orElseThrow()));
        if (next.isEmpty()) {
            return false;
        }
        Instant queuedAt = next.get().queuedAt().orElseThrow();
        Instant freeAt = account.jobs().values().stream()
                .filter(job -> job.startedAt().isPresent())
                .map(job -> job.endedAt().orElseThrow())
                .max(Comparator.naturalOrder())
                .orElse(queuedAt);
        next.get().start(queuedAt.isAfter(freeAt) ? queuedAt : freeAt);
        return true;
    }

    private static Stream<FineTuningJob> in(Account account, JobStatus status) {
        return account.jobs().values().stream().filter(job -> job.status() == status);
    }

    private void complete(Account account, FineTuningJob job) {
        Instant at = job.lastStepAt();
        AnswerCounter answers = Tuning.answers(job.request());
        for (ObjectNode checkpoint : job.checkpoints().values()) {
            String name = checkpoint.path("fine_tuned_model_checkpoint").asText();
            account.models()
                    .put(name, new TunedModel(name, job.request().offer().model(), answers));
        }
        job.succeed(files.keepResults(account, job.table(), at), at);
    }

    private Answer create(DataCall call) throws ServiceError {
        Account account = call.account();
        OpenAiLimits limits = service.limits();
        JobRequest request = new JobRules(account, limits, service.now(), call.isV1()).check(call.json());
        if (account.jobs().size() >= limits.jobs()) {
            throw OpenAiErrors.overQuota("The resource has " + limits.jobs()
                    + " fine-tuning jobs, which is the limit. Delete jobs that have ended.");
        }
        long waiting = in(account, JobStatus.PENDING).count()
                + in(account, JobStatus.QUEUED).count();
        if (waiting >= limits.queuedJobs()) {
            throw OpenAiErrors.fullQueue(limits.queuedJobs());
        }
        FineTuningJob job = new FineTuningJob(request, service.now(), service.pace());
        account.jobs().put(job.id(), job);
        return AzureProtocol.json(CREATED, job.described())
                .with("Location", call.root() + "/fine_tuning/jobs/" + job.id());
    }

    private Answer list(DataCall call) throws ServiceError {
        Map<String, FineTuningJob> shown = new LinkedHashMap<>();
        call.account().jobs().forEach((id, job) -> {
            if (service.isListed(job.createdAt()) && isWanted(call, job)) {
                shown.put(id, job);
            }
        });
        return AzureProtocol.json(OK, Listing.newest(call, shown, USUAL_PAGE, FineTuningJob::described));
    }

    /** Whether it has all pairs of metadata that are asked for. The classic paths keep none and look at none. */
    private static boolean isWanted(DataCall call, FineTuningJob job) {
        ObjectNode kept = job.request().metadata();
        JsonNode pairs = kept == null ? MissingNode.getInstance() : kept; // all of which are texts
        return !call.isV1()
                || call.query().entrySet().stream().allMatch(wanted -> {
                    Matcher key = METADATA.matcher(wanted.getKey());
                    return !key.matches()
                            || (pairs.has(key.group(1))
                                    && pairs.path(key.group(1)).asText().equals(wanted.getValue()));
                });
    }

    private static FineTuningJob existing(DataCall call) throws ServiceError {
        FineTuningJob job = call.account().jobs().get(call.label("id"));
        if (job == null) {
            throw OpenAiErrors.notFound("The fine-tuning job '" + call.label("id") + "' was not found.");
        }
        return job;
    }

    private Answer get(DataCall call) throws ServiceError {
        return AzureProtocol.json(OK, existing(call).described());
    }

    private Answer cancel(DataCall call) throws ServiceError {
        FineTuningJob job = existing(call);
        job.cancel(service.now());
        advance(call.account()); // the next one may begin
        return AzureProtocol.json(OK, job.described());
    }

    private Answer delete(DataCall call) throws ServiceError {
        FineTuningJob job = existing(call);
        if (!job.status().isTerminal()) {
            throw OpenAiErrors.state("The job '" + job.id() + "' has the status '"
                    + job.status().wireName() + "', in which it cannot be deleted. Cancel it before.");
        }
        remove(call.account(), job);
        return Answer.empty(NO_CONTENT, Map.of());
    }

    /** It is still paid for. */
    static void remove(Account account, FineTuningJob job) {
        account.jobs().remove(job.id());
        account.deletedJobs().add(job);
    }

    private Answer events(DataCall call) throws ServiceError {
        Map<String, ObjectNode> all = existing(call).events().all();
        return AzureProtocol.json(OK, Listing.newest(call, all, USUAL_PAGE, event -> event));
    }

    private Answer checkpoints(DataCall call) throws ServiceError {
        Map<String, ObjectNode> all = existing(call).checkpoints();
        return AzureProtocol.json(OK, Listing.newest(call, all, USUAL_CHECKPOINTS, checkpoint -> checkpoint));
    }
}
