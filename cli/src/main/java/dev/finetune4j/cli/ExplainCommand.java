package dev.finetune4j.cli;

import dev.finetune4j.cli.view.HintView;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.cli.view.Table;
import dev.finetune4j.cli.view.Tone;
import dev.finetune4j.cli.view.Wrap;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.hints.Hint;
import dev.finetune4j.engine.hints.HintBook;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Spelling;
import dev.finetune4j.json.Json;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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
        description =
                "Explains a problem code, lists all codes, or tells what others choose for the settings of a job and where they say so.",
        footer = {"", "Example:", "  finetune explain FT0101", "  finetune explain job.yaml"})
final class ExplainCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(
            arity = "0..1",
            paramLabel = "CODE|JOB",
            description = "The code of a problem, such as FT0101, or a job file.")
    @Nullable
    String subject;

    @Mixin
    OutputOptions output = new OutputOptions();

    ExplainCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (subject == null) {
            list();
        } else if (Files.isRegularFile(path(subject))) {
            explain(path(subject));
        } else {
            explain(find(subject));
        }
        return ExitCode.OK.number();
    }

    private static Path path(String subject) {
        try {
            return Path.of(subject);
        } catch (InvalidPathException e) {
            throw CliProblems.misnamed("CODE|JOB", e).asException(e);
        }
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

    private void explain(Path job) {
        List<Hint> hints;
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            view.doing("checking " + job);
            hints = HintBook.shipped().of(tuner.check(surroundings.read(job)));
        }
        if (output.isJson()) {
            surroundings.screen().line(Json.pretty(Map.of("hints", hints)));
        } else {
            new HintView(surroundings.screen()).print(hints);
        }
    }

    private void explain(ProblemKind kind) {
        Screen screen = surroundings.screen();
        if (output.isJson()) {
            screen.line(Json.pretty(kind));
            return;
        }
        screen.line(screen.paint(Tone.STRONG, kind.code() + ": " + kind.title()));
        screen.line("");
        Wrap.lines(flowing(kind.explanation()), screen.columns()).forEach(screen::line);
        screen.line("");
        screen.line("try   " + Wrap.hanging(kind.remedy(), screen.columns(), 6));
        screen.line("exit  " + kind.exitCode().number());
    }

    /** Without the breaks of the lines in which it is written down; those of paragraphs stay. */
    private static String flowing(String text) {
        return text.replaceAll("(?<!\n)\n(?![\n -])", " ");
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
        boolean isWellFormed =
                code.toUpperCase(Locale.ROOT).matches("(FT)?\\d{1,4}"); // of other digits any code is near
        if (!isWellFormed) {
            Spelling.nearest(code, allKinds().stream().map(ProblemKind::code).toList())
                    .ifPresent(near ->
                            problem.because("did you mean " + near + "?").remedy("finetune explain " + near));
        }
        return problem.remedy("finetune explain").asException();
    }
}
