package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.engine.spec.ProviderCheck;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.value.ProviderId;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The places that are there: one factory an id. */
public final class Providers {
    private final Map<String, ProviderFactory> factories = new TreeMap<>();
    private final ProviderContext context;
    private final ModelCatalogue catalogue;

    /**
     * The places that these factories bring.
     *
     * @param catalogue tells what a place calls a model
     * @throws FineTuneException with FT0507 if two bring the same
     */
    public Providers(Collection<ProviderFactory> all, ProviderContext context, ModelCatalogue catalogue) {
        this.context = context;
        this.catalogue = catalogue;
        for (ProviderFactory factory : all) {
            if (factories.put(factory.id().value(), factory) != null) {
                throw PlaceProblems.doubledProvider(factory.id());
            }
        }
    }

    /** The ids. */
    public Set<ProviderId> ids() {
        return factories.values().stream().map(ProviderFactory::id).collect(Collectors.toUnmodifiableSet());
    }

    /** Names of settings whose values must never be written down. */
    public Set<String> secretSettings() {
        return factories.values().stream()
                .flatMap(factory -> factory.secretSettings().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The first of a job's targets that is there.
     *
     * @throws FineTuneException with FT0113 for each target if none is
     */
    ProviderId choose(FineTuneJob job) {
        return job.targets().stream()
                .filter(ids()::contains)
                .findFirst()
                .orElseThrow(() -> new FineTuneException(ProviderCheck.inspect(job, ids()), null));
    }

    /**
     * A client of a place, as a job tells it; the caller closes it.
     *
     * @throws FineTuneException with FT0507 if it is not there
     */
    Provider open(ProviderId id, FineTuneJob job) {
        return factory(id).open(context, at(id, job).settingsOf(id));
    }

    /**
     * A client of the first of a job's targets that is there; the caller closes it.
     *
     * @throws FineTuneException with FT0113 for each target if none is
     */
    Provider openFor(FineTuneJob job) {
        return open(choose(job), job);
    }

    /**
     * A client of a place of which nothing is said; the caller closes it.
     *
     * @throws FineTuneException with FT0507 if it is not there
     */
    Provider open(ProviderId id) {
        return factory(id).open(context, Map.of());
    }

    private ProviderFactory factory(ProviderId id) {
        ProviderFactory factory = factories.get(id.value());
        if (factory == null) {
            throw PlaceProblems.noProvider(id, ids());
        }
        return factory;
    }

    /** A job as a place is told it: with the place's own name for a model of the catalogue. */
    FineTuneJob at(ProviderId id, FineTuneJob job) {
        return catalogue.named(id, job);
    }
}
