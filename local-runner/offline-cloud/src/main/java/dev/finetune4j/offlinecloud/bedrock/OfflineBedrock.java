package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.bedrock.BaseModels.BaseModel;
import dev.finetune4j.offlinecloud.learner.AnswerCounter;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Gate;
import dev.finetune4j.offlinecloud.wire.JsonService;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Bedrock's model customization of one account in one region: jobs, the models that come of them, and their hosting where it is asked for. A
 * job's name is taken for ever, a model's as long as there is the model. Safe for use by several threads.
 */
public final class OfflineBedrock implements JsonService {
    private static final int RAISED_QUOTA = 100;
    private static final ServiceModel MODEL = ServiceModel.resource(OfflineBedrock.class, "service-model.json");
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private static final Pattern OTHER_PARTITION = Pattern.compile("(cn|us-gov)-.*");

    private final Account account;
    private final Clock clock;
    private final ObjectStore store;
    private final Gate gate;
    private final Names names;
    private final FoundationModels foundationModels;
    private final Tags tags = new Tags();
    private final Tokens tokens = new Tokens();
    private final CustomModels models;
    private final Hosting hosting;
    private final ImportedModels imported;
    private final TuningAccesses accesses;
    private final Map<String, CustomizationJob> jobs = new LinkedHashMap<>();
    private final Set<String> withheld = new HashSet<>();
    private TuningPace pace;
    private int mostJobs = RAISED_QUOTA;

    /**
     * The service.
     *
     * @param account whose jobs these are
     * @param clock by which jobs live; may be virtual
     * @param pace how long the service takes
     * @param store where data come from and figures go to
     * @param gate decides what jobs may do as their roles
     */
    public OfflineBedrock(Account account, Clock clock, TuningPace pace, ObjectStore store, Gate gate) {
        this.account = account;
        this.clock = clock;
        this.pace = pace;
        this.store = store;
        this.gate = gate;
        names = new Names(account.id(), account.region());
        foundationModels = new FoundationModels(names);
        models = new CustomModels(names, tags);
        hosting = new Hosting(names, models, tags);
        imported = new ImportedModels(names, tags);
        accesses = new TuningAccesses(
                names,
                name -> Optional.ofNullable(jobs.get(name)).map(CustomizationJob::arn),
                name -> models.find(name).map(CustomModels.CustomModel::arn),
                this::arnOf);
    }

    /** ARN of something by its kind and name, as far as there is one. */
    private Optional<String> arnOf(String kind, String name) {
        return switch (kind) {
            case TuningAccesses.IMPORT_JOB -> imported.jobArn(name);
            case TuningAccesses.IMPORTED -> imported.modelArn(name);
            default -> hosting.arnOf(kind, name);
        };
    }

    /** How long what begins from now on takes. */
    public synchronized void pace(TuningPace tuningPace) {
        pace = tuningPace;
    }

    /** From now on so many jobs may be in progress at once, and no more; without a call 100, ten times those of a new account. */
    public synchronized void quota(int jobsAtOnce) {
        mostJobs = jobsAtOnce;
    }

    /** How many jobs may be in progress and models be there, by the names of the quotas. */
    public synchronized Map<String, Integer> quotas() {
        return Map.of("(Model customization) Scheduled customization jobs", mostJobs);
    }

    /** From now on the account may reserve so many model units, and no more; without a call there is no such limit. */
    public synchronized void modelUnits(int units) {
        hosting.quota(units);
    }

    /** From now on the account has no access to a base model, as before somebody asked for it. */
    public synchronized void withhold(String baseModel) {
        withheld.add(baseModel);
    }

    /** From now on the account has access to a base model again. */
    public synchronized void grant(String baseModel) {
        withheld.remove(baseModel);
    }

    /**
     * Ends a job with an error of the service.
     *
     * @throws IllegalStateException if no such job is in progress
     */
    public synchronized void fail(String jobName, String message) {
        advanceAll();
        CustomizationJob job = jobs.get(jobName);
        if (job == null || job.status().isTerminal()) {
            throw new IllegalStateException(jobName + " is no job in progress");
        }
        job.fail(message, clock.instant());
    }

    /**
     * Ends the start of what hosts a model with an error of the service.
     *
     * @throws IllegalStateException if nothing of the name is there
     */
    public synchronized void failHosting(String name, String message) {
        hosting.fail(name, message, clock.instant());
    }

    /** Lets everything happen that is due by now, though nobody asks. */
    public synchronized void advance() {
        advanceAll();
    }

    /** What asks the models, by another service's calls. */
    public JsonService runtime() {
        return new OfflineRuntime(this, names);
    }

    /**
     * What answers under an id: a base model, which has learned nothing, or what hosts a tuned one.
     *
     * @throws ServiceError if nothing does
     */
    synchronized AnswerCounter answering(String id) throws ServiceError {
        advanceAll();
        String base = names.baseModelId(id);
        if (imported.has(base)) {
            throw ServiceError.of(
                    "ModelNotReadyException", "The offline cloud brings models in, and computes none of them: " + base);
        }
        if (base.startsWith("arn:")) {
            return hosting.answering(base, clock.instant());
        }
        BaseModel model = BaseModels.find(account.region(), base, false)
                .orElseThrow(() -> ServiceError.invalid("The provided model identifier is invalid."));
        if (!model.plainId().equals(base)) {
            throw ServiceError.invalid("Invocation of model ID " + base
                    + " with on-demand throughput isn\u2019t supported. Retry your request with the ID or ARN of an inference profile"
                    + " that contains this model.");
        }
        if (withheld.contains(model.id())) {
            throw noAccess();
        }
        return new AnswerCounter();
    }

    private static ServiceError noAccess() {
        return new ServiceError(
                FORBIDDEN, "AccessDeniedException", "You don't have access to the model with the specified model ID.");
    }

    /** Where models can be tuned in the partition of a region; empty where nowhere. */
    public static List<String> tuningRegions(String region) {
        return OTHER_PARTITION.matcher(region).matches() ? List.of() : BaseModels.regions();
    }

    @Override
    public String signingName() {
        return "bedrock";
    }

    @Override
    public Optional<String> ownRegion() {
        return Optional.of(account.region());
    }

    @Override
    public ServiceModel model() {
        return MODEL;
    }

    @Override
    public synchronized List<Access> accesses(String operation, ObjectNode request) {
        return accesses.of(operation, request).stream()
                .map(access -> access.toTagged(tags.of(access.resource())))
                .toList();
    }

    @Override
    public synchronized ObjectNode answer(String operation, ObjectNode request) throws ServiceError {
        advanceAll();
        Instant now = clock.instant();
        return switch (operation) {
            case "CreateModelCustomizationJob" -> tokens.once(operation, request, () -> create(request));
            case "GetModelCustomizationJob" -> new JobDescription(existing(request), names).whole();
            case "ListModelCustomizationJobs" -> listJobs(request);
            case "StopModelCustomizationJob" -> stop(request);
            case "GetCustomModel" -> models.describe(request);
            case "ListCustomModels" -> models.list(request, account.id());
            case "DeleteCustomModel" -> deleteModel(request);
            case "GetFoundationModel" -> foundationModels.describe(request);
            case "GetFoundationModelAvailability" ->
                foundationModels.availability(
                        request,
                        withheld.contains(
                                names.baseModelId(request.path("modelId").asText())));
            case "ListFoundationModels" -> foundationModels.list(request);
            case "TagResource" -> tags.add(request);
            case "UntagResource" -> tags.remove(request);
            case "ListTagsForResource" -> tags.list(request);
            case "CreateCustomModelDeployment" ->
                tokens.once(operation, request, () -> hosting.deploy(request, now, pace.hosting()));
            case "GetCustomModelDeployment" -> hosting.deployment(request, now);
            case "ListCustomModelDeployments" -> hosting.listDeployments(request, now);
            case "DeleteCustomModelDeployment" -> hosting.deleteDeployment(request);
            case "CreateProvisionedModelThroughput" ->
                tokens.once(operation, request, () -> hosting.provision(request, now, pace.hosting()));
            case "GetProvisionedModelThroughput" -> hosting.throughput(request, now);
            case "ListProvisionedModelThroughputs" -> hosting.listThroughputs(request, now);
            case "UpdateProvisionedModelThroughput" -> hosting.updateThroughput(request);
            case "DeleteProvisionedModelThroughput" -> hosting.deleteThroughput(request, now);
            case "CreateModelImportJob" -> tokens.once(operation, request, () -> bringIn(request, now));
            case "GetModelImportJob" -> imported.job(request);
            case "ListModelImportJobs" -> imported.listJobs(request);
            case "GetImportedModel" -> imported.model(request);
            case "ListImportedModels" -> imported.listModels(request);
            case "DeleteImportedModel" -> imported.delete(request);
            default -> throw new IllegalArgumentException("the model has " + operation + ", the service has not");
        };
    }

    private ObjectNode bringIn(ObjectNode request, Instant now) throws ServiceError {
        String role = request.path("roleArn").asText();
        if (!gate.trusts(role, "bedrock.amazonaws.com")) {
            throw ServiceError.invalid("Could not assume provided IAM role.");
        }
        return imported.create(request, store.actingAs(role, account.region()), now, pace.validation());
    }

    private ObjectNode create(ObjectNode body) throws ServiceError {
        if (!body.path("customizationType").asText("FINE_TUNING").equals("FINE_TUNING")) {
            throw ServiceError.invalid("The offline cloud knows FINE_TUNING only");
        }
        String role = body.path("roleArn").asText();
        if (!gate.trusts(role, "bedrock.amazonaws.com")) {
            throw ServiceError.invalid("Could not assume provided IAM role.");
        }
        Optional<CustomModels.CustomModel> continued =
                models.find(body.path("baseModelIdentifier").asText());
        BaseModel base = continued.isPresent() ? continued.get().job().request().base() : base(body);
        CustomizationRequest request = new CustomizationRequest(body.deepCopy(), base, continued);
        new CustomizationRules(body, request.base()).check();
        refuseTakenNames(request);
        long running =
                jobs.values().stream().filter(job -> !job.status().isTerminal()).count();
        if (running >= mostJobs) {
            throw ServiceError.of(
                    "ServiceQuotaExceededException",
                    "You have reached the limit of " + mostJobs + " concurrent model customization jobs");
        }
        String arn = names.job(request.jobName(), request.base().id());
        jobs.put(
                request.jobName(),
                new CustomizationJob(
                        request,
                        arn,
                        clock.instant(),
                        pace,
                        store.actingAs(role, account.region()),
                        () -> enter(role, body, arn)));
        tags.begin(arn, body.path("jobTags"));
        return object().put("jobArn", arn);
    }

    /** What a job does as its role before it reads its data. */
    private void enter(String role, ObjectNode body, String arn) throws ServiceError {
        for (Access access : accesses.toStart(body, arn)) {
            gate.admitRole(role, access);
        }
    }

    private BaseModel base(ObjectNode body) throws ServiceError {
        String id = names.baseModelId(body.path("baseModelIdentifier").asText());
        BaseModel base = BaseModels.find(account.region(), id, true)
                .orElseThrow(() -> ServiceError.invalid(
                        "The model " + id + " is not supported for customization in " + account.region()));
        if (withheld.contains(id)) {
            throw noAccess();
        }
        return base;
    }

    private void refuseTakenNames(CustomizationRequest request) throws ServiceError {
        if (jobs.containsKey(request.jobName())) {
            throw ServiceError.of(
                    "ConflictException",
                    "The provided job name is currently in use: "
                            + jobs.get(request.jobName()).arn());
        }
        boolean isComing = jobs.values().stream()
                .anyMatch(job ->
                        !job.status().isTerminal() && job.request().modelName().equals(request.modelName()));
        if (isComing || models.find(request.modelName()).isPresent()) {
            throw ServiceError.of(
                    "ConflictException", "The provided custom model name is currently in use: " + request.modelName());
        }
    }

    private ObjectNode listJobs(ObjectNode request) throws ServiceError {
        Page<CustomizationJob> page = new Page<>(request, job -> job.request().jobName(), CustomizationJob::createdAt);
        return page.of(
                jobs.values(),
                job -> !request.has("statusEquals")
                        || job.status()
                                .wireName()
                                .equals(request.path("statusEquals").asText()),
                job -> new JobDescription(job, names).summary(),
                "modelCustomizationJobSummaries");
    }

    private ObjectNode stop(ObjectNode request) throws ServiceError {
        existing(request).stop(clock.instant());
        return object();
    }

    private ObjectNode deleteModel(ObjectNode request) throws ServiceError {
        CustomModels.CustomModel model =
                models.existing(request.path("modelIdentifier").asText());
        if (hosting.isUsed(model.arn())) {
            throw ServiceError.of(
                    "ConflictException", "The model " + model.arn() + " is in use and can not be deleted");
        }
        models.delete(model);
        return object();
    }

    private CustomizationJob existing(ObjectNode request) throws ServiceError {
        String id = request.path("jobIdentifier").asText();
        return jobs.values().stream()
                .filter(job -> job.request().jobName().equals(id) || job.arn().equals(id))
                .findFirst()
                .orElseThrow(() -> notFound(id));
    }

    private void advanceAll() {
        Instant now = clock.instant();
        for (CustomizationJob job : List.copyOf(jobs.values())) {
            job.advance(now);
            models.take(job);
        }
        imported.advance(now);
    }

    static ServiceError notFound(String what) {
        return new ServiceError(NOT_FOUND, "ResourceNotFoundException", "The specified resource is not found: " + what);
    }

    static ObjectNode object() {
        return Json.records().createObjectNode();
    }
}
