package dev.finetune4j.engine.advise;

import dev.finetune4j.engine.estimate.Gpu;
import dev.finetune4j.engine.estimate.GpuTable;
import dev.finetune4j.engine.estimate.MemoryModel;
import dev.finetune4j.engine.estimate.Parallelism;
import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.Projection;
import dev.finetune4j.engine.estimate.TrainingSetup;
import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.EncoderShape;
import dev.finetune4j.engine.models.LocalCore;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a base model can be tuned: on this machine, by a service that knows it, and on the cheapest machine of each place whose
 * memory holds it by a method that is done there. An outlook for a choice; what a job really takes there {@code finetune plan} computes.
 */
public final class TuningPlaces {
    /** Larger models a processor trains, too, but in days where others take hours. */
    private static final long MOST_PARAMETERS_HERE = 4_000_000_000L;

    private static final int USUAL_TOKENS = 1024;
    private static final int RANK = 16;
    private static final double GIB = 1L << 30;

    private final LocalCore core = LocalCore.shipped();
    private final GpuTable gpus = GpuTable.shipped();
    private final MemoryModel memory = MemoryModel.shipped();
    private final ServiceMethod method;
    private final Set<ProviderId> ownModels;
    private final EngineRefusals refusals;
    private final double usableGibHere;
    private final List<TokenOffer> services;
    private final Map<ProviderId, List<MachineOffer>> machines = new TreeMap<>(Comparator.comparing(ProviderId::value));

    /**
     * Places that sell {@code offers}.
     *
     * @param offers what is sold, in any order
     * @param ownModels places whose machines train models of the place's own and no others
     * @param refusals what the engines that places are sent for their GPUs do not do
     * @param method how the task is learned; but for supervised tasks services alone are places
     * @param memoryHere memory of this machine in bytes
     */
    public TuningPlaces(
            List<Offer> offers,
            Set<ProviderId> ownModels,
            EngineRefusals refusals,
            ServiceMethod method,
            long memoryHere) {
        this.ownModels = Set.copyOf(ownModels);
        this.refusals = refusals;
        this.method = method;
        usableGibHere = LocalCore.usableBytes(memoryHere) / GIB;
        List<Offer> sorted = offers.stream().sorted(Offer.CHEAPEST_FIRST).toList();
        services = sorted.stream()
                .filter(TokenOffer.class::isInstance)
                .map(TokenOffer.class::cast)
                .filter(offer -> offer.methods().contains(method))
                .toList();
        for (Offer offer : sorted) {
            if (method == ServiceMethod.SUPERVISED
                    && offer instanceof MachineOffer machine
                    && machine.tier() == PurchaseTier.ON_DEMAND
                    && machine.price().isPresent()) {
                machines.computeIfAbsent(machine.target(), key -> new ArrayList<>())
                        .add(machine);
            }
        }
    }

    /**
     * Where a model can be tuned, this machine first, then services, then machines.
     *
     * @param longestTokens tokens of the longest row, or null for {@value #USUAL_TOKENS}
     */
    public List<TuningPlace> of(CatalogueModel model, @Nullable Integer longestTokens) {
        List<TuningPlace> places = new ArrayList<>();
        boolean isSupervised = method == ServiceMethod.SUPERVISED;
        List<Method> methods = methods(model);
        int tokens = tokens(model, longestTokens);
        here(model, longestTokens).ifPresent(places::add);
        new TreeMap<>(model.ids()).forEach((place, id) -> {
            ProviderId target = ProviderId.parse(place);
            if (ownModels.contains(target)) {
                return; // it trains on machines, which stand among them
            }
            TuningPlace service = service(target, id);
            if (isSupervised || service.price() != null) {
                places.add(service);
            }
        });
        machines.forEach((target, offers) -> {
            if (!ownModels.contains(target) || model.ids().containsKey(target.value())) {
                List<Method> done = methods.stream()
                        .filter(one -> refusals.at(target, tuning(one), !isEncoder(model), false)
                                .isEmpty())
                        .toList();
                machine(model, done, tokens, ownModels.contains(target), offers).ifPresent(places::add);
            }
        });
        return places;
    }

    /**
     * Whether this machine is among the places where a model can be tuned.
     *
     * @param longestTokens tokens of the longest row, or null for {@value #USUAL_TOKENS}
     */
    public boolean isHere(CatalogueModel model, @Nullable Integer longestTokens) {
        return here(model, longestTokens).isPresent();
    }

    private static boolean isEncoder(CatalogueModel model) {
        return model.shape() instanceof EncoderShape;
    }

    private static List<Method> methods(CatalogueModel model) {
        return isEncoder(model) ? List.of(Method.FULL) : List.of(Method.LORA, Method.QLORA);
    }

    private static int tokens(CatalogueModel model, @Nullable Integer longestTokens) {
        return Math.min(longestTokens == null ? USUAL_TOKENS : longestTokens, model.contextTokens());
    }

    private static TuningMethod tuning(Method method) {
        if (method == Method.FULL) {
            return FullTuning.defaults();
        }
        return method == Method.QLORA ? QloraTuning.defaults() : LoraTuning.defaults();
    }

    /** This machine, where our own core trains the model on rows so long, and its memory likely holds that. */
    private Optional<TuningPlace> here(CatalogueModel model, @Nullable Integer longestTokens) {
        int tokens = tokens(model, longestTokens);
        if (method != ServiceMethod.SUPERVISED
                || !core.trains(model)
                || tokens > core.mostTokens(model)
                || model.parameters() > MOST_PARAMETERS_HERE) {
            return Optional.empty();
        }
        return methods(model).stream()
                .filter(one -> likelyGibHere(model, one, tokens) <= usableGibHere)
                .findFirst()
                .map(one -> new TuningPlace(
                        ProviderId.LOCAL, "this machine", "", one.name().toLowerCase(Locale.ROOT), null));
    }

    private double likelyGibHere(CatalogueModel model, Method method, int tokens) {
        TrainingSetup setup = withOneRow(LocalCore.setup(method), method, tokens);
        return memory.needed(model.shape().architecture(), setup).likely();
    }

    /** What services teach by the method, each model where it is cheapest, the cheapest first. */
    public List<TuningPlace> services() {
        return services.stream()
                .map(offer -> service(offer.target(), offer.model()))
                .distinct()
                .toList();
    }

    private TuningPlace service(ProviderId place, String id) {
        String how =
                method == ServiceMethod.SUPERVISED ? "service" : method.name().toLowerCase(Locale.ROOT);
        return services.stream()
                .filter(offer -> offer.target().equals(place) && offer.model().equals(id))
                .findFirst()
                .map(offer -> new TuningPlace(
                        place, id, offer.region(), how, offer.price().orElse(null)))
                .orElseGet(() -> new TuningPlace(place, id, "", how, null));
    }

    /** The cheapest machine that holds it; where adapters beside whole weights fit, these are not packed. */
    private Optional<TuningPlace> machine(
            CatalogueModel model, List<Method> methods, int tokens, boolean isByScript, List<MachineOffer> offers) {
        Map<Gpus, Optional<Method>> known = new HashMap<>();
        for (MachineOffer offer : offers) {
            Optional<Method> method = offer.accelerators()
                    .flatMap(own -> known.computeIfAbsent(
                            own,
                            some -> methods.stream()
                                    .filter(one -> fits(model, one, tokens, isByScript, some))
                                    .findFirst()));
            if (method.isPresent()) {
                return Optional.of(new TuningPlace(
                        offer.target(),
                        offer.instanceType(),
                        offer.region(),
                        method.get().name().toLowerCase(Locale.ROOT),
                        offer.perHour()));
            }
        }
        return Optional.empty();
    }

    /** Where a GPU has no bfloat16 scripts of places take half precision, and our engine single. */
    private boolean fits(CatalogueModel model, Method method, int tokens, boolean isByScript, Gpus own) {
        Gpu gpu = gpus.find(own.name()).orElse(null);
        if (gpu == null) {
            return false;
        }
        boolean isSingle = !gpu.hasBfloat16() && !isByScript;
        double bytesPerWeight = method == Method.QLORA ? 0.5 : isSingle ? 4 : 2;
        if (model.parameters() * bytesPerWeight / GIB > own.count() * gpu.usableMemoryGib()) {
            return false; // the weights alone are too many: spares the estimate
        }
        Parallelism parallelism =
                own.count() == 1 ? Parallelism.single() : Parallelism.data(own.count(), Sharding.FSDP);
        Framework framework = isByScript ? Framework.HUGGING_FACE : Framework.FINETUNE4J_GPU;
        TrainingSetup.Builder frugal = TrainingSetup.frugal(method, framework, parallelism)
                .arithmetic(gpu.hasBfloat16() ? Arithmetic.BF16 : isByScript ? Arithmetic.FP16 : Arithmetic.FP32);
        TrainingSetup setup =
                withOneRow(isSingle && method == Method.LORA ? frugal.weights(Weights.FP32) : frugal, method, tokens);
        return memory.estimate(model.shape().architecture(), setup, gpu).fit() == Fit.FITS;
    }

    private static TrainingSetup withOneRow(TrainingSetup.Builder setup, Method method, int tokens) {
        return setup.rank(method == Method.FULL ? null : RANK)
                .targets(method == Method.FULL ? EnumSet.noneOf(Projection.class) : EnumSet.allOf(Projection.class))
                .microBatch(1)
                .accumulation(1)
                .longestTokens(tokens)
                .meanTokens((double) tokens)
                .isPacked(false)
                .build();
    }
}
