package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Why nothing of a plan can be chosen, and what would change that. */
class PlanRefusalsTest extends PlannedTickets {
    @Test
    void noOtherTargetIsChosenWhereThoseOfTheJobWillNotDo() throws IOException {
        job = write("method: lora\ntargets: [bedrock]");

        CommandRun plan = plan();

        assertThat(plan.exitCode()).isEqualTo(5);
        assertThat(plan.out()).contains("other model", "sagemaker").doesNotContain("chosen", "1*");
        assertThat(plan.err()).contains("FT0762", "bedrock/us-west-2");
    }

    /** Services train adapters alone, so that no price would let one be chosen. */
    @Test
    void whatDoesNotWorkByTheMethodOfTheJobIsNoNearFit() throws IOException {
        job = write("method: full");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "llama-3.3-70b-instruct"));

        CommandRun none = plan("--target", "bedrock");

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err()))
                .contains("FT0760: bedrock does not tune tickets as it is", "services train adapters")
                .containsPattern("(try|or) +method: lora")
                .doesNotContain("FT0762", "prices refresh");
    }

    /** No price makes it larger. */
    @Test
    void besideAnUnknownPriceAMachineThatIsTooSmallIsToldOf() throws IOException {
        job = write("""
                method: lora
                targets: [sagemaker, bedrock]
                places: {sagemaker: {region: us-east-1, machine: ml.g4dn.xlarge}}
                """);

        CommandRun none = plan();

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err()))
                .contains("FT0762", "bedrock/us-west-2", "sagemaker ml.g4dn.xlarge: needs ")
                .containsPattern("of all that is offered it fits sagemaker/")
                .containsPattern("(try|or) +places\\.sagemaker: \\{machine: ml\\.\\S+, region: \\S+\\}")
                .containsPattern("or +finetune prices refresh");
    }

    @Test
    void anotherModelAndAnUnknownPriceAreShownAndNeverChosen() {
        CommandRun plan = plan("--target", "bedrock,azure-openai");

        assertThat(plan.exitCode()).isEqualTo(5);
        assertThat(plan.out()).contains("other model", "no price").doesNotContain("chosen", "1*");
        assertThat(plan.err()).contains("FT0762", "finetune prices refresh");
    }

    @Test
    void spotWhereNoneIsSoldIsNotTakenForALackOfMemory() {
        CommandRun none = plan("--target", "jumpstart", "--spot", "only");

        assertThat(none.exitCode()).isEqualTo(3);
        assertThat(none.err())
                .contains("FT0770", "cannot be planned on spot at jumpstart", "--spot never")
                .doesNotContain("memory");
    }

    @Test
    void flagsThatLeaveNothingAreNamedAndNotTakenForALackOfMemory() {
        CommandRun spot = plan("--target", "bedrock", "--spot", "only");
        CommandRun gpu = plan("--target", "local", "--gpu", "H100");

        assertThat(spot.exitCode()).isEqualTo(5);
        assertThat(oneLine(spot.err()))
                .contains("FT0760: nothing is offered at bedrock with --spot only", "without it there are ")
                .contains("finetune plan " + job + " --target bedrock")
                .doesNotContain("memory", "does not tune");
        assertThat(gpu.err())
                .contains("nothing is offered at local with --gpu H100", "only a machine of one's own is there");
    }

    /** Whoever asks for what begins with eu- would take the plan for one of Europe. */
    @Test
    void aPlaceWhoseRegionsHaveOtherNamesIsSaidToBeLeftOut() {
        String azure = "azure-ml: it has nothing in eu-; --region eu means its francecentral, germanywestcentral, ";

        CommandRun beside = plan("--target", CLOUDS, "--region", "eu-");
        CommandRun alone = plan("--target", "azure-ml", "--region", "eu-");
        CommandRun all = plan("--target", CLOUDS, "--region", "eu");

        assertThat(beside.exitCode()).as(beside.err()).isZero();
        assertThat(oneLine(beside.out()))
                .contains(azure)
                .contains("bedrock: it has nothing in eu-; its regions are us-east-1, us-west-2");
        assertThat(alone.exitCode()).isEqualTo(5);
        assertThat(oneLine(alone.out())).contains(azure);
        assertThat(oneLine(all.out())).doesNotContain("azure-ml: it has nothing");
        assertThat(csv("--target", CLOUDS, "--region", "eu", "--all").stream()
                        .map(option -> option[TARGET])
                        .distinct())
                .contains("sagemaker", "azure-ml");
    }

    @Test
    void aPlaceThatHasNotTheModelIsNotTakenForOneThatLacksMemory() throws IOException {
        job = write("method: lora");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "smollm2-135m-instruct"));

        CommandRun none = plan("--target", "jumpstart");

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err()))
                .contains("FT0760: jumpstart does not tune tickets as it is", "jumpstart: it has no such model")
                .contains("of all that is offered it fits ")
                .doesNotContain("memory", "a smaller one");
    }

    @Test
    void withoutTheFlagsThereIsAsMuchAsTheRemedyLooksAt() throws IOException {
        for (String spot : List.of("never", "allow")) {
            String[] offers = {"offers", "--target", "azure-ml", "--spot", spot, "-o", "json"};
            String sold = CommandRun.at(CLOCK, folder.resolve("home"), Map.of(), offers)
                    .out();

            String told = oneLine(
                    plan("--target", "azure-ml", "--gpu", "L4", "--spot", spot).err());

            int without = Json.records().readTree(sold).get("offers").size();
            assertThat(told)
                    .contains("nothing is offered at azure-ml with --gpu L4")
                    .contains("without it there are " + without + " offers");
            assertThat(told.contains("--target azure-ml --spot allow")).isEqualTo(spot.equals("allow"));
        }
    }

    @Test
    void flagsThatNobodyCanMeetAreRefused() {
        for (String[] flags : new String[][] {
            {"--deadline", "0h", "--deadline: must be longer than nothing"},
            {"--max-cost", "0", "--max-cost: must be above 0"},
            {"--region", "us-west-1x", "no offer has the region us-west-1x"},
            {"--gpu", "none", "only this machine is planned without a GPU"},
            {"--gpu", "A100::2", "--gpu: names, memory and count must not be blank"},
            {"--gpu", "A100:3", "no offer has GPUs like A100:3"}
        }) {
            CommandRun run = plan(flags[0], flags[1]);

            assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
            assertThat(oneLine(run.err())).contains("FT0002: ", flags[2]);
        }
    }

    /** The one that failed is none: a job that names a machine, or a place, has to name another. */
    @Test
    void noRemedyIsTheCommandThatFailed() throws IOException {
        job = write("method: lora\ntargets: [sagemaker]\nplaces: {sagemaker: {machine: ml.g4dn.xlarge}}");

        CommandRun run = plan();

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err())
                .contains("FT0760")
                .containsPattern("(or|try) +(targets: \\[|places\\.sagemaker: \\{machine: )")
                .doesNotContainPattern("(or|try) +finetune plan " + Pattern.quote(job.toString()) + "\n");
    }

    @Test
    void aPlaceWhoseRegionHasNoKnownMachineIsToldOf() throws IOException {
        job = write("method: lora\nplaces: {sagemaker: {region: us-gov-west-1}}");

        CommandRun beside = plan("--target", CLOUDS);
        CommandRun alone = plan("--target", "sagemaker");

        assertThat(beside.exitCode()).isZero();
        assertThat(oneLine(beside.out()))
                .contains("sagemaker: what its machines cost in us-gov-west-1 is not known here");
        assertThat(alone.err()).contains("FT0770", "job.yaml:");
        assertThat(alone.out()).as("nothing is ranked").doesNotContain("Ranked by");
    }

    /** It has it in many regions. */
    @Test
    void theModelThatAServiceTunesIsProposedOnce() throws IOException {
        JsonNode remedies = Json.records()
                .readTree(plan("--target", "azure-openai", "--spot", "allow", "-o", "json")
                        .out())
                .at("/problems/0/remedies");

        assertThat(remedies)
                .extracting(JsonNode::asText)
                .contains("places.azure-openai.model: gpt-4.1-nano")
                .doesNotHaveDuplicates();
    }

    @Test
    void whatThisMachineWouldRefuseIsNotRehearsed() throws IOException {
        job = write("method: full");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "llama-3.1-405b-instruct"));

        CommandRun refused = plan("--rehearse");

        assertThat(refused.exitCode()).isEqualTo(5);
        assertThat(refused.err())
                .contains("FT0767: tickets cannot be rehearsed on this machine", "this machine needs", "GiB, has");
        assertThat(refused.out()).isEmpty();
    }

    @Test
    void whereNothingFitsTheNearestThreeSayWhatWouldMakeThemFit() throws IOException {
        job = write("method: full");

        CommandRun none = plan("--target", "sagemaker", "--gpu", "T4");

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err())).contains("FT0760", "GiB per GPU", "x T4)", "fits with method: qlora");
    }

    /** Of a row of 20,000 tokens an 8B model keeps some 190 GB of activations, and of its layers' inputs 5. */
    @Test
    void whereNoMachineKeepsAllActivationsItIsSaidThatTheJobForbidsToComputeThemAgain() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            rows.append(Json.line(Map.of(
                            "text",
                            ("ticket " + i + ": the printer is out of paper again. ").repeat(4000),
                            "answer",
                            "yes")))
                    .append('\n');
        }
        Files.writeString(folder.resolve("tickets.jsonl"), rows);
        job = write("method: lora\ntraining: {recompute: none, max-tokens: 20000, batch-size: 1}");

        CommandRun none = plan("--target", "azure-ml", "--gpu", "A100-80");

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err())).contains("FT0760", "GiB per GPU", "fits with training.recompute: auto");
    }

    @Test
    void whereNothingFitsOnlyWhatWasTriedIsSaidToBeNoHelp() throws IOException {
        for (String place : List.of("sagemaker", "jumpstart")) {
            job = write("method: lora");
            Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "llama-3.3-70b-instruct"));

            String err = oneLine(plan("--target", place, "--gpu", "T4").err());

            assertThat(err)
                    .contains("FT0760", "GiB per GPU")
                    .contains("; no shorter row or lower rank or QLoRA fits either");
        }
    }

    /** Of 8 billion weights adapters of rank 1,024 are 2.7 billion more, each with its gradient and moments. */
    @ParameterizedTest
    @ValueSource(strings = {"lora", "qlora"})
    void whereAdaptersAreTooLargeALowerRankIsProposed(String method) throws IOException {
        job = write("method: {kind: " + method + ", rank: 1024}");

        CommandRun none = plan("--target", "sagemaker", "--gpu", "T4");

        assertThat(none.exitCode()).isEqualTo(5);
        Matcher rank = Pattern.compile("fits with (?:method.kind: qlora and )?method.rank: (\\d+)")
                .matcher(oneLine(none.err()));
        assertThat(rank.find()).as(none.err()).isTrue();
        job = write("method: {kind: qlora, rank: " + rank.group(1) + "}");
        CommandRun pasted = plan("--target", "sagemaker", "--gpu", "T4");
        assertThat(pasted.exitCode()).as(pasted.err()).isZero();
    }

    /** A model of which all weights need four times the memory of this machine. */
    @Test
    void whereThisMachineIsTooSmallAMethodThatFitsItIsSaid() throws IOException {
        String layers = String.valueOf(CommandRun.MEMORY / 4 / (12 * 4096 * 4096));
        String[] large = {"--target", "local", "--hidden-size", "4096", "--layers", layers, "--vocabulary", "32000"};
        job = write("method: full");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "hf:acme/secret"));

        CommandRun none = plan(large);
        Files.writeString(job, Files.readString(job).replace("method: full", "method: qlora"));
        CommandRun pasted = plan(large);

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err()))
                .containsPattern("local: needs [\\d.,]+ GiB, has [\\d.,]+; fits with method: q?lora");
        assertThat(none.err()).containsPattern("try +method: q?lora");
        assertThat(pasted.exitCode()).as(pasted.err()).isZero();
    }

    /** 256 rows of 8,192 tokens keep 512 GiB of inputs of layers, and one of them 2. */
    @Test
    void whereThisMachineIsTooSmallAStepIsCutBeforeRowsAre() throws IOException {
        Files.writeString(
                folder.resolve("tickets.jsonl"),
                IntStream.range(0, 20)
                        .mapToObj(i -> ("ticket " + i + ": the printer is out of paper again. ").repeat(1000))
                        .map(text -> Json.line(Map.of("text", text, "answer", "yes")) + "\n")
                        .collect(Collectors.joining()));
        String[] said = {"--target", "local", "--hidden-size", "4096", "--layers", "32", "--vocabulary", "32000"};
        job = write("method: lora\ntraining: {batch-size: 256, max-tokens: 8192}");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "hf:acme/secret"));

        CommandRun none = plan(said);

        assertThat(none.exitCode()).isEqualTo(5);
        Matcher change = Pattern.compile(
                        "(?:try|or) +training\\.batch-size: (\\d+) and training\\.gradient-accumulation: (\\d+)")
                .matcher(oneLine(none.err()));
        assertThat(change.find()).as(none.err()).isTrue();
        int rows = Integer.parseInt(change.group(1));
        int accumulation = Integer.parseInt(change.group(2));
        assertThat(rows * accumulation).as("rows of a step").isEqualTo(256);
        String smaller = "batch-size: " + rows + ", gradient-accumulation: " + accumulation;
        Files.writeString(job, Files.readString(job).replace("batch-size: 256", smaller));
        CommandRun pasted = plan(said);
        assertThat(pasted.exitCode()).as(pasted.err()).isZero();
    }

    @Test
    void noMachineIsProposedForWhatMachinesDoNotLearn() throws IOException {
        String row = "{\"input\":{\"messages\":[{\"role\":\"user\",\"content\":\"Which printer, of N?\"}]},"
                + "\"preferred_output\":[{\"role\":\"assistant\",\"content\":\"The one on floor seven.\"}],"
                + "\"non_preferred_output\":[{\"role\":\"assistant\",\"content\":\"None.\"}]}\n";
        Files.writeString(
                folder.resolve("tickets.jsonl"),
                IntStream.range(0, 300)
                        .mapToObj(i -> row.replace("N?", i + "?"))
                        .collect(Collectors.joining()));
        Files.writeString(job, """
                name: tickets
                model: qwen2.5-7b-instruct
                task: preference
                data: {file: tickets.jsonl}
                method: lora
                """);

        CommandRun none = plan("--target", CLOUDS);

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err()))
                .contains("FT0760", "azure-openai do not tune tickets as it is")
                .contains("it learns answers, not which of two is better", "places.azure-openai.model: ")
                .doesNotContain("it fits", "targets: [");
    }
}
