package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A slip in a word that finetune knows is answered with the word. */
class NearMatchTest {
    @TempDir
    Path folder;

    @Test
    void ofACommand() {
        suggests("check", "chek", "job.yaml");
        suggests("generate", "gen");
        assertThat(CommandRun.of("qwertzuiop").err())
                .doesNotContain("did you mean")
                .contains("finetune --help");
    }

    @Test
    void ofAnOption() {
        suggests("--resolved", "check", "job.yaml", "--reslved");
        suggests("--max-new-tokens", "generate", "x", "--prompt", "y", "--max-new-token=4");
        suggests("--all", "ps", "--al");
        assertThat(CommandRun.of("ps", "--qwertz").err())
                .contains("finetune ps has no option --qwertz")
                .doesNotContain("did you mean")
                .contains("try   finetune ps --help");
    }

    @Test
    void ofATaskAModelAndACode() {
        suggests("classification", "init", "clasification");
        suggests("smollm2-135m-instruct", "models", "smolm2-135m-instruct");
        suggests("smollm2-135m-instruct", "models", "smollm2-135m");
        suggests("FT0310", "explain", "FTO310");
        assertThat(CommandRun.of("explain", "FT9999").err())
                .contains("no problem has the code FT9999")
                .doesNotContain("did you mean");
        assertThat(CommandRun.of("explain", "310").out()).startsWith("FT0310: ");
    }

    @Test
    void anExplanationFlowsToTheWidthOfTheScreen() {
        assertThat(CommandRun.of("explain", "FT0108").out()).contains("training core can handle; both bounds");
    }

    @Test
    void ofAPlaceAGpuAndASourceOfPrices() {
        suggests("sagemaker", "offers", "--target", "sagmaker");
        suggests("H100-SXM", "offers", "--gpu", "H100-SMX");
        suggests("azure", "prices", "refresh", "azur");
        suggests("refresh", "prices", "refesh");
    }

    @Test
    void ofARunByItsIdOrItsJobsName() throws IOException {
        Files.createDirectories(folder.resolve("runs/attack-tactics-7aef332d-1"));

        for (String slip : new String[] {"attack-tactics-7aef323d-1", "atack-tactics", "attak-tactic"}) {
            CommandRun show = CommandRun.in(folder, Map.of(), "show", slip);

            assertThat(show.exitCode()).isEqualTo(2);
            assertThat(show.err()).contains("FT0504").contains("did you mean attack-tactics-7aef332d-1?");
        }
        assertThat(CommandRun.in(folder, Map.of(), "show", "shakespeare").err())
                .doesNotContain("did you mean")
                .contains("attack-tactics-7aef332d-1");
    }

    @Test
    void ofTheStartOfSeveralRunsIsTheCommandThatWasTypedWithTheIdOfOne() throws IOException {
        Files.createDirectories(folder.resolve("runs/tickets-7aef332d-1"));
        assertThat(CommandRun.in(folder, Map.of(), "show", "shakespeare").err())
                .contains("the only run is tickets-7aef332d-1");
        Files.createDirectories(folder.resolve("runs/tickets-7aef332d-2"));

        CommandRun generate = CommandRun.in(folder, Map.of(), "generate", "tickets", "--prompt", "Which team?");

        assertThat(generate.exitCode()).isEqualTo(2);
        assertThat(CommandRun.oneLine(generate.err()))
                .contains("FT0504: 2 runs begin with tickets")
                .containsPattern("try finetune generate tickets-7aef332d-[12] --prompt 'Which team\\?'");
    }

    @Test
    void argumentsThatAreTooManyOrMissingAreNamed() {
        assertThat(CommandRun.of("schema", "extra", "more").err())
                .contains("finetune schema takes no further argument, but got extra more")
                .contains("try   finetune schema --help");
        assertThat(CommandRun.of("generate", "run").err())
                .contains("--prompt")
                .contains("try   finetune generate --help");
        assertThat(CommandRun.of().err()).contains("name a command").contains("try   finetune --help");
    }

    private static void suggests(String word, String... arguments) {
        CommandRun run = CommandRun.of(arguments);

        assertThat(run.exitCode()).as(run.err()).isIn(2, 3);
        assertThat(run.err()).contains("did you mean " + word + "?");
        assertThat(run.out()).isEmpty();
    }
}
