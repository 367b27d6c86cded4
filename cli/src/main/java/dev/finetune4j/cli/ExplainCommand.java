package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.cli.view.Table;
import dev.finetune4j.cli.view.Tone;
import dev.finetune4j.cli.view.Wrap;
import dev.finetune4j.engine.spec.Spelling;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.json.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Explains a problem code, or lists all. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = "Explains a problem code, or lists all codes.",
        footer = {"", "Example:", "  finetune explain FT0101"})
final class ExplainCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(arity = "0..1", paramLabel = "CODE", description = "The code of a problem, such as FT0101.")
    @Nullable
    String code;

    @Mixin
    OutputOptions output = new OutputOptions();

    ExplainCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (code == null) {
            list();
        } else {
            explain(find(code));
        }
        return ExitCode.OK.number();
    }

    /** Every kind of problem on the class path, sorted by code. */
    static List<ProblemKind> allKinds() {
        return ServiceLoader.load(ProblemCatalogue.class).stream()
                .flatMap(catalogue -> catalogue.get().kinds().stream())
                .sorted(Comparator.comparing(ProblemKind::code))
                .toList();
    }

    private void list() {
        Screen screen = surroundings.screen();
        if (output.isJson()) {
            screen.line(Json.pretty(Map.of("codes", allKinds())));
            return;
        }
        Table table = new Table().text("CODE").text("PROBLEM").number("EXIT");
        allKinds()
                .forEach(kind -> table.row(
                        kind.code(),
                        kind.title(),
                        String.valueOf(kind.exitCode().number())));
        table.print(screen);
    }

    private void explain(ProblemKind kind) {
        Screen screen = surroundings.screen();
        if (output.isJson()) {
            screen.line(Json.pretty(kind));
            return;
        }
        screen.line(screen.paint(Tone.STRONG, kind.code() + ": " + kind.title()));
        screen.line("");
        Wrap.lines(kind.explanation(), screen.columns()).forEach(screen::line);
        screen.line("");
        screen.line("try   " + Wrap.hanging(kind.remedy(), screen.columns(), 6));
        screen.line("exit  " + kind.exitCode().number());
    }

    private static ProblemKind find(String code) {
        String wanted =
                code.matches("\\d{1,4}") ? "FT" + "0".repeat(4 - code.length()) + code : code.toUpperCase(Locale.ROOT);
        return allKinds().stream()
                .filter(kind -> kind.code().equals(wanted))
                .findFirst()
                .orElseThrow(() -> unknown(code));
    }

    private static FineTuneException unknown(String code) {
        Problem.Builder problem = CliProblems.UNKNOWN_CODE.error("no problem has the code " + code);
        Spelling.nearest(code, allKinds().stream().map(ProblemKind::code).toList())
                .ifPresent(near -> problem.because("did you mean " + near + "?").remedy("finetune explain " + near));
        return problem.remedy("finetune explain").asException();
    }
}
