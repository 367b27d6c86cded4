package dev.finetune4j.offlinecloud.azure.openai;

import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
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
    private final Instant createdAt;
    private final List<String> keys = List.of(key(), key());
    private final Map<String, StoredFile> files = new LinkedHashMap<>();
    private final Map<String, Upload> uploads = new LinkedHashMap<>();
    private final Map<String, FineTuningJob> jobs = new LinkedHashMap<>();
    private final Map<String, TunedModel> models = new LinkedHashMap<>();
    private final List<FineTuningJob> deletedJobs = new ArrayList<>();
    private final Map<String, Deployment> deployments = new LinkedHashMap<>();
    private BigDecimal paid = BigDecimal.ZERO;
    private @Nullable Instant deletedAt;

    /**
     * A resource without files and jobs.
     *
     * @param id in the resource manager
     */
    Account(String name, String id, String region, Instant createdAt) {
        this.name = name;
        this.id = id;
        this.region = region;
        this.createdAt = createdAt;
    }

    /** Where a request goes that names none that there is. */
    static Account missing(String name) {
        Account missing = new Account(name, "", "", Instant.EPOCH);
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

    /** By name. */
    Map<String, Deployment> deployments() {
        return deployments;
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
