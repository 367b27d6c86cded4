package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.cloudwatch.MetricBook;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.Stock;
import dev.finetune4j.offlinecloud.logs.LogBook;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Gate;
import dev.finetune4j.offlinecloud.wire.JsonService;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * SageMaker's training jobs of one account in one region, and the public hub that it shows them. A job's name is taken for as long as the job is not deleted, whatever becomes
 * of it. Safe for use by several threads.
 */
public final class OfflineSageMaker implements JsonService {
    private static final int MOST_MACHINES = 16;
    private static final ServiceModel MODEL = ServiceModel.resource(OfflineSageMaker.class, "service-model.json");

    /** What a request may change of a running job besides how long its machines are kept. */
    private static final List<String> WATCHING =
            List.of("ProfilerConfig", "ProfilerRuleConfigurations", "RemoteDebugConfig");

    /** The group with the logs of all training jobs. */
    private static final String LOG_GROUP = "/aws/sagemaker/TrainingJobs";

    private final Account account;
    private final Clock clock;
    private final Pace pace;
    private final Container container;
    private final LogBook logs;
    private final Gate gate;
    private final ObjectStore store;
    private final OfflineHub hub;
    private final Stock stock = new Stock();
    private final MachineQuotas quotas = new MachineQuotas(MODEL.valuesOf("TrainingInstanceType"));
    private final Map<String, TrainingJob> jobs = new LinkedHashMap<>();
    private final JobTags tags = new JobTags();
    private final WarmPools pools = new WarmPools();
    private final InternalErrors errors = new InternalErrors();
    private final MetricBook metrics = new MetricBook();
    private double spotShare = 0.3;

    /**
     * The service.
     *
     * @param account whose jobs these are
     * @param clock by which jobs live; may be virtual
     * @param pace how long it takes for what is not training
     * @param container what jobs run
     * @param logs where containers print to
     * @param gate decides what jobs may do as their roles
     * @param store where inputs must be for a job to be taken
     * @param hub JumpStart's models
     */
    public OfflineSageMaker(
            Account account,
            Clock clock,
            Pace pace,
            Container container,
            LogBook logs,
            Gate gate,
            ObjectStore store,
            OfflineHub hub) {
        this.account = account;
        this.clock = clock;
        this.pace = pace;
        this.container = new ContainerAsRole(container, new JobAccesses(account), gate, LOG_GROUP, metrics::open);
        this.logs = logs;
        this.gate = gate;
        this.store = store;
        this.hub = hub;
    }

    /**
     * An account as far as training jobs see it.
     *
     * @param id twelve digits
     * @param region the region of its jobs
     * @param roles ARNs of the roles that the service may assume
     */
    public record Account(String id, String region, Set<String> roles) {
        /** Copies the roles. */
        public Account {
            roles = Set.copyOf(roles);
        }

        /** An account with one role, which jobs may run as. */
        public static Account sample() {
            return new Account(
                    "123456789012", "eu-central-1", Set.of("arn:aws:iam::123456789012:role/finetune4j-training"));
        }
    }

    /** The curves of what jobs print. */
    public MetricBook metrics() {
        return metrics;
    }

    /** From now on so many machines of a type may run at once, on demand and on spot, and no more. */
    public synchronized void quota(String instanceType, int instances) {
        quotas.set(instanceType, instances);
    }

    /**
     * The same of one quota.
     *
     * @param name as the service calls it, such as {@code ml.g5.xlarge for training warm pool usage}
     * @throws IllegalArgumentException if no quota has this name
     */
    public synchronized void quotaNamed(String name, int instances) {
        quotas.setNamed(name, instances);
    }

    /** How many machines may run at once, by the names of the quotas. */
    public synchronized Map<String, Integer> quotas() {
        return quotas.all();
    }

    /** From now on no machine of a type is free. */
    public synchronized void sellOut(String instanceType) {
        advanceAll();
        stock.sellOut(instanceType);
    }

    /** From now on there are machines of a type again. */
    public synchronized void restock(String instanceType) {
        advanceAll();
        stock.restock(instanceType, clock.instant());
    }

    /** From now on so much of the time of a machine that may be taken back is billed, of which the service bills 0.3 at first. */
    public synchronized void spotShare(double share) {
        spotShare = share;
    }

    /**
     * Takes a machine back from a spot job, which then waits for another one.
     *
     * @throws IllegalStateException if there is no such job, it is no spot job, or it has no machine now
     */
    public synchronized void reclaim(String name) {
        advanceAll();
        TrainingJob job = jobs.get(name);
        if (job == null || !job.request().isSpot()) {
            throw new IllegalStateException(name + " is no spot job");
        }
        job.reclaim(clock.instant());
    }

    /**
     * Lets the service itself fail a job, which may not be there yet: as often as this was said, it fails when the job has had a status for so
     * long, and the job ends, or begins again as its {@code RetryStrategy} says.
     *
     * @param name of the job
     * @param status {@code Starting}, {@code Pending}, {@code Downloading}, {@code Training} or {@code Uploading}
     * @param after how long it has it then; a shorter time for it passes without an error
     * @throws IllegalArgumentException if the status is none of these
     */
    public synchronized void failInternally(String name, String status, Duration after) {
        SecondaryStatus when = SecondaryStatus.named(status);
        if (!when.mayBreak()) {
            throw new IllegalArgumentException("the service does not fail a training job that is " + status);
        }
        advanceAll();
        errors.plan(name, when, after);
    }

    /** Lets everything happen that is due by now, though nobody asks. */
    public synchronized void advance() {
        advanceAll();
    }

    /** Ends all containers at once. */
    public synchronized void shutDown() {
        jobs.values().forEach(TrainingJob::shutDown);
    }

    @Override
    public String signingName() {
        return "sagemaker";
    }

    @Override
    public ServiceModel model() {
        return MODEL;
    }

    @Override
    public List<Access> accesses(String operation, ObjectNode request) {
        return HubCalls.OPERATIONS.contains(operation)
                ? new HubCalls(hub).accesses(operation, request)
                : new JobAccesses(account).of(operation, request);
    }

    @Override
    public synchronized ObjectNode answer(String operation, ObjectNode request) throws ServiceError {
        advanceAll();
        return switch (operation) {
            case "CreateTrainingJob" -> create(request);
            case "DescribeTrainingJob" -> describe(request);
            case "ListTrainingJobs" -> new JobList(request, jobs.values(), this::description).answer();
            case "Search" -> search(request);
            case "StopTrainingJob" -> stop(request);
            case "UpdateTrainingJob" -> update(request);
            case "DeleteTrainingJob" -> delete(request);
            case "AddTags" -> tags.add(request);
            case "ListTags" -> tags.list(request);
            case "DeleteTags" -> tags.delete(request);
            case "DescribeHub", "ListHubs", "DescribeHubContent", "ListHubContents", "ListHubContentVersions" ->
                new HubCalls(hub).answer(operation, request);
            default -> throw new IllegalArgumentException("the model has " + operation + ", the service has not");
        };
    }

    private ObjectNode create(ObjectNode body) throws ServiceError {
        if (body.has("ServerlessJobConfig")) {
            throw ServiceError.invalid("The offline cloud knows training jobs with a container only");
        }
        new TrainingJobRules(body, account.region()).check();
        refuseRole(body.path("RoleArn").asText());
        ObjectNode taken = body.deepCopy();
        JobRequest request = new JobRequest(taken);
        taken.put(JobRequest.ARN, arn(request)); // its container is told it
        if (jobs.containsKey(key(request.name()))) {
            throw ServiceError.of(
                    "ResourceInUse",
                    "Training job names must be unique within an AWS account and region, and a training job with this name already"
                            + " exists (" + arn(request) + ")");
        }
        new StartConditions(request, account.region(), store, gate).check(new JobAccesses(account));
        quotas.check(request, jobs.values(), pools, clock.instant());
        refuseTooManyMachines(request);
        jobs.put(key(request.name()), begun(request));
        tags.keep(arn(request), body);
        return object().put("TrainingJobArn", arn(request));
    }

    /** Each is a process here. */
    private static void refuseTooManyMachines(JobRequest request) throws ServiceError {
        long machines = request.machines().values().stream()
                .mapToLong(Integer::longValue)
                .sum();
        if (machines > MOST_MACHINES) {
            throw ServiceError.invalid("The offline cloud runs a training job on at most " + MOST_MACHINES
                    + " machines, since all of them are this one, not on " + machines);
        }
    }

    /** A job that gets machines which another one kept waits for none, and needs none that is free. */
    private TrainingJob begun(JobRequest request) {
        Instant now = clock.instant();
        boolean isWarm = pools.give(jobs.values(), request, now);
        return new TrainingJob(
                request,
                now,
                isWarm ? pace.startingAtOnce() : pace,
                isWarm ? new Stock() : stock,
                container,
                new JobOutput(
                        request,
                        clock,
                        (host, at) -> log(request.name() + "/" + host.name(), at),
                        figure -> metrics.add(request.name(), figure.metric(), figure.value(), figure.at())),
                errors);
    }

    /** Each container has a stream of its own, also where two of a job begin in one second. */
    private Consumer<String> log(String machine, Instant at) {
        long second = at.getEpochSecond();
        while (logs.has(LOG_GROUP, machine + "-" + second)) {
            second++;
        }
        String stream = machine + "-" + second;
        return line -> logs.add(LOG_GROUP, stream, line);
    }

    private void refuseRole(String role) throws ServiceError {
        if (!gate.trusts(role, "sagemaker.amazonaws.com")) {
            throw ServiceError.invalid(
                    "Could not assume role " + role
                            + ". Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.");
        }
    }

    private ObjectNode describe(ObjectNode request) throws ServiceError {
        return description(existing(request)).whole();
    }

    private JobDescription description(TrainingJob job) {
        return new JobDescription(job, arn(job.request()), pools, spotShare, clock.instant());
    }

    private ObjectNode search(ObjectNode request) throws ServiceError {
        List<ObjectNode> all = new ArrayList<>();
        for (TrainingJob job : jobs.values()) {
            ObjectNode whole = description(job).whole();
            whole.set("Tags", tags.of(arn(job.request())));
            all.add(whole);
        }
        return new JobSearch(MODEL, request, all).answer();
    }

    private ObjectNode stop(ObjectNode request) throws ServiceError {
        existing(request).stop(clock.instant());
        return object();
    }

    /** How long machines are kept changes what jobs cost; the rest is only told again. */
    private ObjectNode update(ObjectNode request) throws ServiceError {
        TrainingJob job = existing(request);
        List<String> told = WATCHING.stream().filter(request::has).toList();
        JsonNode time = request.at("/ResourceConfig/KeepAlivePeriodInSeconds");
        if (told.isEmpty() && !time.isNumber()) {
            throw ServiceError.invalid("The request changes nothing of the training job");
        }
        if (!told.isEmpty() && !job.primaryStatus().equals("InProgress")) {
            throw ServiceError.invalid(
                    "The request was rejected because the training job is in status " + job.primaryStatus() + ".");
        }
        if (time.isNumber()) {
            pools.keep(job, Duration.ofSeconds(time.asLong()), clock.instant());
        }
        for (String member : told) {
            if (job.request().body().get(member) instanceof ObjectNode before
                    && request.get(member) instanceof ObjectNode now) {
                before.setAll(now);
            } else {
                job.request().body().set(member, request.get(member));
            }
        }
        return object().put("TrainingJobArn", arn(job.request()));
    }

    private ObjectNode delete(ObjectNode request) throws ServiceError {
        TrainingJob job = existing(request);
        if (!job.status().isTerminal()) {
            throw ServiceError.of(
                    "ResourceInUse",
                    "The training job " + job.request().name() + " is in status " + job.primaryStatus()
                            + " and can not be deleted");
        }
        if (pools.isAvailable(job, clock.instant())) {
            throw ServiceError.of(
                    "ResourceInUse",
                    "The training job " + job.request().name()
                            + " has a warm pool that is Available and can not be deleted");
        }
        jobs.remove(key(job.request().name()));
        pools.forget(job);
        tags.forget(arn(job.request()));
        return object();
    }

    private TrainingJob existing(JsonNode request) throws ServiceError {
        TrainingJob job = jobs.get(key(request.path("TrainingJobName").asText()));
        if (job == null) {
            throw notFound();
        }
        return job;
    }

    /** The service says so by a ValidationException, though its model has an error for it. */
    static ServiceError notFound() {
        return ServiceError.invalid("Requested resource not found.");
    }

    private void advanceAll() {
        Instant now = clock.instant();
        List.copyOf(jobs.values()).forEach(job -> job.advance(now));
    }

    private String arn(JobRequest request) {
        return request.arn(account.region(), account.id());
    }

    /** Names that differ only in the size of letters would have one ARN. */
    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static ObjectNode object() {
        return Json.records().createObjectNode();
    }
}
