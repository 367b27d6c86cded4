package dev.finetune4j.offlinecloud.azure.openai;

import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A resource of Azure OpenAI and all that is in it. Guarded by the service that owns it. */
final class Account {
    private static final int KEY_BYTES = 16;

    private final String name;
    private final String id;
    private final String region;
    private final String kind;
    private final Instant createdAt;
    private final List<String> keys = List.of(key(), key());
    private final Map<String, StoredFile> files = new LinkedHashMap<>();
    private final Map<String, Upload> uploads = new LinkedHashMap<>();
    private final Map<String, FineTuningJob> jobs = new LinkedHashMap<>();
    private final Map<String, TunedModel> models = new LinkedHashMap<>();
    private final List<FineTuningJob> deletedJobs = new ArrayList<>();
    private final Map<String, Deployment> deployments = new LinkedHashMap<>();

    /** Why what was removed had come to nothing, by its name. */
    private final Map<String, String> failures = new HashMap<>();

    private BigDecimal paid = BigDecimal.ZERO;
    private String subdomain;
    private @Nullable Instant deletedAt;

    /**
     * A resource without files and jobs.
     *
     * @param id in the resource manager
     * @param kind such as {@code OpenAI}
     * @param subdomain without which it takes keys only; empty if it has none
     */
    Account(String name, String id, String region, String kind, String subdomain, Instant createdAt) {
        this.name = name;
        this.id = id;
        this.region = region;
        this.kind = kind;
        this.subdomain = subdomain;
        this.createdAt = createdAt;
    }

    /** Where a request goes that names none that there is. */
    static Account missing(String name) {
        Account missing = new Account(name, "", "", "OpenAI", "", Instant.EPOCH);
        missing.deletedAt = Instant.EPOCH;
        return missing;
    }

    private static String key() {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    String name() {
        return name;
    }

    String id() {
        return id;
    }

    String region() {
        return region;
    }

    String kind() {
        return kind;
    }

    /** The name of its own that it has as a host at Azure; empty if it has none. */
    String subdomain() {
        return subdomain;
    }

    /** Gives it a name of its own. */
    void subdomain(String chosen) {
        subdomain = chosen;
    }

    Instant createdAt() {
        return createdAt;
    }

    boolean isThere() {
        return deletedAt == null;
    }

    /** When it was deleted; empty while it is there. */
    Optional<Instant> deletedAt() {
        return Optional.ofNullable(deletedAt);
    }

    void delete(Instant now) {
        deletedAt = now;
    }

    void restore() {
        deletedAt = null;
    }

    /** Its two keys, either of which lets in. */
    List<String> keys() {
        return keys;
    }

    boolean hasKey(String key) {
        return keys.contains(key);
    }

    /** By id. */
    Map<String, StoredFile> files() {
        return files;
    }

    /** By id. */
    Map<String, Upload> uploads() {
        return uploads;
    }

    /** By id, in the order in which they were made. */
    Map<String, FineTuningJob> jobs() {
        return jobs;
    }

    /** Jobs that were deleted, which are paid all the same. */
    List<FineTuningJob> deletedJobs() {
        return deletedJobs;
    }

    /** What jobs made, by name. */
    Map<String, TunedModel> models() {
        return models;
    }

    /** All, in the order in which they were made. */
    List<Deployment> deployments() {
        return List.copyOf(deployments.values());
    }

    /** The one with a name, in which the size of letters does not matter; empty if there is none. */
    Optional<Deployment> deployment(String deployment) {
        return Optional.ofNullable(deployments.get(Accounts.key(deployment)));
    }

    /** Puts one in the place of what has its name. */
    void put(Deployment deployment) {
        deployments.put(Accounts.key(deployment.name()), deployment);
        failures.remove(Accounts.key(deployment.name()));
    }

    void remove(Deployment deployment) {
        deployments.remove(Accounts.key(deployment.name()));
        deployment.failure().ifPresent(reason -> failures.put(Accounts.key(deployment.name()), reason));
    }

    /** Why what had a name last came to nothing, whether it is there still or not; empty if it did not. */
    Optional<String> failure(String deployment) {
        return deployment(deployment)
                .flatMap(Deployment::failure)
                .or(() -> Optional.ofNullable(failures.get(Accounts.key(deployment))));
    }

    /** Notes what a deployment cost that is not there any more, in US dollars. */
    void pay(BigDecimal dollars) {
        paid = paid.add(dollars);
    }

    /** What all deployments cost until now, in US dollars. */
    BigDecimal hostingCost(Instant now) {
        return deployments.values().stream().map(one -> one.cost(now)).reduce(paid, BigDecimal::add);
    }
}
