package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.cli.view.Table;
import dev.finetune4j.cli.view.Tone;
import dev.finetune4j.cli.view.Wrap;
import dev.finetune4j.engine.models.Benchmark;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.models.ModelSource;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the models that a job can name by a short id. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = "Shows the models that a job can name by a short id.",
        footer = {"", "Example:", "  finetune models", "  finetune models smollm2-135m-instruct"})
final class ModelsCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(arity = "0..1", paramLabel = "ID", description = "One model, with all that is known of it.")
    @Nullable
    String id;

    @Mixin
    OutputOptions output = new OutputOptions();

    ModelsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ModelCatalogue catalogue = ModelCatalogue.shipped();
        if (id == null) {
            list(catalogue);
        } else {
            show(catalogue.get(id));
        }
        return ExitCode.OK.number();
    }

    private void list(ModelCatalogue catalogue) {
        Screen screen = surroundings.screen();
        if (output.isJson()) {
            screen.line(Json.pretty(Map.of("models", catalogue.models())));
            return;
        }
        Table table = new Table()
                .id("ID")
                .number("PARAMETERS")
                .number("CONTEXT")
                .text("LICENCE")
                .text("HUB");
        catalogue
                .models()
                .forEach(model -> table.row(
                        model.id(),
                        Figures.large(model.parameters()),
                        Figures.count(model.contextTokens()),
                        model.licence(),
                        model.isGated() ? "gated" : "open"));
        table.print(screen);
        String gated =
                "gated: accept the licence on the hub, and set HF_TOKEN; finetune models ID shows all that is known of one";
        screen.line(screen.paint(Tone.FAINT, Wrap.hanging(gated, screen.columns(), 0)));
    }

    private void show(CatalogueModel model) {
        Screen screen = surroundings.screen();
        if (output.isJson()) {
            screen.line(Json.pretty(model));
            return;
        }
        screen.line(screen.paint(Tone.STRONG, model.title()));
        Wrap.lines(model.goodFor(), screen.columns()).forEach(screen::line);
        Table table = new Table().text("FACT").text("VALUE");
        table.row("id", model.id());
        table.row("parameters", Figures.count(model.parameters()));
        table.row("context", Figures.count(model.contextTokens()) + " tokens");
        table.row("architecture", model.architecture());
        table.row("licence", model.licence() + (model.isGated() ? " (must be accepted on the hub)" : ""));
        new TreeMap<>(model.ids()).forEach((place, name) -> table.row("on " + place, name));
        for (Benchmark benchmark : model.benchmarks()) {
            table.row(
                    benchmark.name(),
                    benchmark.score() + " (" + benchmark.shots() + " shots, " + benchmark.source() + ")");
        }
        for (ModelSource source : model.sources()) {
            table.row("source", source.from());
        }
        table.print(screen);
    }
}
