package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.PricesView;
import dev.finetune4j.engine.price.Market;
import dev.finetune4j.engine.price.Renewal;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.OfferSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Asks the vendors for today's prices. */
@Command(
        name = "refresh",
        mixinStandardHelpOptions = true,
        description = {
            "Asks the vendors for today's prices and keeps them on this machine.",
            "What cannot be had, or cannot be, stays as it was and is told.",
            "What that needs, by the name of the source:"
        },
        footer = {"", "Example:", "  finetune prices refresh"})
final class PricesRefreshCommand implements Callable<Integer>, VendorCommand {
    private final Surroundings surroundings;

    @Parameters(arity = "0..*", paramLabel = "SOURCE", description = "Only these, by the names above (default: all).")
    List<String> sources = new ArrayList<>();

    @Mixin
    OutputOptions output = new OutputOptions();

    PricesRefreshCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public SortedMap<String, String> vendors() {
        return new Vendors<>(OfferSource.class, OfferSource::name).saying(OfferSource::needs);
    }

    @Override
    public String ending(VendorHelp help) {
        return help.lines(vendors().keySet().stream()
                .map(name -> "  finetune prices refresh " + name)
                .toList());
    }

    @Override
    public Integer call() {
        Market market = Market.open(surroundings.providerContext());
        List<Renewal> renewals = new ArrayList<>();
        List<FineTuneException> failures = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        try (MessageView messages = surroundings.messages(output.format)) {
            for (String source : sources.isEmpty() ? market.sources() : sources) {
                messages.doing("asking " + source + " for prices");
                try {
                    Renewal renewal = market.refresh(source);
                    renewals.add(renewal);
                    problems.addAll(renewal.problems());
                } catch (FineTuneException e) {
                    failures.add(e);
                    e.problems().forEach(problem -> problems.add(problem.with(Severity.WARNING)));
                }
            }
            // Who names a source wants that one; who names none takes what there is.
            if (!failures.isEmpty() && (renewals.isEmpty() || !sources.isEmpty())) {
                throw new FineTuneException(
                        failures.stream()
                                .flatMap(failure -> failure.problems().stream())
                                .toList(),
                        failures.get(0));
            }
            messages.problems(problems);
        }
        if (output.isJson()) {
            surroundings.screen().line(Json.pretty(Map.of("renewals", renewals, "problems", problems)));
        } else {
            new PricesView(surroundings.screen()).printRenewals(renewals);
        }
        return ExitCode.OK.number();
    }
}
