package dev.finetune4j.cli;

import dev.finetune4j.cli.view.AdviceView;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.advise.Advice;
import dev.finetune4j.engine.advise.AdviseProblems;
import dev.finetune4j.engine.advise.Approach;
import dev.finetune4j.engine.advise.ApproachBook;
import dev.finetune4j.engine.advise.AskedTask;
import dev.finetune4j.engine.advise.BaseModelBook;
import dev.finetune4j.engine.advise.PlacedModel;
import dev.finetune4j.engine.advise.SuitedModel;
import dev.finetune4j.engine.advise.TuningPlace;
import dev.finetune4j.engine.advise.TuningPlaces;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.price.Market;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.ServiceMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says whether fine-tuning is the right answer at all, and on which base model. */
@Command(
        name = "advise",
        mixinStandardHelpOptions = true,
        description = {
            "Says whether a task calls for prompt engineering, RAG, fine-tuning or an own model, why, and what would change"
                    + " the answer; then which base models suit and where they can be tuned.",
            "With a job its rows are looked at. On a terminal, without job and options, it asks."
        },
        footer = {
            "",
            "Example:",
            "  finetune advise job.yaml --facts none --latency instant",
            "  finetune advise --rows 2000 --form fixed --task classification"
        })
final class AdviseCommand implements Callable<Integer> {
    private static final int SHOWN = 5;

    private final Surroundings surroundings;

    @Parameters(arity = "0..1", paramLabel = "JOB", description = "A job file; options say more or better.")
    @Nullable
    Path job;

    @Mixin
    SituationOptions situation = new SituationOptions();

    @Mixin
    ModelWishOptions wishes = new ModelWishOptions();

    @Option(
            names = {"-a", "--all"},
            description = "Every base model that suits, not just the first " + SHOWN + ".")
    boolean all;

    @Mixin
    OutputOptions output = new OutputOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    /**
     * What a program reads.
     *
     * @param advice the advice on the approach
     * @param task what it rests on
     * @param baseModels those that suit, best first, and that of the job where it suits; empty where no fine-tuning is advised, the task is not
     *     known or no open model learns it
     * @param services what learns the task where no open model does, the cheapest first
     */
    private record Advised(Advice advice, AskedTask task, List<PlacedModel> baseModels, List<TuningPlace> services) {}

    AdviseCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        AskedTask task = task();
        Advice advice = ApproachBook.shipped().advise(task.situation());
        TaskKind kind = task.wishes().task();
        List<PlacedModel> models = List.of();
        List<TuningPlace> services = List.of();
        if (advice.advises(Approach.FINE_TUNING) && kind != null) {
            ServiceMethod method = ServiceMethod.of(kind);
            TuningPlaces places = places(method);
            if (method == ServiceMethod.SUPERVISED) {
                models = models(task, places);
            } else {
                services = places.services();
            }
        }
        if (output.isJson()) {
            surroundings.screen().line(Json.pretty(new Advised(advice, task, models, services)));
        } else {
            new AdviceView(surroundings.screen()).print(advice, task, models, services);
        }
        return ExitCode.OK.number();
    }

    private AskedTask task() throws IOException {
        AskedTask said = new AskedTask(situation.situation(), wishes.wishes(spec));
        if (job != null) {
            return ofJob(job).and(said);
        }
        if (said.isUnknown() && surroundings.isTyped() && !output.isJson()) {
            return new Interview(surroundings.screen(), surroundings.in()).ask(said);
        }
        if (said.isUnknown()) {
            throw AdviseProblems.nothingKnown()
                    .error("neither a job nor an answer was given")
                    .asException();
        }
        return said;
    }

    /** A model that the catalogue knows is not fetched for it, as for no plan. */
    private AskedTask ofJob(Path file) {
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            view.doing("checking " + file);
            JobFile read = surroundings.read(file);
            boolean isKnown = ModelCatalogue.shipped().find(read.job().model()).isPresent();
            if (isKnown && !tuner.hasModel(read)) {
                return AskedTask.of(tuner.figures(read));
            }
            return AskedTask.of(tuner.check(read));
        }
    }

    private TuningPlaces places(ServiceMethod method) {
        List<Problem> problems = new ArrayList<>();
        Market market = Market.open(surroundings.providerContext());
        List<Offer> offers = market.offers(problems);
        try (MessageView messages = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open()) {
            messages.problems(problems);
            return new TuningPlaces(
                    offers,
                    market.facts().ownModels(),
                    tuner.refusals(),
                    method,
                    surroundings.memory().getAsLong());
        }
    }

    private List<PlacedModel> models(AskedTask task, TuningPlaces places) {
        ModelCatalogue catalogue = ModelCatalogue.shipped();
        Path file = job;
        Optional<CatalogueModel> own = file == null
                ? Optional.empty()
                : catalogue.find(surroundings.read(file).job().model());
        Integer longest = task.wishes().longestTokens();
        List<SuitedModel> suited = BaseModelBook.shipped()
                .suited(catalogue, task.situation(), task.wishes(), model -> places.isHere(model, longest));
        List<PlacedModel> placed = new ArrayList<>();
        int rank = 0;
        for (SuitedModel one : suited) {
            rank++;
            boolean isOwn = own.filter(one.model()::equals).isPresent();
            if (all || rank <= SHOWN || isOwn) {
                placed.add(new PlacedModel(one, places.of(one.model(), longest), rank, isOwn));
            }
        }
        return placed;
    }
}
