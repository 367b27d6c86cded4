package dev.finetune4j.cli;

import dev.finetune4j.cli.view.HostingView;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.PlannedCallsView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.HostingTerms;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.value.ProviderId;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets a place hold a tuned model ready to answer, once somebody agreed to what that costs, and ends it. */
@Command(
        name = "host",
        mixinStandardHelpOptions = true,
        description = {
            "Hosts the tuned model of a run where its place keeps it, so that it answers.",
            "Shows what that costs an hour, and a month if it is left on, and asks.",
            "--remove ends it, --list tells what is hosted now and what it costs."
        },
        footer = {
            "",
            "The same command again takes up what is there; nothing is hosted twice.",
            "Without --way the model is hosted in the first way of its place, which charges",
            "nothing while nobody asks, where there is such a way and its data may go there.",
            "With --target, --way is the one in which that place takes models in.",
            "",
            "Example:",
            "  finetune host attack-tactics-3f9c2a71-1",
            "  finetune host attack-tactics-3f9c2a71-1 --target bedrock --dry-run",
            "  finetune host attack-tactics-3f9c2a71-1 --remove --yes"
        })
final class HostCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "RUN",
            description = "The run's id, or the start of it; see finetune ps.")
    @Nullable
    String run;

    @Option(
            names = "--way",
            paramLabel = "WAY",
            description = "How, by the place's name of it; --dry-run shows what there is.")
    @Nullable
    String way;

    @Option(
            names = "--target",
            paramLabel = "PLACE",
            description =
                    "Merge the adapter of the run into its base model, bring that to this place, which did not train it, and host it there.")
    @Nullable
    String target;

    @Option(
            names = "--units",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many units of what is paid by the hour; 1 by default.")
    int units = 1;

    @Option(names = "--remove", description = "End what is hosted of the run; its tuned model stays.")
    boolean remove;

    @Option(names = "--list", description = "List what is hosted of all runs, with what it costs.")
    boolean list;

    @Mixin
    Consent consent = new Consent();

    @Option(
            names = "--unknown-price",
            description = "With --yes: agree also where what an hour costs is not known here.")
    boolean unknownPrice;

    @Option(names = "--dry-run", description = "Show the terms and the calls that would be made, and make none.")
    boolean dryRun;

    @Mixin
    OutputOptions output = new OutputOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    HostCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (list == (run != null)) {
            throw new ParameterException(spec.commandLine(), "name a run, or say --list");
        }
        if (remove && dryRun) {
            throw new ParameterException(
                    spec.commandLine(), "--dry-run shows what hosting would ask for; --remove asks first");
        }
        if (units < 1) {
            throw new ParameterException(spec.commandLine(), "--units must be 1 or more, was " + units);
        }
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            HostingView shown = new HostingView(surroundings.screen(), surroundings.clock(), output.isJson());
            if (run == null) {
                shown.print(tuner.hosting().list());
            } else if (remove) {
                end(tuner, run, view, shown);
            } else {
                host(tuner, run, view, shown);
            }
            return ExitCode.OK.number();
        }
    }

    private void host(FineTuner tuner, String asked, MessageView view, HostingView shown)
            throws IOException, InterruptedException {
        view.doing("asking the place of " + tuner.folder(asked).id());
        HostingTerms terms = target == null
                ? tuner.hosting().terms(asked, way, units)
                : tuner.hosting().terms(asked, way, units, new ProviderId(target));
        shown.tell(terms);
        if (dryRun) {
            new PlannedCallsView(surroundings.screen(), output.isJson())
                    .print(tuner.hosting().dryRun(terms));
            return;
        }
        if (terms.hosted() == null
                && consent.isYes()
                && !unknownPrice
                && terms.perHour().isEmpty()) {
            throw new UnagreedException(
                    spec.commandLine(),
                    "what an hour costs is not known here; say --unknown-price besides --yes to agree to it unseen",
                    "--unknown-price");
        }
        if (terms.hosted() == null && !consent.isGiven("host at these terms", view, surroundings, spec)) {
            view.declined("nothing was hosted");
            return;
        }
        HostedModel model = tuner.hosting()
                .host(
                        terms,
                        state -> view.doing("hosting: " + state.state().name().toLowerCase(Locale.ROOT)),
                        why -> view.problems(List.of(why)));
        Problem problem = model.problem();
        if (problem != null) {
            throw problem.asException();
        }
        shown.print(model, terms);
    }

    private void end(FineTuner tuner, String asked, MessageView view, HostingView shown) throws IOException {
        List<HostedModel> there = tuner.hosting().find(asked);
        there.forEach(shown::tellEnd);
        if (there.isEmpty() || consent.isGiven("end this", view, surroundings, spec)) {
            List<HostedModel> ended = tuner.hosting().end(asked);
            if (output.isJson()) {
                surroundings.screen().line(Json.pretty(ended));
            } else if (ended.isEmpty()) {
                surroundings.screen().line("nothing is hosted of " + asked);
            } else {
                ended.forEach(model -> surroundings.screen().line("ended " + model.reference()));
            }
        } else {
            view.declined("nothing was ended");
        }
    }
}
