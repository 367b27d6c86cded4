package dev.finetune4j.offlinecloud.azure.openai;

import dev.finetune4j.offlinecloud.learner.AnswerCounter;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;

/** A model that answers under a name of its own, and is paid by the hour where it is a tuned one. Guarded by the service that owns it. */
final class Deployment {
    /** The service takes a deployment of a tuned model away that nobody asked for so long; the model stays. */
    private static final Duration IDLE = Duration.ofDays(15);

    /** Deployments for developers are taken away after so long, asked or not. */
    private static final Duration TRIAL = Duration.ofDays(1);

    /** Of deployments for developers, which tuned models have only. */
    static final String TRIAL_SKU = "DeveloperTier";

    private final String name;
    private final Settings settings;
    private final Instant createdAt;
    private final Instant upAt;
    private Instant askedAt;

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
     */
    record Settings(
            String model,
            String version,
            String sku,
            int capacity,
            boolean isTuned,
            BigDecimal hourly,
            AnswerCounter answers) {
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
        return !upAt.isAfter(now);
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
        long seconds = Duration.between(createdAt, until).toSeconds();
        long hours = (seconds + Duration.ofHours(1).toSeconds() - 1)
                / Duration.ofHours(1).toSeconds();
        return settings.hourly().multiply(BigDecimal.valueOf(hours));
    }
}
