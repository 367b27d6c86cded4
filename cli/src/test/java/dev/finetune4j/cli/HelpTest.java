package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.testkit.GoldenFiles;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class HelpTest {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden/help");

    @Test
    void everyCommandHasHelpWithAnExampleInEightyColumns() {
        for (String name : CommandNames.all()) {
            CommandRun help = CommandRun.of(name, "--help");

            assertThat(help.exitCode()).as(name).isZero();
            assertThat(help.err()).as(name).isEmpty();
            assertThat(help.out()).as(name).contains("Example:").contains("finetune " + name);
            assertThat(help.out().lines())
                    .as(name)
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
            GOLDEN.assertMatches(name + ".txt", help.out());
        }
    }

    @Test
    void aCommandBelowACommandHasHelpToo() {
        CommandRun help = CommandRun.of("prices", "refresh", "--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("Example:").contains("finetune prices refresh");
        GOLDEN.assertMatches("prices-refresh.txt", help.out());
    }

    @Test
    void theBacktestOfEstimatesHasHelpToo() {
        CommandRun help = CommandRun.of("estimates", "backtest", "--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("Example:").contains("finetune estimates backtest");
        GOLDEN.assertMatches("estimates-backtest.txt", help.out());
    }

    @Test
    void theRootListsEveryCommandOfTheGuide() {
        CommandRun help = CommandRun.of("--help");

        assertThat(help.exitCode()).isZero();
        assertThat(List.of(
                        "init",
                        "check",
                        "plan",
                        "run",
                        "ps",
                        "show",
                        "why",
                        "logs",
                        "watch",
                        "stop",
                        "eval",
                        "generate",
                        "chat",
                        "report",
                        "compare",
                        "advise",
                        "models",
                        "offers",
                        "prices",
                        "schema",
                        "explain",
                        "doctor"))
                .allSatisfy(name -> assertThat(help.out()).contains("  " + name + " "));
        GOLDEN.assertMatches("finetune.txt", help.out());
    }

    @Test
    void aNarrowTerminalIsNoReasonToFail() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        Screen narrow = new Screen(stream, stream, false, false, false, 40);

        int exitCode = Main.run(Surroundings.system().on(narrow), "models");

        assertThat(exitCode).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("parameters")
                .satisfies(text -> assertThat(text.lines())
                        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(40)));
    }

    @Test
    void errorsOfTheMachineAreToldLikeAnyOther() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Failures failures = new Failures(Surroundings.system().on(new Screen(stream, stream, false, false, false, 80)));

        assertThat(failures.onError(new OutOfMemoryError(), "check")).isEqualTo(5);
        assertThat(failures.onError(new NoClassDefFoundError(), "check")).isEqualTo(1);

        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("error FT0010", "FINETUNE_HEAP=")
                .contains("error FT0001", "NoClassDefFoundError")
                .doesNotContain("\tat ");
    }

    @Test
    void aMisspeltCommandNamesTheOneThatWasMeant() {
        CommandRun run = CommandRun.of("chek", "job.yaml");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("error FT0002").contains("check").contains("finetune --help");
    }

    @Test
    void aValueOfTheWrongKindIsToldInTheWordsOfTheHelp() {
        assertThat(CommandRun.oneLine(
                        CommandRun.of("plan", "job.yaml", "--optimize", "fast").err()))
                .contains("FT0002: --optimize must be cost, time or balanced, was fast")
                .contains("finetune plan --help")
                .doesNotContain("COST");
        assertThat(CommandRun.oneLine(
                        CommandRun.of("plan", "job.yaml", "--layers", "abc").err()))
                .contains("FT0002: --layers must be a whole number of at most 2147483647, was abc");
    }

    /** Half a surrogate pair is in no character set, as an umlaut is not in that of the locale C. */
    @Test
    void aNameThatTheLocaleDoesNotHaveIsToldAsThat() {
        for (String command : List.of("check", "explain")) {
            CommandRun run = CommandRun.of(command, "t\ud800.yaml");

            assertThat(run.exitCode()).as(command).isEqualTo(2);
            assertThat(CommandRun.oneLine(run.err()))
                    .contains(
                            "error FT0012: ", "JOB is t?.yaml", "character set of the locale", "export LC_ALL=C.UTF-8")
                    .doesNotContain("java.nio");
        }
    }

    @Test
    void tooFewArgumentsAreCounted() {
        assertThat(CommandRun.oneLine(CommandRun.of("compare", "only-one").err()))
                .contains("FT0002: finetune compare takes at least 2 of RUN, but got 1");
        assertThat(CommandRun.oneLine(CommandRun.of("compare").err()))
                .contains("FT0002")
                .contains("RUN");
    }

    @Test
    void aMissingArgumentNamesTheHelpOfItsCommand() {
        CommandRun run = CommandRun.of("check");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'JOB'").contains("finetune check --help");
    }
}
