package dev.finetune4j.cli.view;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.price.PriceAge;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.BreakEven;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.HostingCost;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanOption.Standing;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.Rejection;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.plan.Workload;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Prints a plan: what the job needs, the best options, and why others lost. Made to be read in 20 seconds. */
public final class PlanView {
    private static final int SHOWN = 6;
    private static final int REJECTIONS = 4;
    private static final int LABEL = 9;
    private static final String TIGHT = "tight";
    private static final String OVER = "over";
    private static final String LIKELY_IN = "likely in";
    private static final String AT_MOST = "at most";
    private static final String AT_MOST_ESTIMATED = "at most, est.";
    private static final String OLD = "old";

    private final Screen screen;
    private final Path job;

    /**
     * Prints results to {@code screen}.
     *
     * @param job the job file, for the commands that are proposed, and for the model that lies beside it
     */
    public PlanView(Screen screen, Path job) {
        this.screen = screen;
        this.job = job;
    }

    /** Prints the first options, or all. */
    public void print(Plan plan, boolean all) {
        screen.line(plan.job() + ": " + plan.model());
        needs(plan);
        screen.line("");
        Set<String> marks = new HashSet<>();
        if (!plan.options().isEmpty()) {
            table(plan, all, marks);
            screen.line("");
        }
        plan.choice().ifPresent(this::chosen);
        plan.muchFaster().ifPresent(option -> faster(plan, option));
        same(plan);
        rejected(plan);
        breakEven(plan);
        hosting(plan);
        if (!plan.options().isEmpty()) {
            legend(plan, all, marks);
        }
    }

    private void needs(Plan plan) {
        Workload work = plan.workload();
        Quantiles tokens = work.tokens();
        ModelRef model = ModelRef.parse(plan.model());
        // Of a GGUF file the numbers are sent that its blocks stand for, which are more than it has.
        String fetched = !isModelHere(model) ? " to fetch, " : model.isGguf() ? " in its file, " : " of weights and ";
        line(
                "model",
                Figures.large(work.parameters()) + " parameters, " + Figures.large(work.trainableParameters())
                        + " of them trained; " + Figures.bytes(work.downloadBytes()) + fetched
                        + Figures.bytes(work.uploadBytes()) + " of rows to send");
        line(
                "rows",
                Figures.count(work.rowsOf(Part.TRAIN)) + " to train, " + Figures.count(work.rowsOf(Part.TEST))
                        + " to compare; tokens " + (work.areTokensCounted() ? "" : "(told from characters) ") + "p50 "
                        + Figures.count(tokens.p50()) + ", p99 " + Figures.count(tokens.p99()) + ", max "
                        + Figures.count(tokens.max()) + ", cut at " + Figures.count(work.limitTokens()));
        line(
                "work",
                Figures.steps(work.steps()) + ", " + Figures.large(work.trainingTokens()) + " tokens, "
                        + String.format(Locale.ROOT, "%.1e", work.flops()) + " FLOP");
        Rehearsal rehearsal = plan.rehearsal();
        if (rehearsal != null) {
            line("measured", RehearsalWords.of(rehearsal));
        }
        plan.choice()
                .or(() -> plan.options().stream()
                        .filter(option -> !option.memory().isEmpty())
                        .findFirst())
                .filter(option -> !option.memory().isEmpty()) // of one's own machine the table tells what is known
                .ifPresent(this::memory);
    }

    /** Whether a path leads to it: no place can fetch it then, and each is sent it. */
    private boolean isModelHere(ModelRef model) {
        return !model.isHub()
                && liesBesideJob(model.value())
                && ModelCatalogue.shipped().find(model).isEmpty();
    }

    private boolean liesBesideJob(String path) {
        try {
            return Files.exists(job.toAbsolutePath().resolveSibling(path));
        } catch (InvalidPathException e) {
            return false; // no file can have this name
        }
    }

    private void memory(PlanOption option) {
        String parts = option.memory().stream()
                .sorted((a, b) -> Long.compare(b.bytes(), a.bytes()))
                .limit(4)
                .map(part -> part.name() + " " + PlanFigures.gib(part.bytes()))
                .collect(Collectors.joining(", "));
        line("memory", "GiB a GPU on " + option.name() + ": " + parts);
    }

    private void line(String label, String text) {
        String name = label + " ".repeat(Math.max(1, LABEL - label.length()));
        screen.line(screen.paint(Tone.FAINT, name) + Wrap.hanging(text, screen.columns() - 1, name.length()));
    }

    /** Adds to {@code marks} what is told of the options that are shown. */
    private void table(Plan plan, boolean all, Set<String> marks) {
        Table table = new Table()
                .number("#")
                .id("TARGET")
                .id("MACHINE")
                .number("GIB")
                .number("TIME")
                .number("USD")
                .number("PRICE OF");
        int number = 0;
        int shown = 0;
        for (PlanOption option : plan.options()) {
            number++;
            boolean isSame = isTwin(plan, option, number);
            if (!all && (isSame || (shown >= SHOWN && !isFirstOfTarget(plan, option, number)))) {
                continue;
            }
            shown++;
            String mark = option.id().equals(plan.chosen()) ? "*" : "";
            String standing = standing(option);
            String date = date(option, plan.date());
            marks.add(standing);
            Stream.of(AT_MOST, OLD).filter(date::contains).forEach(marks::add);
            if (option.price().isEmpty()
                    && PlanFigures.price(option).filter(PriceFact::isEstimate).isPresent()) {
                marks.add(AT_MOST_ESTIMATED);
            }
            table.row(
                    number + mark,
                    option.target() + "\n" + kind(option),
                    PlanFigures.name(option) + "\n" + place(option),
                    PlanFigures.fit(option) + "\n" + standing,
                    PlanFigures.time(option.time().likely()) + "\n" + PlanFigures.ends(option.time()),
                    PlanFigures.likely(option.cost()) + "\n" + PlanFigures.ends(option.cost()),
                    date);
        }
        table.print(screen);
    }

    /** The same machine at the same price, let by another name. */
    private static boolean isTwin(Plan plan, PlanOption option, int number) {
        return option.offer() != null
                && plan.options().subList(0, number - 1).stream()
                        .anyMatch(better -> better.name().equals(option.name())
                                && better.region().equals(option.region())
                                && better.standing() == option.standing()
                                && isPricedAs(better, option));
    }

    /** Machines by the hour: places that do more or less of a job on the same one differ in what it costs. */
    private static boolean isPricedAs(PlanOption better, PlanOption option) {
        return (better.offer() instanceof MachineOffer one && option.offer() instanceof MachineOffer other)
                ? one.tier() == other.tier() && one.price().equals(other.price())
                : better.costs().equals(option.costs());
    }

    /** The first option of a target that is not among the best, so that every target is seen. */
    private static boolean isFirstOfTarget(Plan plan, PlanOption option, int number) {
        return plan.options().subList(0, number - 1).stream()
                .noneMatch(better -> better.target().equals(option.target()));
    }

    private static String kind(PlanOption option) {
        if (option.offer() instanceof MachineOffer machine) {
            return machine.accelerators()
                    .map(gpus -> gpus.count() + "x " + gpus.name().replace("-PCIe", ""))
                    .orElse("");
        }
        return option.offer() == null ? "" : option.otherModel() == null ? "by the token" : "other model";
    }

    private static String place(PlanOption option) {
        String terms = PlanFigures.terms(option);
        return option.offer() == null ? "" : terms.isEmpty() ? option.region() : option.region() + " " + terms;
    }

    private static String standing(PlanOption option) {
        if (option.isEligible() && option.missingQuota() != null) {
            return "no quota";
        }
        if (option.isEligible() && option.missedAt() != null) {
            return "missed";
        }
        return switch (option.standing()) {
            case WITHIN -> option.neededMemory() == null ? "" : "fits";
            case LIKELY_WITHIN -> LIKELY_IN;
            case TIGHT -> TIGHT;
            case SHOWN -> shown(option);
            case OVER_LIMIT -> OVER;
        };
    }

    /** Why it is for comparison; that it has no price its column of prices says, too. */
    private static String shown(PlanOption option) {
        if (option.cost() == null) {
            return option.fit() == Fit.TIGHT ? TIGHT : "no price";
        }
        return option.otherModel() == null ? "adapters" : "";
    }

    private static String date(PlanOption option, LocalDate today) {
        boolean isBound = option.price().isEmpty();
        Optional<PriceFact> price = PlanFigures.price(option);
        if (price.isEmpty()) {
            return option.offer() == null ? "free" : "?";
        }
        List<String> doubts = new ArrayList<>();
        if (isBound) {
            doubts.add(AT_MOST);
        } else if (price.get().isEstimate()) {
            doubts.add("est.");
        }
        if (PriceAge.of(price.get(), today).isOld()) {
            doubts.add(OLD);
        }
        return price.get().date() + "\n" + String.join(" ", doubts);
    }

    private void chosen(PlanOption option) {
        TrainerSettings settings = option.settings();
        String how = settings == null
                ? ""
                : ": " + settings.gpus() + (settings.gpus() == 1 ? " GPU" : " GPUs, " + settings.parallelism()) + ", "
                        + settings.precision() + ", " + settings.microBatch() + " x " + settings.accumulation()
                        + " rows at a time" + (settings.isCheckpointed() ? ", activations computed again" : "");
        line("chosen", "1 " + option.target() + " " + option.name() + how);
    }

    private void faster(Plan plan, PlanOption option) {
        line(
                "faster",
                (plan.options().indexOf(option) + 1) + " " + words(option) + ": "
                        + PlanFigures.time(option.time().likely()) + " for " + PlanFigures.likely(option.cost())
                        + " USD");
    }

    private void same(Plan plan) {
        List<String> twins = IntStream.range(0, plan.options().size())
                .filter(place -> isTwin(plan, plan.options().get(place), place + 1))
                .mapToObj(place -> plan.options().get(place))
                .filter(option -> option.offer() instanceof MachineOffer)
                .map(option -> option.target().value())
                .distinct()
                .toList();
        if (!twins.isEmpty()) {
            line(
                    "same",
                    String.join(", ", twins) + (twins.size() == 1 ? " lets" : " let")
                            + " the same machines at the same prices");
        }
    }

    private void rejected(Plan plan) {
        Map<ProviderId, Rejection> absent = new LinkedHashMap<>();
        plan.rejections().forEach(rejection -> absent.putIfAbsent(rejection.target(), rejection));
        plan.options().forEach(option -> absent.remove(option.target()));
        Map<String, String> reasons = new LinkedHashMap<>();
        // A place without any option first: whoever has it in mind looks for it.
        Stream.concat(absent.values().stream(), plan.rejections().stream())
                .forEach(rejection -> reasons.merge(
                        rejection.reason(),
                        rejection.target().value(),
                        (before, more) -> before.contains(more) ? before : before + ", " + more));
        int shown = 0;
        for (Map.Entry<String, String> entry : reasons.entrySet()) {
            if (shown++ >= Math.max(REJECTIONS, absent.size())) {
                break;
            }
            line(shown == 1 ? "not" : "", entry.getValue() + ": " + entry.getKey());
        }
    }

    private void breakEven(Plan plan) {
        BreakEven even = plan.breakEven();
        if (even == null) {
            return;
        }
        String service = plan.option(even.service()).map(PlanView::words).orElse(even.service());
        String machine = plan.option(even.machine()).map(PlanView::words).orElse(even.machine());
        String text = even.rows() < 0
                ? service + " is cheaper than " + machine + " at any number of training rows"
                : even.rows() == 0
                        ? machine + " is cheaper than " + service + " at any number of training rows"
                        : "up to " + Figures.count(even.rows())
                                + (even.rows() == 1 ? " training row " : " training rows ") + service
                                + " is cheaper than " + machine;
        line("even", text);
    }

    private static String words(PlanOption option) {
        return option.target() + " " + PlanFigures.name(option)
                + (option.otherModel() == null ? "" : " (another model)");
    }

    private void hosting(Plan plan) {
        Map<String, String> costs = new LinkedHashMap<>();
        for (PlanOption option : plan.options()) {
            HostingCost hosting = option.hosting();
            if (option.standing() != Standing.OVER_LIMIT) {
                costs.putIfAbsent(option.target().value(), hosting == null ? unhosted(option) : perMonth(hosting));
            }
        }
        if (!costs.isEmpty()) {
            line(
                    "hosting",
                    "USD a month afterwards: "
                            + costs.entrySet().stream()
                                    .map(entry -> entry.getKey() + " " + entry.getValue())
                                    .collect(Collectors.joining(", ")));
        }
    }

    /** A machine of one's own costs nothing more; where a place sells none that holds the model, nobody knows what holding it would cost. */
    private static String unhosted(PlanOption option) {
        return option.offer() == null ? "0" : "?";
    }

    private static String perMonth(HostingCost hosting) {
        return hosting.perMonth() == null
                ? "?"
                : PlanFigures.money(hosting.perMonth().amount())
                        + (hosting.region() == null ? "" : " in " + hosting.region());
    }

    private void legend(Plan plan, boolean all, Set<String> marks) {
        boolean isOnesOwn = plan.options().stream().allMatch(option -> option.offer() == null);
        String text = "GIB: " + (isOnesOwn ? "" : "a GPU's ")
                + "memory that 9 in 10 such runs need at most, of what " + (isOnesOwn ? "the machine" : "it")
                + " has. TIME, USD: P50, below P10-P90,"
                + " queue and start-up included. Ranked by " + plan.objective()
                + ", within the limits first, then at the job's targets. "
                + (marks.contains(TIGHT) ? TIGHT + ": more than 1 in 10 such runs need more than it has. " : "")
                + (marks.contains(LIKELY_IN) ? LIKELY_IN + ": within the limits at P50, not at P90. " : "")
                + (marks.contains(OVER) ? OVER + ": likely to break a limit, what a launch keeps back included. " : "")
                + (marks.contains(AT_MOST)
                        ? AT_MOST + ": at the price on demand"
                                + (marks.contains(AT_MOST_ESTIMATED) ? " (of some an estimate)" : "")
                                + ", spot's own is not known. "
                        : "")
                + (marks.contains(OLD) ? OLD + ": a price older than " + PriceAge.OLD_AFTER_DAYS + " days. " : "")
                + "finetune plan " + job
                + (all
                        ? " --all --explain 1 shows every item."
                        : " --explain 1 shows every item, --all every option in every region, numbered anew.");
        Wrap.lines(text, screen.columns()).forEach(line -> screen.line(screen.paint(Tone.FAINT, line)));
    }
}
