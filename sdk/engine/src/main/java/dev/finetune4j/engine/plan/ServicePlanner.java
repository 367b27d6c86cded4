package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.launch.MostTokens;
import dev.finetune4j.engine.plan.Worlds.Cause;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.plan.BilledTokens;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanPhase.Name;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.Rejection;
import dev.finetune4j.plan.ServiceLimits;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.spi.Equivalent;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plans a job at services that are paid by the token. Where a service has not the job's model or method, its closest is shown beside, and
 * never chosen.
 */
final class ServicePlanner {
    private static final double MILLION = 1e6;
    private static final double BILLION = 1e9;

    /** No vocabulary in use makes half as many tokens of a text as another: what is longer than that is too long for certain. Judgement. */
    private static final double DENSER_VOCABULARY = 2;

    private final PlannedJob job;
    private final Worlds worlds;
    private final Assumptions assumptions;
    private final List<Equivalent> equivalents;
    private final List<Rejection> rejections = new ArrayList<>();

    ServicePlanner(PlannedJob job, List<Equivalent> equivalents, Worlds worlds, Assumptions assumptions) {
        this.job = job;
        this.equivalents = equivalents;
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
        ServiceMethod method = ServiceMethod.of(job.job().task().kind());
        offers.stream()
                .filter(offer -> offer.methods().contains(method))
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
        Map<String, String> settings = job.job().settingsOf(target);
        Optional<String> own = Optional.ofNullable(settings.get(PlaceSettings.MODEL))
                .or(() -> job.model().idAt(target.value()));
        Optional<Equivalent> other = own.isPresent()
                ? Optional.empty()
                : closest(target, job.architecture().parameters());
        String wanted = own.or(() -> other.map(Equivalent::model)).orElse("");
        List<TokenOffer> ofModel =
                sold.stream().filter(offer -> offer.model().equals(wanted)).toList();
        List<TokenOffer> fitting = ofModel.stream()
                .filter(offer -> settings.getOrDefault(PlaceSettings.REGION, offer.region())
                        .equals(offer.region()))
                .filter(offer -> settings.getOrDefault(PlaceSettings.SCOPE, offer.scope())
                        .equals(offer.scope()))
                .toList();
        if (own.isEmpty()) {
            rejections.add(new Rejection(
                    target,
                    null,
                    "it does not tune " + job.job().model() + " by the token"
                            + (fitting.isEmpty() ? "" : "; the closest that it tunes is " + wanted),
                    null));
        }
        if (own.isPresent() && fitting.isEmpty()) {
            reject(target, wanted, absence(wanted, ofModel, settings), null);
        }
        return fitting.isEmpty() || isBeyond(target, wanted, fitting.get(0).limits())
                ? List.of()
                : fitting.stream()
                        .map(offer -> candidate(offer, other.orElse(null)))
                        .toList();
    }

    private Optional<Equivalent> closest(ProviderId target, double parameters) {
        return equivalents.stream()
                .filter(one -> one.target().equals(target) && parameters <= one.upToBillions() * BILLION)
                .findFirst();
    }

    private static String absence(String model, List<TokenOffer> ofModel, Map<String, String> settings) {
        return ofModel.isEmpty()
                ? "it tunes no " + model + " by the token, as far as is known here"
                : "is tuned in "
                        + ofModel.stream()
                                .map(TokenOffer::region)
                                .distinct()
                                .sorted()
                                .collect(Collectors.joining(", "))
                        + ", and the job names "
                        + Stream.of(PlaceSettings.REGION, PlaceSettings.SCOPE)
                                .map(settings::get)
                                .filter(Objects::nonNull)
                                .collect(Collectors.joining(" and "));
    }

    /** Whether the service would refuse the job; then why is among the rejections. */
    private boolean isBeyond(ProviderId target, String model, ServiceLimits limits) {
        long rows = job.rows().rowsOf(Part.TRAIN);
        double epochs = epochs();
        double longest = job.rows().tokens().max() / DENSER_VOCABULARY;
        double trained = epochs * rows * job.rows().tokens().mean() / DENSER_VOCABULARY;
        if (rows < limits.leastRows()) {
            double shortage = (double) limits.leastRows() / Math.max(1, rows);
            String reason =
                    "takes no fewer than " + Figures.rows(limits.leastRows()) + ", the job has " + Figures.count(rows);
            reject(target, model, reason, shortage);
        } else if (limits.mostRows() != null && rows > limits.mostRows()) {
            double shortage = (double) rows / limits.mostRows();
            String reason =
                    "takes no more than " + Figures.rows(limits.mostRows()) + ", the job has " + Figures.count(rows);
            reject(target, model, reason, shortage);
        } else if (limits.mostEpochs() != null && epochs > limits.mostEpochs()) {
            String reason = "takes no more than " + limits.mostEpochs() + " epochs, the job has " + Math.round(epochs);
            reject(target, model, reason, epochs / limits.mostEpochs());
        } else if (limits.rowTokens() != null && longest > limits.rowTokens()) {
            String reason = "takes rows of " + Figures.count(limits.rowTokens()) + " tokens, the longest has "
                    + Figures.count(job.rows().tokens().max()) + " by the job's model";
            reject(target, model, reason, longest / limits.rowTokens());
        } else if (limits.mostTokens() != null && trained > limits.mostTokens()) {
            String reason =
                    "trains on " + Figures.large(limits.mostTokens()) + " tokens at most in all epochs, the job has "
                            + Figures.large(epochs * rows * job.rows().tokens().mean()) + " by its own model";
            reject(target, model, reason, trained / limits.mostTokens());
        } else {
            return false;
        }
        return true;
    }

    private void reject(ProviderId target, String model, String reason, @Nullable Double shortage) {
        rejections.add(new Rejection(target, model, reason, shortage));
    }

    /** Services count whole epochs. */
    private double epochs() {
        return Math.ceil(job.training().epochs());
    }

    private Candidate candidate(TokenOffer service, @Nullable Equivalent other) {
        double epochs = epochs();
        double perRow = job.rows().tokens().mean() * epochs;
        Sample tokens = worlds.constant(perRow * job.rows().rowsOf(Part.TRAIN));
        if (other != null || isNamed(service) || !job.rows().areCounted()) {
            String vocabulary = job.rows().areCounted() ? "tokens.other-model" : "tokens.characters";
            tokens = tokens.times(
                    worlds.draw(Cause.TOKENS, assumptions.get(vocabulary).quantity()));
        }
        long most = Math.round(epochs) * job.rows().mostTrainingTokens();
        tokens = tokens.atMost(worlds.constant((double) most));
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
                service.rates().training(),
                null,
                null);
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
                service.price()
                        .filter(price -> price.unit() == PriceUnit.MILLION_TOKENS)
                        .map(price -> new BilledTokens(most, MostTokens.BASIS, price))
                        .orElse(null),
                Hosting.of(service),
                other == null && isAdapted() ? PlanOption.Standing.WITHIN : PlanOption.Standing.SHOWN,
                null,
                null,
                notes(service, other, epochs));
        return new Candidate(option, 0, perRow * rate / MILLION);
    }

    /** Whether the job names another model than its own for this place, so that a person has decided. */
    private boolean isNamed(TokenOffer service) {
        return job.job().settingsOf(service.target()).containsKey(PlaceSettings.MODEL)
                && !job.model().idAt(service.target().value()).equals(Optional.of(service.model()));
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
        if (isNamed(service)) {
            notes.add("another model than the job's, as places." + service.target() + ".model says");
        }
        Integer rowTokens = service.limits().rowTokens();
        if (rowTokens != null && job.rows().tokens().max() > rowTokens) {
            notes.add("the longest row may be too long: the model takes " + Figures.count(rowTokens) + " tokens");
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
