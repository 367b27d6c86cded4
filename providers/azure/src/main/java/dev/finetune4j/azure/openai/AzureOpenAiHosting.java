package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.TokenRates;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.CreateOnce;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.Hosting;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.value.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Deployments of models that Azure OpenAI tuned, paid by the hour and by the token. A deployment has its name from the run, and tags that tell run and
 * order. A base model answers by a deployment, too: where there is none of it, one is made and ended along with that of the tuned model.
 */
final class AzureOpenAiHosting implements Hosting {
    private final Supplier<OpenResource> resource;
    private final Supplier<AzureOpenAiOptions> settings;
    private final UnaryOperator<FineTuneException> refused;

    /**
     * Hosting at a resource.
     *
     * @param resource connects to it
     * @param settings what is said of it, without asking anybody
     * @param refused what to tell where it refuses to deploy
     */
    AzureOpenAiHosting(
            Supplier<OpenResource> resource,
            Supplier<AzureOpenAiOptions> settings,
            UnaryOperator<FineTuneException> refused) {
        this.refused = refused;
        this.resource = resource;
        this.settings = settings;
    }

    private AzureOpenAiOptions options() {
        return resource.get().options();
    }

    private Deployments deployments() {
        return resource.get().deployments();
    }

    @Override
    public List<HostingWay> ways(RunId run) {
        TuningJob job = tuned(run);
        refuseOtherRegion();
        return DeploymentWays.of(job.model(), options());
    }

    /** Prices, and where data stay, are told by the settings' region, which may have been nobody's to compare when the run was launched. */
    private void refuseOtherRegion() {
        AzureOpenAiErrors.refuseOtherRegion(options(), deployments().regionToDeployIn());
    }

    /**
     * The job of a run.
     *
     * @throws FineTuneException with FT0984 if there is none, FT0987 if no model came of it
     */
    private TuningJob tuned(RunId run) {
        TuningJob job = resource.get()
                .jobs()
                .find(run)
                .orElseThrow(() -> AzureOpenAiErrors.absent(run, options()))
                .job();
        if (job.tunedModel() == null) {
            throw AzureOpenAiErrors.wrongState(run, job.state(), "it has made no model");
        }
        return job;
    }

    /** A deployment that an order asks for. */
    private record Wish(String name, ObjectNode body) {}

    private Wish tuned(HostingOrder order, TuningJob job) {
        refuseOthers(order);
        refuseOtherRegion();
        String model = String.valueOf(job.tunedModel());
        return new Wish(DeploymentMapper.name(order.run()), new DeploymentMapper(order, options()).tuned(model));
    }

    private static void refuseOthers(HostingOrder order) {
        if (order.model() != null || !DeploymentWays.NAMES.contains(order.way()) || order.units() != 1) {
            throw AzureOpenAiErrors.notDeployedSo(order);
        }
    }

    /** The base model's, unless one of it is there; empty where that is, or the model's version is not known. */
    private Optional<Wish> base(HostingOrder order, TuningJob job) {
        return basesToAsk(order.run(), job.model()).anyMatch(one -> one.state() != HostedModel.State.FAILED)
                ? Optional.empty()
                : new DeploymentMapper(order, options())
                        .base(job.model())
                        .map(body -> new Wish(DeploymentMapper.baseName(order.run()), body));
    }

    /** The deployments by which a base model may be asked for a run: its own, and those that others made. */
    private Stream<Deployed> basesToAsk(RunId run, String serviceModel) {
        String model = DeploymentMapper.deployedName(serviceModel);
        return deployments().all().stream()
                .filter(one -> one.model().equals(model) || one.model().equals(serviceModel))
                .filter(one -> !one.isOurs() || one.comparedWith().equals(Optional.of(run)));
    }

    @Override
    public List<PlannedCall> plannedCalls(HostingOrder order) {
        TuningJob job = tuned(order.run());
        List<Wish> wishes = new ArrayList<>(List.of(tuned(order, job)));
        base(order, job).ifPresent(wishes::add);
        return wishes.stream()
                .map(wish -> new PlannedCall("PUT deployments", wish.name(), Json.pretty(wish.body())))
                .toList();
    }

    @Override
    public HostedModel host(HostingOrder order) {
        try {
            return made(order);
        } catch (FineTuneException e) {
            throw refused.apply(e);
        }
    }

    private HostedModel made(HostingOrder order) {
        TuningJob job = tuned(order.run());
        Wish wish = tuned(order, job);
        Deployed made = new Once(order, wish).make();
        return hosted(order.run(), made, job.model(), makeBase(order, job));
    }

    /**
     * Deploys the base model. That it is refused keeps nobody from asking the tuned one: whoever compares them is told that there is none.
     *
     * @return it, where it was made from here
     */
    private @Nullable Deployed makeBase(HostingOrder order, TuningJob job) {
        Optional<Wish> wish = base(order, job);
        if (wish.isEmpty()) {
            return null;
        }
        try {
            return deployments().put(wish.get().name(), wish.get().body());
        } catch (FineTuneException e) {
            throw e;
        } catch (RuntimeException e) {
            if (AzureFailure.of(e) == AzureFailure.REFUSED || AzureFailure.of(e) == AzureFailure.DENIED) {
                return null;
            }
            throw AzureOpenAiErrors.deploying(e, wish.get().name(), options());
        }
    }

    /** The service takes a second PUT of a name as a change of the first: what is there is looked at before. */
    private final class Once extends CreateOnce<Deployed, RuntimeException> {
        private final HostingOrder order;
        private final Wish wish;

        Once(HostingOrder order, Wish wish) {
            super(RuntimeException.class);
            this.order = order;
            this.wish = wish;
        }

        @Override
        protected Optional<Deployed> find() {
            return deployments().find(wish.name());
        }

        @Override
        protected Optional<Deployed> create() {
            return Optional.of(deployments().put(wish.name(), wish.body()));
        }

        @Override
        protected Refusal refusal(RuntimeException failure) {
            return switch (AzureFailure.of(failure)) {
                case OUTAGE -> Refusal.UNANSWERED;
                case BUSY -> Refusal.BUSY;
                case REFUSED -> AzureOpenAiErrors.isBeingChanged(failure) ? Refusal.BUSY : Refusal.FINAL;
                case DENIED, CREDENTIALS -> Refusal.FINAL;
            };
        }

        @Override
        protected FineTuneException told(RuntimeException failure) {
            return AzureOpenAiErrors.deploying(failure, wish.name(), options());
        }

        @Override
        protected FineTuneException hidden() {
            return AzureOpenAiErrors.hidden(wish.name());
        }

        @Override
        protected Deployed own(Deployed found) {
            String token = new DeploymentMapper(order, options()).token();
            if (token.equals(found.tags().get(Deployed.ORDER_TAG))) {
                return found;
            }
            throw found.run().equals(Optional.of(order.run()))
                    ? AzureOpenAiErrors.hostedOtherwise(order.run(), found)
                    : AzureOpenAiErrors.nameTaken(found, options());
        }
    }

    @Override
    public List<HostedModel> find(RunId run) {
        return deployments()
                .find(DeploymentMapper.name(run))
                .filter(found -> found.run().equals(Optional.of(run)))
                .map(found -> hosted(run, found, baseOf(found), ownBase(run).orElse(null)))
                .stream()
                .toList();
    }

    /** The base model's deployment that was made along with a run's; empty also where that came to nothing, which ends nothing else. */
    private Optional<Deployed> ownBase(RunId run) {
        return deployments()
                .findIfLeft(DeploymentMapper.baseName(run))
                .filter(base -> base.comparedWith().equals(Optional.of(run)));
    }

    /** A base model goes on where the service ended the tuned one that was compared with it: whoever sweeps up ends it. */
    @Override
    public List<HostedModel> all() {
        List<Deployed> all = deployments().all();
        Set<RunId> hosted = all.stream().flatMap(one -> one.run().stream()).collect(Collectors.toSet());
        List<HostedModel> models = new ArrayList<>();
        for (Deployed one : all) {
            one.run().ifPresent(run -> models.add(hosted(run, one, baseOf(one), null)));
            one.comparedWith()
                    .filter(run -> !hosted.contains(run))
                    .ifPresent(run -> models.add(hosted(run, one, DeploymentWays.base(), one.state())));
        }
        return models;
    }

    /** What a tuned model was tuned from, which its name begins with. */
    private static String baseOf(Deployed tuned) {
        int end = tuned.model().indexOf(".ft-");
        return end < 0 ? tuned.model() : tuned.model().substring(0, end);
    }

    /** @param base the base model's deployment that was made along with it, or null */
    private HostedModel hosted(RunId run, Deployed tuned, String serviceModel, @Nullable Deployed base) {
        boolean isComing = base != null && base.state() == HostedModel.State.CREATING;
        HostedModel.State state =
                tuned.state() == HostedModel.State.ACTIVE && isComing ? HostedModel.State.CREATING : tuned.state();
        return hosted(run, tuned, DeploymentWays.met(tuned, serviceModel, options()), state);
    }

    private HostedModel hosted(RunId run, Deployed one, HostingWay way, HostedModel.State state) {
        return new HostedModel(
                run,
                way,
                1,
                one.id(),
                state,
                one.since(),
                null,
                state == HostedModel.State.FAILED
                        ? AzureOpenAiErrors.notDeployed(one.name(), options(), one.failure())
                                .remedy("finetune host " + run + " --remove")
                                .build()
                        : null);
    }

    /** The tuned model goes first: it is what costs by the hour. */
    @Override
    public void end(HostedModel hosted) {
        if (!hosted.way().name().equals(DeploymentWays.BASE)) {
            deployments()
                    .find(nameOf(hosted))
                    .filter(found -> found.run().equals(Optional.of(hosted.run())))
                    .ifPresent(found -> deployments().delete(found.name()));
        }
        ownBase(hosted.run()).ifPresent(base -> deployments().delete(base.name()));
    }

    private static String nameOf(HostedModel hosted) {
        return hosted.reference().substring(hosted.reference().lastIndexOf('/') + 1);
    }

    /** A base model is sold by another list than tuned ones, which this product does not have. */
    @Override
    public TokenRates base(HostedModel hosted) {
        return new TokenRates(null, null, null, null, null);
    }

    @Override
    public Dialogue converse(HostedModel hosted) {
        return new DeployedDialogue(resource.get().calls(), options(), nameOf(hosted), () -> base(hosted.run()));
    }

    private String base(RunId run) {
        String model = tuned(run).model();
        return basesToAsk(run, model)
                .filter(one -> one.state() == HostedModel.State.ACTIVE)
                .map(Deployed::name)
                .findFirst()
                .orElseThrow(
                        () -> AzureOpenAiErrors.noBase(run, model, deployments().accountPath()));
    }

    @Override
    public List<AccessPolicy> policies(String runs, ModelRef model) {
        return AzureOpenAiRoles.ofHosting(settings.get());
    }
}
