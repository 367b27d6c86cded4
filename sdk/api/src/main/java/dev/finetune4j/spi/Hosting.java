package dev.finetune4j.spi;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.TokenRates;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Holds the tuned models of runs ready to answer, where the place keeps them. Nothing is hosted by a job: each call here is somebody's wish,
 * who has seen what it costs. As with jobs, all that is known is with the place, and every method may be called again from another process.
 *
 * <p>Every failure is a {@link FineTuneException} whose problem says in {@code retry} whether the same call may succeed later.
 */
public interface Hosting {
    /**
     * How the tuned model of a run can be hosted, first the way that is meant where nobody names one: what costs nothing while nobody asks, unless
     * the settings of the place, or where its data may be worked on, speak against it.
     *
     * @throws FineTuneException if the run has no model there
     */
    List<HostingWay> ways(RunId run);

    /** How a model that was trained elsewhere is brought to the place and hosted there; empty where it cannot be. */
    default Optional<HostingWay> importWay() {
        return Optional.empty();
    }

    /**
     * What the place has against a model that was trained elsewhere, told from its files before anything is sent: what it is, and where it
     * would go.
     *
     * @param model its folder in Hugging Face layout, or that of its base model
     */
    default List<Problem> importRefusals(Path model) {
        return List.of();
    }

    /** The writing calls that {@link #host} would make for a model that is not hosted yet, in order; makes none of them. */
    List<PlannedCall> plannedCalls(HostingOrder order);

    /**
     * Hosts a model, at most once per order: where it is hosted by the same order already, in whatever state, that is returned and nothing
     * is made. Returns before the model answers.
     *
     * @throws FineTuneException if the run has no model, the place refuses, or the name is taken by something else
     */
    HostedModel host(HostingOrder order);

    /** What is hosted of a run; empty only where the place answered that there is nothing. */
    List<HostedModel> find(RunId run);

    /** All that is hosted of runs, whoever hosted it, as far as it carries their labels. */
    List<HostedModel> all();

    /**
     * Ends what is hosted; without effect where it is gone. The model itself stays.
     *
     * @throws FineTuneException if it is paid for until later and cannot be given back before
     */
    void end(HostedModel hosted);

    /** What the base model of a hosted one asks for tokens, as nobody hosts it. */
    TokenRates base(HostedModel hosted);

    /**
     * Opens a dialogue with a hosted model and its base model. Each question is paid for as the hosting says, and that to the base model by
     * {@link #base}. Asks nothing yet.
     */
    Dialogue converse(HostedModel hosted);

    /**
     * What whoever hosts must be allowed beyond what a job needs. Asks nobody.
     *
     * @param runs what the ids of the runs begin with whose models are hosted
     * @param model the base model as the job names it, which is meant where the settings name none
     */
    List<AccessPolicy> policies(String runs, ModelRef model);
}
