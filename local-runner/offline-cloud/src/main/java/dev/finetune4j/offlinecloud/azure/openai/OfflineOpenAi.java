package dev.finetune4j.offlinecloud.azure.openai;

import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Azure OpenAI of one resource group, with one resource at first. Safe for use by several threads. */
public final class OfflineOpenAi {
    /** The resource that is there at first. */
    public static final String ACCOUNT = "my-openai";

    /** Where it is: not every model is tuned in every region. */
    public static final String REGION = "swedencentral";

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    private final Clock clock;
    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private final Map<String, BigDecimal> prices = new HashMap<>();
    private final FineTuningJobs jobs;
    private final List<DataOperation> dataOperations = new ArrayList<>();
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
        accounts.put(ACCOUNT, new Account(ACCOUNT, id(workspace, ACCOUNT), REGION, clock.instant()));
        Files files = new Files(this);
        jobs = new FineTuningJobs(this, files);
        dataOperations.addAll(files.operations());
        dataOperations.addAll(new Uploads(this, files).operations());
        dataOperations.addAll(jobs.operations());
    }

    private static String id(Workspace workspace, String account) {
        return "/subscriptions/" + workspace.subscription() + "/resourceGroups/" + workspace.resourceGroup()
                + "/providers/Microsoft.CognitiveServices/accounts/" + account;
    }

    /** What the services of resources can be asked for. */
    List<DataOperation> dataOperations() {
        return dataOperations;
    }

    /** A resource by its name, in which the size of letters does not matter. */
    synchronized Account account(String name) {
        Account account = accounts.get(name.toLowerCase(Locale.ROOT));
        return account == null ? Account.missing(name) : account;
    }

    /** Does what a request asks for, after all that was due before. */
    synchronized Answer answer(DataOperation operation, DataCall call) throws ServiceError {
        advance();
        return operation.handler().answer(call);
    }

    /** Lets everything happen that is due by now, though nobody asks. */
    public synchronized void advance() {
        accounts.values().forEach(jobs::advance);
    }

    Instant now() {
        return clock.instant();
    }

    OpenAiPace pace() {
        return pace;
    }

    OpenAiLimits limits() {
        return limits;
    }

    /** Whether lists show by now what was made at a time. */
    boolean isListed(Instant createdAt) {
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

    /** The two keys of a resource, either of which lets in. They are secrets. */
    public List<String> keys(String account) {
        return account(account).keys();
    }

    /**
     * Ends a job with an error of the service.
     *
     * @throws IllegalStateException if no such job is in progress
     */
    public synchronized void fail(String job, JobFailure failure) {
        advance();
        FineTuningJob found = accounts.values().stream()
                .map(account -> account.jobs().get(job))
                .filter(one -> one != null && !one.status().isTerminal())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(job + " is no fine-tuning job in progress"));
        found.fail(failure, now());
    }

    /**
     * From now on a million tokens cost so many US dollars, whichever way and wherever a model is tuned.
     *
     * @param model with its version
     */
    public synchronized void trainingPrice(String model, BigDecimal dollars) {
        prices.put(model, dollars);
    }

    /** What all jobs cost so far in US dollars, cents and parts of them rounded up. Jobs that failed cost nothing. */
    public synchronized BigDecimal trainingBill() {
        advance();
        return accounts.values().stream()
                .flatMap(account -> Stream.concat(account.jobs().values().stream(), account.deletedJobs().stream()))
                .filter(job -> job.status() != JobStatus.FAILED)
                .map(job -> price(job).multiply(BigDecimal.valueOf(job.trainedTokens())))
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .divide(MILLION, 2, RoundingMode.UP);
    }

    private BigDecimal price(FineTuningJob job) {
        TunableModels.Offer offer = job.request().offer();
        return prices.getOrDefault(offer.model().id(), offer.training());
    }
}
