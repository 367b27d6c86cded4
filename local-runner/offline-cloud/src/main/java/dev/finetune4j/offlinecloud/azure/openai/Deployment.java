package dev.finetune4j.offlinecloud.azure.openai;

import dev.finetune4j.offlinecloud.learner.AnswerCounter;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model that answers under a name of its own, and is paid by the hour where it is a tuned one. Guarded by the service that owns it. */
final class Deployment {
    /** The service takes a deployment of a tuned model away that nobody asked for so long; the model stays. */
    private static final Duration IDLE = Duration.ofDays(15);

    /** Deployments for developers are taken away after so long, asked or not. */
    private static final Duration TRIAL = Duration.ofDays(1);

    /** Of deployments for developers, which tuned models have only. */
    static final String TRIAL_SKU = "DeveloperTier";

    /** It asks nobody to stay away for longer. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final String name;
    private final Settings settings;
    private final Instant createdAt;
    private final Instant upAt;
    private Instant askedAt;
    private @Nullable String failure;

    /**
     * What is deployed, and how.
     *
     * @param model name of the model
     * @param version of the model
     * @param sku such as {@code Standard}
     * @param capacity thousands of tokens a minute
     * @param isTuned whether it is a tuned model
     * @param hourly US dollars an hour
     * @param answers what answers
     * @param tags what whoever asked for it wrote on it
     */
    record Settings(
            String model,
            String version,
            String sku,
            int capacity,
            boolean isTuned,
            BigDecimal hourly,
            AnswerCounter answers,
            Map<String, String> tags) {
        Settings {
            tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
        }

        /** Whether nothing is different but how much it takes. */
        boolean isSameAs(Settings other) {
            return model.equals(other.model) && version.equals(other.version) && sku.equals(other.sku);
        }
    }

    /** @param upAt when it begins to answer */
    Deployment(String name, Settings settings, Instant createdAt, Instant upAt) {
        this.name = name;
        this.settings = settings;
        this.createdAt = createdAt;
        this.upAt = upAt;
        askedAt = createdAt;
    }

    /** The same with another capacity. */
    Deployment with(Settings other, Instant now) {
        Deployment changed = new Deployment(name, other, createdAt, upAt);
        changed.ask(now);
        return changed;
    }

    String name() {
        return name;
    }

    Settings settings() {
        return settings;
    }

    Instant createdAt() {
        return createdAt;
    }

    boolean isUp(Instant now) {
        return failure == null && !upAt.isAfter(now);
    }

    /** Lets it come to nothing; it stays, and costs nothing. */
    void fail(String reason) {
        failure = reason;
    }

    /** Why it came to nothing; empty if it did not. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Where it stands, as the service calls it. */
    String provisioning(Instant now) {
        return failure != null ? "Failed" : isUp(now) ? "Succeeded" : "Creating";
    }

    /** How long whoever waits for it should stay away; none where there is nothing to wait for. */
    Duration pause(Instant now) {
        if (failure != null || isUp(now)) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(now, upAt);
        return left.compareTo(LONGEST_PAUSE) < 0 ? left : LONGEST_PAUSE;
    }

    /** Notes that somebody asked it. */
    void ask(Instant now) {
        askedAt = now;
    }

    /** When the service takes it away unless somebody asks it before. */
    Instant endsAt() {
        if (!settings.isTuned()) {
            return Instant.MAX;
        }
        Instant idle = askedAt.plus(IDLE);
        Instant trial = createdAt.plus(TRIAL);
        return settings.sku().equals(TRIAL_SKU) && trial.isBefore(idle) ? trial : idle;
    }

    /** What it costs until a time: every hour that it has begun. */
    BigDecimal cost(Instant until) {
        if (failure != null) {
            return BigDecimal.ZERO;
        }
        long seconds = Duration.between(createdAt, until).toSeconds();
        long hours = (seconds + Duration.ofHours(1).toSeconds() - 1)
                / Duration.ofHours(1).toSeconds();
        return settings.hourly().multiply(BigDecimal.valueOf(hours));
    }
}
