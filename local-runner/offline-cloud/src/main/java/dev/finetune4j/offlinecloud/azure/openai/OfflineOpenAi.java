package dev.finetune4j.offlinecloud.azure.openai;

import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Azure OpenAI of one resource group, with one resource at first. Safe for use by several threads. */
public final class OfflineOpenAi {
    /** The resource that is there at first. */
    public static final String ACCOUNT = "my-openai";

    /** Where it is: not every model is tuned in every region. */
    public static final String REGION = "swedencentral";

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    private final Clock clock;
    private final Accounts accounts;
    private final Deployments deployments;
    private final Map<String, BigDecimal> prices = new HashMap<>();
    private final FineTuningJobs jobs;
    private final List<DataOperation> dataOperations = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private OpenAiPace pace;
    private OpenAiLimits limits = OpenAiLimits.DOCUMENTED;

    /**
     * The service.
     *
     * @param workspace whose subscription and group the resources are in
     * @param clock by which files and jobs live; may be virtual
     * @param pace how long it takes
     */
    public OfflineOpenAi(Workspace workspace, Clock clock, OpenAiPace pace) {
        this.clock = clock;
        this.pace = pace;
        deployments = new Deployments(this);
        accounts = new Accounts(workspace, this, deployments);
        accounts.add(ACCOUNT, REGION);
        operations.addAll(accounts.operations());
        operations.addAll(deployments.operations());
        Files files = new Files(this);
        jobs = new FineTuningJobs(this, files);
        dataOperations.addAll(files.operations());
        dataOperations.addAll(new Uploads(this, files).operations());
        dataOperations.addAll(jobs.operations());
        dataOperations.addAll(new ChatCompletions(this).operations());
    }

    /** What the resource manager can be asked for, one after the other. */
    public List<Operation> operations() {
        return operations.stream().map(this::guarded).toList();
    }

    private Operation guarded(Operation operation) {
        return new Operation(operation.name(), operation.route(), operation.door(), call -> {
            synchronized (this) {
                advance();
                return operation.handler().answer(call);
            }
        });
    }

    /** The resource that a call to the resource manager names. */
    Account existing(AzureCall call) throws ServiceError {
        return accounts.find(call.label("accountName")).orElseThrow(() -> Accounts.missing(call));
    }

    /** The resource with an id of the resource manager. */
    Optional<Account> accountWithId(String id) {
        return accounts.all().stream()
                .filter(account -> account.id().equalsIgnoreCase(id))
                .findFirst();
    }

    /** What the services of resources can be asked for. */
    List<DataOperation> dataOperations() {
        return dataOperations;
    }

    /** A resource by its name, in which the size of letters does not matter. */
    synchronized Account account(String name) {
        return accounts.find(name).orElseGet(() -> Account.missing(name));
    }

    /**
     * Does what a request asks for, after all that was due before.
     *
     * @throws ServiceError if the resource was deleted while the request came, or whatever the operation refuses
     */
    synchronized Answer answer(DataOperation operation, DataCall call) throws ServiceError {
        advance();
        if (!call.account().isThere()) {
            throw OpenAiErrors.noResource();
        }
        return operation.handler().answer(call);
    }

    /** Lets everything happen that is due by now, though nobody asks. */
    public synchronized void advance() {
        accounts.advance();
        for (Account account : accounts.all()) {
            jobs.advance(account);
            deployments.advance(account);
        }
    }

    Instant now() {
        return clock.instant();
    }

    synchronized OpenAiPace pace() {
        return pace;
    }

    synchronized OpenAiLimits limits() {
        return limits;
    }

    /** Whether lists show by now what was made at a time. */
    synchronized boolean isListed(Instant createdAt) {
        return !createdAt.plus(pace.listing()).isAfter(now());
    }

    /** How long what begins from now on takes. */
    public synchronized void pace(OpenAiPace next) {
        pace = next;
    }

    /** From now on lists show a file or a job only after so much time. */
    public synchronized void listAfter(Duration time) {
        pace = pace.listingAfter(time);
    }

    /** From now on a resource may have so much, and no more; without a call what the service documents. */
    public synchronized void limits(OpenAiLimits next) {
        limits = next;
    }

    /**
     * The two keys of a resource, either of which lets in. They are secrets.
     *
     * @throws IllegalArgumentException if there is no such resource
     */
    public synchronized List<String> keys(String account) {
        return accounts.find(account)
                .orElseThrow(() -> new IllegalArgumentException("there is no resource " + account))
                .keys();
    }

    /** Ids of all jobs that were ever made, of all resources, those that are deleted last. */
    public synchronized List<String> jobsEver() {
        return accounts.ever()
                .flatMap(account -> Stream.concat(account.jobs().values().stream(), account.deletedJobs().stream()))
                .map(FineTuningJob::id)
                .toList();
    }

    /**
     * Ends a job, as somebody does in the portal.
     *
     * @throws IllegalStateException if no such job is in progress
     */
    public synchronized void cancel(String job) {
        advance();
        inProgress(job).end(now());
        advance(); // the next one may begin
    }

    /**
     * Removes a job that has ended, as somebody does in the portal.
     *
     * @throws IllegalStateException if there is no such job, or it has not ended
     */
    public synchronized void delete(String job) {
        advance();
        Account owner = accounts.all().stream()
                .filter(account -> account.jobs().containsKey(job))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no fine-tuning job " + job));
        FineTuningJob ended = Objects.requireNonNull(owner.jobs().get(job));
        if (!ended.status().isTerminal()) {
            throw new IllegalStateException(job + " has not ended");
        }
        FineTuningJobs.remove(owner, ended);
    }

    /**
     * Ends a job with an error of the service.
     *
     * @throws IllegalStateException if no such job is in progress
     */
    public synchronized void fail(String job, JobFailure failure) {
        advance();
        inProgress(job).fail(failure, now());
    }

    private FineTuningJob inProgress(String job) {
        return accounts.all().stream()
                .map(account -> account.jobs().get(job))
                .filter(one -> one != null && !one.status().isTerminal())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(job + " is no fine-tuning job in progress"));
    }

    /**
     * Lets a deployment come to nothing, be it up or not.
     *
     * @param deployment its name
     * @param reason what its operation ends with
     * @throws IllegalStateException if there is no such deployment
     */
    public synchronized void failDeployment(String deployment, String reason) {
        accounts.all().stream()
                .flatMap(account -> account.deployment(deployment).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no deployment " + deployment))
                .fail(reason);
    }

    /**
     * From now on a million tokens cost so many US dollars, whichever way and wherever a model is tuned.
     *
     * @param model with its version
     * @throws IllegalArgumentException if no such model can be tuned
     */
    public synchronized void trainingPrice(String model, BigDecimal dollars) {
        if (TunableModels.find(model).filter(one -> one.id().equals(model)).isEmpty()) {
            throw new IllegalArgumentException("there is no model \"" + model + "\" that can be tuned");
        }
        prices.put(model, dollars);
    }

    /** What all jobs cost so far in US dollars, cents and parts of them rounded up. Jobs that failed cost nothing. */
    public synchronized BigDecimal trainingBill() {
        advance();
        return accounts.ever()
                .flatMap(account -> Stream.concat(account.jobs().values().stream(), account.deletedJobs().stream()))
                .filter(job -> job.status() != JobStatus.FAILED)
                .map(job -> price(job).multiply(BigDecimal.valueOf(job.trainedTokens())))
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .divide(MILLION, 2, RoundingMode.UP);
    }

    /** What all deployments of tuned models cost so far in US dollars: each hour that one has begun. */
    public synchronized BigDecimal hostingBill() {
        advance();
        return accounts.ever().map(account -> account.hostingCost(now())).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private BigDecimal price(FineTuningJob job) {
        TunableModels.Offer offer = job.request().offer();
        return prices.getOrDefault(offer.model().id(), offer.training());
    }
}
