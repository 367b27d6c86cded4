package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.plan.Worlds.Cause;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanPhase.Name;
import dev.finetune4j.plan.Rejection;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plans a job at services that are paid by the token. Where a service has not the job's model or method, its closest is shown beside, and
 * never chosen.
 */
final class ServicePlanner {
    private static final double MILLION = 1e6;

    private final PlannedJob job;
    private final Worlds worlds;
    private final Assumptions assumptions;
    private final List<Equivalent> equivalents = Equivalent.shipped();
    private final List<Rejection> rejections = new ArrayList<>();

    ServicePlanner(PlannedJob job, Worlds worlds, Assumptions assumptions) {
        this.job = job;
        this.worlds = worlds;
        this.assumptions = assumptions;
    }

    /** What was left out so far, and why. */
    List<Rejection> rejections() {
        return rejections;
    }

    /**
     * Plans the job at each service.
     *
     * @param everyRegion whether every region and scope of a service is an option, or the cheapest only
     */
    List<Candidate> plan(List<TokenOffer> offers, boolean everyRegion) {
        Map<ProviderId, List<TokenOffer>> byTarget = new LinkedHashMap<>();
        offers.stream()
                .filter(offer -> offer.methods().contains(ServiceMethod.SUPERVISED))
                .sorted(Offer.CHEAPEST_FIRST)
                .forEach(offer -> byTarget.computeIfAbsent(offer.target(), key -> new ArrayList<>())
                        .add(offer));
        List<Candidate> candidates = new ArrayList<>();
        byTarget.forEach((target, sold) -> {
            List<Candidate> here = at(target, sold);
            candidates.addAll(everyRegion || here.isEmpty() ? here : here.subList(0, 1));
        });
        return candidates;
    }

    private List<Candidate> at(ProviderId target, List<TokenOffer> sold) {
        Optional<String> own = job.model().idAt(target.value());
        Optional<Equivalent> other = own.isPresent()
                ? Optional.empty()
                : Equivalent.find(equivalents, target, job.architecture().parameters());
        String wanted = own.or(() -> other.map(Equivalent::model)).orElse("");
        List<TokenOffer> fitting =
                sold.stream().filter(offer -> offer.model().equals(wanted)).toList();
        if (own.isEmpty()) {
            rejections.add(new Rejection(
                    target,
                    null,
                    "it does not tune " + job.job().model() + " by the token"
                            + (fitting.isEmpty() ? "" : "; the closest that it tunes is " + wanted),
                    null));
        }
        long rows = job.rows().rowsOf(Part.TRAIN);
        if (!fitting.isEmpty() && rows < fitting.get(0).minimumRows()) {
            rejections.add(new Rejection(
                    target,
                    wanted,
                    "takes no fewer than " + fitting.get(0).minimumRows() + " rows, the job has " + rows,
                    (double) fitting.get(0).minimumRows() / Math.max(1, rows)));
            return List.of();
        }
        return fitting.stream()
                .map(offer -> candidate(offer, other.orElse(null)))
                .toList();
    }

    private Candidate candidate(TokenOffer service, @Nullable Equivalent other) {
        double epochs = Math.ceil(job.training().epochs());
        double perRow = job.rows().tokens().mean() * epochs;
        Sample tokens = worlds.constant(perRow * job.rows().rowsOf(Part.TRAIN));
        if (other != null || !job.rows().areCounted()) {
            String vocabulary = job.rows().areCounted() ? "tokens.other-model" : "tokens.characters";
            tokens = tokens.times(
                    worlds.draw(Cause.TOKENS, assumptions.get(vocabulary).quantity()));
        }
        Assumption speed = assumptions.get("service.speed");
        TimeLine line = new TimeLine(worlds)
                .phase(
                        Name.QUEUE,
                        worlds.draw(
                                Cause.QUEUE, assumptions.get("service.queue").quantity()),
                        false,
                        assumptions.get("service.queue").words())
                .phase(
                        Name.START_UP,
                        worlds.draw(
                                Cause.START_UP,
                                assumptions.get("service.start-up").quantity()),
                        false,
                        assumptions.get("service.start-up").words())
                .phase(
                        Name.TRAINING,
                        tokens.times(worlds.draw(
                                Cause.SERVICE_SPEED, speed.quantity().under(1))),
                        false,
                        speed.words());
        Bill bill = Bill.of(
                "training tokens, " + Math.round(epochs) + (epochs == 1 ? " epoch" : " epochs"),
                tokens.times(1 / MILLION).percentiles(),
                "M tokens",
                service.rates().training());
        double rate = service.price()
                .map(price -> price.amount().amount().doubleValue())
                .orElse(0.0);
        PlanOption option = new PlanOption(
                service.id(),
                service.target(),
                service.model(),
                service.region(),
                service,
                other == null ? null : other.model(),
                null,
                Fit.FITS,
                null,
                0,
                List.of(),
                line.phases(),
                line.time(),
                bill.lines(),
                bill.cost().orElse(null),
                Hosting.of(service),
                other == null && isAdapted() ? PlanOption.Standing.WITHIN : PlanOption.Standing.SHOWN,
                notes(service, other, epochs));
        return new Candidate(option, 0, perRow * rate / MILLION);
    }

    /** Services train adapters, whatever they call it: a job that trains all weights, or a head, gets something else there. */
    private boolean isAdapted() {
        return job.job().method().adapters().isPresent();
    }

    private List<String> notes(TokenOffer service, @Nullable Equivalent other, double epochs) {
        List<String> notes = new ArrayList<>();
        if (other != null) {
            notes.add("another model than the job's: " + other.basis());
        }
        if (epochs != job.training().epochs()) {
            notes.add("whole epochs only: " + Math.round(epochs) + " instead of "
                    + job.training().epochs());
        }
        notes.add(
                isAdapted()
                        ? "the service decides how weights are tuned, and compares nothing"
                        : "the service trains adapters, which is not what the job's method asks for");
        notes.add("scope: " + service.scope());
        if (service.note() != null) {
            notes.add(service.note());
        }
        return notes;
    }
}
