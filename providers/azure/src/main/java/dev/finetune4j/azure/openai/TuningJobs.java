package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.CreateOnce;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The fine-tuning jobs of a resource. The service makes up their ids and knows no name for one that is not there yet; a job is ours by the file
 * that it trains on, which is sent for one launch alone. Where a launch made two, since an answer was lost, the oldest survives that has not failed. Safe for use by
 * several threads.
 */
final class TuningJobs {
    /** The first look after a lost answer comes after this share of the time by which the service's list may be behind. */
    private static final int FIRST_LOOK = 4;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final OpenAiCalls calls;
    private final TuningFiles files;
    private final AzureOpenAiOptions options;
    private final Consumer<Duration> pause;

    /** What was launched from here, which the list may not show yet. */
    private final Map<RunId, Launched> launched = new ConcurrentHashMap<>();

    /** @param pause waits */
    TuningJobs(OpenAiCalls calls, TuningFiles files, AzureOpenAiOptions options, Consumer<Duration> pause) {
        this.calls = calls;
        this.files = files;
        this.options = options;
        this.pause = pause;
    }

    /**
     * The job of a run.
     *
     * @param job the one that counts
     * @param digest of the order that it was launched with
     * @param twins others that came of the same launch
     */
    record Launched(TuningJob job, String digest, List<TuningJob> twins) {
        Launched {
            twins = List.copyOf(twins);
        }

        private boolean has(TuningJob one) {
            return job.id().equals(one.id())
                    || twins.stream().anyMatch(twin -> twin.id().equals(one.id()));
        }

        /** Tokens that are billed for all of them; empty while the service does not tell. What it never tells of twins that have ended is left out. */
        Optional<Long> trainedTokens() {
            Long own = job.trainedTokens();
            boolean isOpen = twins.stream().anyMatch(twin -> twin.trainedTokens() == null && !twin.hasEnded());
            return own == null || isOpen
                    ? Optional.empty()
                    : Optional.of(own
                            + twins.stream()
                                    .map(TuningJob::trainedTokens)
                                    .filter(tokens -> tokens != null)
                                    .mapToLong(Long::longValue)
                                    .sum());
        }
    }

    /** The job of a run; empty only where the service answered that there is none. Twins that go on are told to end. */
    Optional<Launched> find(RunId run) {
        return listed(run).or(() -> unlisted(run));
    }

    /** What was launched from here and is not in the list, be it that this is behind. */
    private Optional<Launched> unlisted(RunId run) {
        return Optional.ofNullable(launched.get(run))
                .flatMap(own -> find(own.job().id()).map(job -> new Launched(job, own.digest(), List.of())));
    }

    /** A job by the service's id; empty where the service answered that there is none. */
    Optional<TuningJob> find(String id) {
        return told(id, () -> calls.find(path(id))).map(TuningJob::of);
    }

    private Optional<Launched> listed(RunId run) {
        Optional<Launched> found = look(run);
        found.ifPresent(this::cancelTwins);
        return found;
    }

    private Optional<Launched> look(RunId run) {
        Map<String, TuningFile> ours = files.all().stream()
                .filter(file -> file.isTraining() && file.run().equals(Optional.of(run)))
                .collect(Collectors.toMap(TuningFile::id, Function.identity()));
        if (ours.isEmpty()) {
            return Optional.empty();
        }
        List<TuningJob> all = all().stream()
                .filter(job -> ours.containsKey(job.trainingFile()))
                .toList();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        String digest = digest(ours, all.get(0));
        List<TuningJob> ofOrder =
                all.stream().filter(job -> digest(ours, job).equals(digest)).toList();
        // The others are told to end once one is kept, so that it stays the same one.
        TuningJob kept =
                ofOrder.stream().filter(job -> !job.isLost()).findFirst().orElse(all.get(0));
        List<TuningJob> twins =
                ofOrder.stream().filter(job -> !job.id().equals(kept.id())).toList();
        return Optional.of(new Launched(kept, digest, twins));
    }

    private static String digest(Map<String, TuningFile> ours, TuningJob job) {
        return Objects.requireNonNull(ours.get(job.trainingFile())).digest();
    }

    /** Nobody is kept from reading by a twin that cannot be cancelled: the next look tries again. */
    private void cancelTwins(Launched launched) {
        for (TuningJob twin : launched.twins()) {
            if (!twin.hasEnded()) {
                try {
                    tellToEnd(twin);
                } catch (RuntimeException e) {
                    if (AzureFailure.of(e) == AzureFailure.CREDENTIALS) {
                        throw AzureOpenAiErrors.told(e, twin.id(), options);
                    }
                }
            }
        }
    }

    private void tellToEnd(TuningJob job) {
        calls.post(path(job) + "/cancel");
    }

    /** All jobs of the resource, whoever launched them; the oldest comes first. */
    List<TuningJob> all() {
        return told("jobs", () -> calls.list("fine_tuning/jobs")).stream()
                .map(TuningJob::of)
                .sorted(TuningJob.OLDEST_FIRST)
                .toList();
    }

    /**
     * Launches a job unless there is one of the run, in whatever state.
     *
     * @param digest of the job's order
     * @param mayBeLaunched whether an earlier try may have launched it, whose answer nobody saw
     * @param body makes what is sent, once it is needed
     * @return the job as it is now; where several came of the same launch, the oldest that has not failed, and the others are cancelled
     * @throws FineTuneException with FT0981 if the run has a job of another order, or with why the service does not take it
     */
    Launched submit(RunId run, String digest, boolean mayBeLaunched, Supplier<JsonNode> body) {
        return new Launch(run, digest, mayBeLaunched, body).make();
    }

    /** A POST that is repeated makes a second job: after one whose answer was lost, none is made before two looks, far enough apart, show none. */
    private final class Launch extends CreateOnce<Launched, RuntimeException> {
        private final RunId run;
        private final String digest;
        private final Supplier<JsonNode> body;
        private boolean isUncertain;

        Launch(RunId run, String digest, boolean mayBeLaunched, Supplier<JsonNode> body) {
            super(RuntimeException.class);
            this.run = run;
            this.digest = digest;
            this.body = body;
            isUncertain = mayBeLaunched;
        }

        @Override
        protected Optional<Launched> find() {
            Optional<Launched> found = TuningJobs.this.find(run);
            if (found.isEmpty() && isUncertain) {
                waiting(options.settling().dividedBy(FIRST_LOOK));
                found = TuningJobs.this.find(run);
                if (found.isEmpty()) {
                    waiting(options.settling());
                    found = TuningJobs.this.find(run);
                }
                isUncertain = false;
            }
            return found;
        }

        /**
         * Others may have launched it meanwhile: a list that shows this one is likely to show those before it, and decides. Where it shows them later,
         * so does the next look. What becomes of the looks, the job is there.
         */
        @Override
        protected Optional<Launched> create() {
            JsonNode sent = body.get();
            TuningJob made;
            try {
                made = TuningJob.of(calls.create("fine_tuning/jobs", sent));
            } catch (RuntimeException e) {
                isUncertain = AzureFailure.of(e) == AzureFailure.OUTAGE;
                throw e;
            }
            Launched own = new Launched(made, digest, List.of());
            launched.put(run, own);
            try {
                return Optional.of(shown(own).orElse(own));
            } catch (FineTuneException e) {
                return Optional.of(own);
            }
        }

        /** Whoever is told to stop stops at once; the next launch of the run looks as often again. */
        private void waiting(Duration time) {
            var unused = TuningJobs.this.told(run.value(), () -> {
                pause.accept(time);
                return time;
            });
        }

        private Optional<Launched> shown(Launched own) {
            Duration waited = Duration.ZERO;
            Duration next = FIRST_PAUSE;
            Optional<Launched> found = listed(run);
            while (!found.map(all -> all.has(own.job())).orElse(false) && waited.compareTo(options.settling()) < 0) {
                waiting(next);
                waited = waited.plus(next);
                next = next.multipliedBy(2);
                found = listed(run);
            }
            return found;
        }

        @Override
        protected Refusal refusal(RuntimeException failure) {
            return switch (AzureFailure.of(failure)) {
                case OUTAGE -> Refusal.UNANSWERED;
                case BUSY, DENIED, CREDENTIALS, REFUSED -> Refusal.FINAL;
            };
        }

        @Override
        protected FineTuneException told(RuntimeException failure) {
            return AzureOpenAiErrors.told(failure, run.value(), options);
        }

        @Override
        protected FineTuneException hidden() {
            return AzureOpenAiErrors.hidden(run.value());
        }

        @Override
        protected Launched own(Launched found) {
            return TuningJobs.own(run, found, digest);
        }

        /** The looks before have waited. */
        @Override
        protected void pause(Duration time) {}
    }

    /**
     * The job, if it is of an order.
     *
     * @throws FineTuneException with FT0981 if it is of another
     */
    static Launched own(RunId run, Launched found, String digest) {
        if (!found.digest().equals(digest)) {
            throw AzureOpenAiErrors.taken(run, found.job(), found.digest(), digest);
        }
        return found;
    }

    /** Tells a job and its twins to end; what has ended is left alone. */
    void cancel(Launched launched) {
        List<TuningJob> all = new ArrayList<>(List.of(launched.job()));
        all.addAll(launched.twins());
        for (TuningJob job : all) {
            if (!job.hasEnded()) {
                try {
                    tellToEnd(job);
                } catch (RuntimeException e) {
                    boolean goesOn =
                            find(job.id()).filter(now -> !now.hasEnded()).isPresent();
                    if (goesOn) {
                        throw AzureOpenAiErrors.told(e, job.id(), options);
                    } // it ended by itself meanwhile
                }
            }
        }
    }

    /** What the service tells of a job while it goes on, as it orders it. */
    List<JsonNode> events(TuningJob job) {
        return told(job.id(), () -> calls.list(path(job) + "/events"));
    }

    /** States of the model that the service kept, as it orders them; none where it keeps none. */
    List<JsonNode> checkpoints(TuningJob job) {
        try {
            return calls.list(path(job) + "/checkpoints");
        } catch (RuntimeException e) {
            if (AzureFailure.isAbsent(e)) {
                return List.of();
            }
            throw AzureOpenAiErrors.told(e, job.id(), options);
        }
    }

    /** Removes the record of a job; without effect where there is none. */
    void delete(TuningJob job) {
        var unused = told(job.id(), () -> {
            calls.delete(path(job));
            return job;
        });
    }

    private static String path(TuningJob job) {
        return path(job.id());
    }

    private static String path(String id) {
        return "fine_tuning/jobs/" + id;
    }

    private <T> T told(String name, Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw AzureOpenAiErrors.told(e, name, options);
        }
    }
}
