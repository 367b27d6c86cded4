package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.blob.AzureStoreProblems;
import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.azure.blob.StoreSecret;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.CreateOnce;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Submission;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The jobs of a workspace by their names, each launched once. Safe for use by several threads. */
final class CommandJobs {
    /** What the service may ask for within a call: for longer nobody waits who is not told. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final AzureMlOptions options;
    private final ArmResources manager;
    private final RunHistory history;

    CommandJobs(AzureMlOptions options, AzureConnection connection) {
        this.options = options;
        manager = new ArmResources(connection, options.apiVersion());
        history = new RunHistory(manager, options.workspacePath(), connection);
    }

    /** A job; empty only where the service answered that there is none. */
    Optional<AzureJob> find(String name) {
        return make(name, () -> manager.find(path(name)).map(AzureJob::of));
    }

    /** What the run history tells of a job; empty while it does not know the job. */
    Optional<RunDetails> details(String name) {
        return make(name, () -> history.details(name));
    }

    /** See {@link RunHistory#log}. */
    RunHistory.LogPart log(String name, String address, long from) {
        return make(name, () -> history.log(address, from));
    }

    /**
     * Launches a job unless it is there, in whatever state; see {@link CreateOnce}. The service runs no name twice.
     *
     * @param digest of the job's order
     * @return the job as it is now
     * @throws FineTuneException with FT0944 if the name belongs to another order, or with why the service does not take it
     */
    AzureJob submit(String name, JsonNode body, String digest) {
        return new CreateOnce<AzureJob, RuntimeException>(RuntimeException.class) {
            private Duration asked = Duration.ZERO;

            @Override
            protected Optional<AzureJob> find() {
                return CommandJobs.this.find(name);
            }

            @Override
            protected Optional<AzureJob> create() {
                return Optional.of(AzureJob.of(manager.put(path(name), body)));
            }

            @Override
            protected Refusal refusal(RuntimeException failure) {
                Duration wanted = AzureFailure.pause(failure).orElse(Duration.ZERO);
                boolean isLong = wanted.compareTo(LONGEST_PAUSE) > 0;
                asked = isLong ? LONGEST_PAUSE : wanted;
                return switch (AzureFailure.of(failure)) {
                    case OUTAGE -> Refusal.UNANSWERED;
                    // Whoever waits for longer must be told so, and comes again.
                    case BUSY -> isLong ? Refusal.FINAL : Refusal.BUSY;
                    // A name that is taken is refused in no words of its own; the next look shows it.
                    case DENIED, CREDENTIALS, REFUSED -> Refusal.FINAL;
                };
            }

            @Override
            protected void pause(Duration time) {
                super.pause(time.compareTo(asked) > 0 ? time : asked);
            }

            @Override
            protected FineTuneException told(RuntimeException failure) {
                return AzureMlErrors.told(failure, name, options);
            }

            @Override
            protected FineTuneException hidden() {
                return AzureMlErrors.hidden(name);
            }

            @Override
            protected AzureJob own(AzureJob found) {
                return CommandJobs.own(found, digest);
            }
        }.make();
    }

    /**
     * The job, if it is of an order.
     *
     * @throws FineTuneException with FT0944 if it is of another
     */
    static AzureJob own(AzureJob job, String digest) {
        if (!job.digest().equals(digest)) {
            throw AzureMlErrors.taken(job, digest);
        }
        return job;
    }

    /** Tells a job to end; one that has ended is left alone. */
    void cancel(String name) {
        try {
            manager.post(path(name) + "/cancel");
        } catch (RuntimeException e) {
            if (find(name).filter(job -> !job.hasEnded()).isPresent()) {
                throw AzureMlErrors.told(e, name, options);
            } // it ended by itself meanwhile
        }
    }

    /**
     * Removes the record of a job. That of a fine-tuning job is archived, since the model that it registered stays: whoever launched the run anew
     * under the same name would have it register the same version, which the service refuses once all is trained and paid for.
     */
    void remove(AzureJob job) {
        if (job.isTuning()) {
            archive(job.name());
        } else {
            delete(job.name());
        }
    }

    /** Removes the record of a job, or archives it where only that is allowed; without effect where there is none. */
    void delete(String name) {
        try {
            manager.delete(path(name));
        } catch (RuntimeException e) {
            AzureFailure failure = AzureFailure.of(e);
            if (failure != AzureFailure.DENIED && failure != AzureFailure.REFUSED) {
                throw AzureMlErrors.told(e, name, options);
            }
            archive(name);
        }
    }

    private void archive(String name) {
        find(name).ifPresent(job -> make(name, () -> manager.put(path(name), CommandJobMapper.archived(job))));
    }

    /** The jobs of finetune4j, by their tag, whoever launched them; the first launched comes first. */
    List<AzureJob> all() {
        return make(
                "jobs of finetune4j",
                () ->
                        manager
                                .list(options.workspacePath() + "/jobs?listViewType=All&tag=" + Submission.RUN_LABEL)
                                .stream()
                                .map(AzureJob::of)
                                .filter(job -> !job.tag(Submission.RUN_LABEL).isEmpty())
                                .sorted(Comparator.comparing(AzureJob::createdAt))
                                .toList());
    }

    /** Those that have not ended. */
    List<AzureJob> unfinished() {
        return all().stream().filter(job -> !job.hasEnded()).toList();
    }

    /** The workspace; empty where the service answered that there is none. */
    Optional<JsonNode> workspace() {
        return make(options.workspace(), () -> manager.find(options.workspacePath()));
    }

    /** The identities that the workspace has, by their paths: of each its client id, if it is told. */
    Map<String, String> identities() {
        Map<String, String> clients = new LinkedHashMap<>();
        workspace()
                .ifPresent(found -> found.at("/identity/userAssignedIdentities")
                        .properties()
                        .forEach(one -> clients.put(
                                one.getKey(), one.getValue().path("clientId").asText())));
        return clients;
    }

    /** A list of what the subscription may have in the region: {@code vmSizes} or {@code usages}. */
    List<JsonNode> ofRegion(String list) {
        return make(list + " of " + options.region(), () -> manager.list(ofRegionPath(list)));
    }

    /** The same by one try, for whoever would rather not know than wait. */
    List<JsonNode> ofRegionOnce(String list) {
        return make(list + " of " + options.region(), () -> manager.listOnce(ofRegionPath(list)));
    }

    private String ofRegionPath(String list) {
        return "/subscriptions/" + options.subscription() + "/providers/Microsoft.MachineLearningServices/locations/"
                + options.region() + "/" + list;
    }

    /**
     * Refuses a workspace that is in another region than the job is planned in: what it bills goes by the region.
     *
     * @throws FineTuneException with FT0946 if there is no such workspace, FT0933 if it is elsewhere
     */
    void refuseOtherRegion() {
        String found = workspace()
                .orElseThrow(() -> AzureMlErrors.noWorkspace(options.workspacePath()))
                .path("location")
                .asText()
                .replace(" ", "")
                .toLowerCase(Locale.ROOT);
        if (!found.equals(options.region())) {
            throw AzureMlErrors.otherRegion(options, found);
        }
    }

    /** Where the files of jobs go. Asks nothing yet. */
    BlobStore store(AzureConnection connection) {
        return options.isStoreSigned()
                ? BlobStore.open(
                        options.store(),
                        connection,
                        this::storeSecret,
                        "datastore",
                        "az ml datastore show --name " + options.datastore() + " --resource-group "
                                + options.resourceGroup() + " --workspace-name " + options.workspace(),
                        Clock.systemUTC()) // as tokens go by it, whatever clock jobs go by
                : BlobStore.open(options.store(), connection);
    }

    /** @throws FineTuneException with FT0969 if the datastore keeps none */
    private StoreSecret storeSecret() {
        String datastore = options.workspacePath() + "/datastores/" + options.datastore();
        JsonNode told;
        try {
            told = manager.ask(datastore + "/listSecrets");
        } catch (RuntimeException e) {
            throw BlobStore.isWithoutKeys(e)
                    ? AzureStoreProblems.withoutKeys(options.store(), AzureFailure.reason(e))
                            .asException(e)
                    : AzureMlErrors.told(e, options.datastore(), options);
        }
        return StoreSecret.of(told)
                .orElseThrow(() -> AzureStoreProblems.withoutKeys(
                                options.store(),
                                "the datastore " + options.datastore() + " keeps no key and no signature")
                        .asException());
    }

    /**
     * Refuses a datastore that is not of the container that files are sent to.
     *
     * @throws FineTuneException with FT0946
     */
    void refuseOtherStore() {
        JsonNode datastore = make(
                        options.datastore(),
                        () -> manager.find(options.workspacePath() + "/datastores/" + options.datastore()))
                .orElseThrow(() -> AzureMlErrors.noDatastore(options, "the workspace has no such datastore"))
                .path("properties");
        String found = datastore.path("accountName").asText() + "/"
                + datastore.path("containerName").asText();
        if (!found.equals(options.store().account() + "/" + options.store().container())) {
            throw AzureMlErrors.noDatastore(options, "it is of " + found);
        }
    }

    /**
     * The cluster that the job is to run on, if it has the machines that the job is planned for, on its terms, and can have one: what the job bills
     * goes by them, and a cluster that can have none lets jobs wait for ever.
     *
     * @throws FineTuneException with FT0946 if there is no such cluster, FT0932 if its machines or terms are others, FT0934 if it can have none,
     *     FT0945 if the quota leaves it none
     */
    Cluster cluster(String name) {
        Cluster found = make(name, () -> manager.find(options.workspacePath() + "/computes/" + name))
                .map(json -> new Cluster(name, json))
                .orElseThrow(() -> AzureMlErrors.noCluster(options, name));
        if (!found.machine().equalsIgnoreCase(options.machine())) {
            throw AzureMlErrors.otherMachines(options, found);
        }
        if (found.isSpot() != options.isSpot()) {
            throw AzureMlErrors.otherTerms(found);
        }
        if (found.isGone() || found.isEmpty()) {
            throw AzureMlErrors.noMachines(options, found);
        }
        List<String> errors = found.quotaErrors();
        if (!errors.isEmpty()
                && new MachineQuota(options, this::ofRegion).diagnosis().verdict() == Diagnosis.Verdict.FAIL) {
            throw AzureMlErrors.noQuota(options, found, errors.get(0));
        }
        return found;
    }

    private String path(String name) {
        return options.workspacePath() + "/jobs/" + name;
    }

    private <T> T make(String name, Supplier<T> call) {
        try {
            return call.get();
        } catch (FineTuneException e) {
            throw e;
        } catch (RuntimeException e) {
            throw AzureMlErrors.told(e, name, options);
        }
    }
}
