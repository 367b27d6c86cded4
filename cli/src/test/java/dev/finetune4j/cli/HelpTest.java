package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.testkit.GoldenFiles;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HelpTest {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden/help");

    @Test
    void everyCommandHasHelpWithAnExampleInEightyColumns() {
        for (String name : commands().keySet()) {
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
    void theRootListsEveryCommandOfTheGuide() {
        CommandRun help = CommandRun.of("--help");

        assertThat(help.exitCode()).isZero();
        assertThat(List.of(
                        "init",
                        "check",
                        "run",
                        "ps",
                        "show",
                        "watch",
                        "stop",
                        "eval",
                        "generate",
                        "report",
                        "compare",
                        "models",
                        "schema",
                        "explain",
                        "doctor"))
                .allSatisfy(name -> assertThat(help.out()).contains("  " + name + " "));
        GOLDEN.assertMatches("finetune.txt", help.out());
    }

    @Test
    void aMisspeltCommandNamesTheOneThatWasMeant() {
        CommandRun run = CommandRun.of("chek", "job.yaml");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("error FT0002").contains("check").contains("finetune --help");
    }

    @Test
    void aMissingArgumentNamesTheHelpOfItsCommand() {
        CommandRun run = CommandRun.of("check");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'JOB'").contains("finetune check --help");
    }

    @Test
    void problemsComeAsJsonWhereJsonIsAskedFor() {
        CommandRun run = CommandRun.of("explain", "FT9999", "-o", "json");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("{").contains("\"code\" : \"FT0003\"");
    }

    private static Map<String, CommandLine> commands() {
        Surroundings surroundings = Surroundings.system();
        Map<String, CommandLine> commands =
                new TreeMap<>(Main.commandLine(surroundings).getSubcommands());
        commands.remove("help");
        return commands;
    }
}
