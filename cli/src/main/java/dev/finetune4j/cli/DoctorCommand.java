package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.cli.view.Table;
import dev.finetune4j.cli.view.Tone;
import dev.finetune4j.cli.view.Wrap;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks at this machine and says what would get in the way of a run. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Looks at this machine and says what would get in the way of a run.",
        footer = {"", "Example:", "  finetune doctor"})
final class DoctorCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    OutputOptions output = new OutputOptions();

    DoctorCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Screen screen = surroundings.screen();
        List<Diagnosis> diagnoses = new Examination(surroundings).all();
        boolean isIll = diagnoses.stream().anyMatch(diagnosis -> diagnosis.verdict() == Diagnosis.Verdict.FAIL);
        if (output.isJson()) {
            screen.line(Json.pretty(Map.of("diagnoses", diagnoses)));
        } else {
            print(screen, diagnoses);
        }
        return (isIll ? ExitCode.INVALID : ExitCode.OK).number();
    }

    private static void print(Screen screen, List<Diagnosis> diagnoses) {
        Table table = new Table().text("CHECK").text("VERDICT").text("FOUND");
        diagnoses.forEach(diagnosis ->
                table.row(diagnosis.name(), diagnosis.verdict().name().toLowerCase(Locale.ROOT), diagnosis.found()));
        table.print(screen);
        diagnoses.stream()
                .filter(diagnosis -> !diagnosis.remedy().isEmpty())
                .forEach(diagnosis -> screen.line(screen.paint(Tone.WARN, diagnosis.name()) + ": "
                        + Wrap.hanging(
                                diagnosis.remedy(),
                                screen.columns() - diagnosis.name().length() - 2,
                                2)));
    }
}
