package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.PricesView;
import dev.finetune4j.cli.view.TargetPrices;
import dev.finetune4j.engine.price.Market;
import dev.finetune4j.engine.price.SourceOffers;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says which prices are known, how old they are and where they come from. */
@Command(
        name = "prices",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "[refresh]",
        description = "Says which prices are known, how old they are and where they come from.",
        footer = {"", "Example:", "  finetune prices", "  finetune prices refresh"},
        subcommands = PricesRefreshCommand.class)
final class PricesCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    OutputOptions output = new OutputOptions();

    PricesCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        List<Problem> problems = new ArrayList<>();
        List<SourceOffers> sources = Market.open(surroundings.providerContext()).look(problems);
        try (MessageView messages = surroundings.messages(output.format)) {
            messages.problems(problems);
        }
        List<TargetPrices> prices = TargetPrices.of(sources, surroundings.today());
        if (output.isJson()) {
            surroundings.screen().line(Json.pretty(Map.of("prices", prices)));
        } else {
            new PricesView(surroundings.screen()).print(prices);
        }
        return ExitCode.OK.number();
    }
}
