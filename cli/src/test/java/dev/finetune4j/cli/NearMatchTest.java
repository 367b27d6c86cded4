package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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
        suggests("qwen2.5-7b-instruct", "models", "Qwen2.5-7B-Instruct");
        suggests("llama-3.1-8b-instruct", "models", "meta-llama/Llama-3.1-8B-Instruct");
        assertThat(CommandRun.of("models", "hf:Qwen/Qwen2.5-7B-Instruct").out())
                .isEqualTo(CommandRun.of("models", "qwen2.5-7b-instruct").out());
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
    void ofTheStartOfSeveralRunsIsTheCommandThatWasTypedWithTheIdOfOne() {
        begin("tickets-7aef332d-1", 1);
        assertThat(CommandRun.in(folder, Map.of(), "show", "shakespeare").err())
                .contains("the only run is tickets-7aef332d-1");
        begin("tickets-7aef332d-2", 2);
        begin("tickets-7aef332d-10", 3);

        assertThat(tried("generate", "tickets", "--prompt", "Which team?"))
                .isEqualTo("finetune generate tickets-7aef332d-10 --prompt 'Which team?'");
        assertThat(tried("generate", "tickets", "--prompt", "tickets"))
                .isEqualTo("finetune generate tickets-7aef332d-10 --prompt tickets");
        assertThat(tried("generate", "--prompt", "tickets", "tickets"))
                .isEqualTo("finetune generate --prompt tickets tickets-7aef332d-10");
        assertThat(tried("compare", "tickets-7aef332d-1", "tickets"))
                .isEqualTo("finetune compare tickets-7aef332d-1 tickets-7aef332d-10");
        assertThat(tried("compare", "tickets-7aef332d-10", "tickets"))
                .isEqualTo("finetune compare tickets-7aef332d-10 tickets-7aef332d-2");
    }

    @Test
    void ofTheStartOfSeveralRunsIsNoCommandThatWouldEndOrRemoveOne() {
        begin("tickets-7aef332d-1", 1);
        begin("tickets-7aef332d-2", 2);

        for (String[] command :
                new String[][] {{"clean", "tickets"}, {"stop", "tickets"}, {"host", "tickets", "--remove", "--yes"}}) {
            assertThat(tried(command)).as(command[0]).isEqualTo("finetune show tickets-7aef332d-2");
        }
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

    /** Writes a run that began on a day of November. */
    private void begin(String id, int day) {
        TicketsJournal.write(folder, new RunId(id), Instant.parse("2026-11-0" + day + "T12:00:00Z"));
    }

    /** The remedy of a command that names a run by what several begin with. */
    private String tried(String... command) {
        CommandRun run = CommandRun.in(folder, Map.of(), command);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        String err = CommandRun.oneLine(run.err());
        assertThat(err).contains("FT0504: ", " runs begin with tickets", " try ", " more finetune explain");
        return err.substring(err.indexOf(" try ") + " try ".length(), err.indexOf(" more finetune explain"));
    }

    private static void suggests(String word, String... arguments) {
        CommandRun run = CommandRun.of(arguments);

        assertThat(run.exitCode()).as(run.err()).isIn(2, 3);
        assertThat(run.err()).contains("did you mean " + word + "?");
        assertThat(run.out()).isEmpty();
    }
}
