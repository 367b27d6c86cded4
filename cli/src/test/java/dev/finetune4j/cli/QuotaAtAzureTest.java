package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Azure ML's quota of cores does not leave is said by the plan and by the launch, before anything is paid. */
@Tag("long")
class QuotaAtAzureTest {
    private static final Pattern LACK = Pattern.compile(
            "FT0771: (Standard_\\S+) needs (\\d+) cores of (\\S+) in westeurope, you have 0 at azure-ml");

    @TempDir
    private Path folder;

    private CommandAzure cloud;
    private Path job;

    @BeforeEach
    void openTheCloud() throws IOException {
        cloud = CommandAzure.swift(folder, store -> PlannedContainer.succeedingAfter(Duration.ofSeconds(1)));
        job = cloud.job(folder, 77, "azure-ml");
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void theNextMachineIsChosenWhereTheQuotaOfTheBestIsNone() throws IOException {
        CommandRun free = plan();
        String best = chosen(free);
        cloud.azure().quota(family(best), 0);

        CommandRun lacking = plan();
        CommandRun table = cloud.command("plan", job.toString(), "--target", "azure-ml", "--all");
        CommandRun explained = cloud.command("plan", job.toString(), "--target", "azure-ml", "--explain", best);
        CommandRun launch = cloud.command("launch", job.toString());

        assertThat(free.err()).doesNotContain("FT0771");
        assertThat(chosen(lacking)).isNotEqualTo(best);
        Matcher lack = LACK.matcher(oneLine(table.err()));
        assertThat(lack.find()).as(table.err()).isTrue();
        assertThat(lack.group(1)).isEqualTo(machine(best));
        assertThat(oneLine(table.err())).contains("az quota create --resource-name " + family(best));
        assertThat(table.out()).contains("no quota");
        assertThat(oneLine(explained.out())).contains("you have 0, so that it comes after what the quota leaves");
        assertThat(oneLine(launch.err())).as("told before anybody agrees").containsPattern(LACK);
        assertThat(cloud.azure().calls().of("Jobs_CreateOrUpdate")).isEmpty();
    }

    @Test
    void aLaunchOfWhatTheQuotaDoesNotLeaveIsRefusedBeforeAnybodyAgrees() throws IOException {
        String best = chosen(plan());
        cloud.azure().quota(family(best), 0);
        Files.writeString(
                job,
                Files.readString(job).replace("  azure-ml:\n", "  azure-ml:\n    machine: " + machine(best) + "\n"));

        CommandRun launch = cloud.command("launch", job.toString(), "--yes");

        assertThat(launch.exitCode()).as(launch.err()).isEqualTo(5);
        assertThat(oneLine(launch.err())).contains("FT0945", "you have 0", "az quota create --resource-name ");
        assertThat(cloud.command("ps").out()).contains("no runs yet");
        assertThat(cloud.azure().calls().of("Jobs_CreateOrUpdate")).isEmpty();
    }

    @Test
    void allThatMayBeTakenBackIsOfOnePool() {
        cloud.azure().quota("LowPriority", 0);

        CommandRun spot = cloud.command("plan", job.toString(), "--spot", "only");
        CommandRun dedicated = cloud.command("plan", job.toString(), "--spot", "never");

        assertThat(oneLine(spot.err()))
                .containsPattern("FT0771: Standard_\\S+ needs \\d+ cores of low priority in westeurope, you have 0")
                .contains("more options lack a quota", "az quota create --resource-name TotalLowPriorityCores");
        assertThat(dedicated.err()).doesNotContain("FT0771");
    }

    @Test
    void aPlanWithoutCredentialsSaysNothingOfIt() {
        cloud.azure().quota("LowPriority", 0);
        Map<String, String> without = new HashMap<>(cloud.environment());
        without.keySet().removeIf(name -> name.startsWith("AZURE_"));

        CommandRun plan = CommandRun.in(cloud.home(), without, "plan", job.toString(), "--spot", "only");

        assertThat(plan.exitCode()).as(plan.err()).isZero();
        assertThat(plan.err()).doesNotContain("FT0771", "FT09");
        assertThat(cloud.azure().calls().of("Usages_List")).isEmpty();
    }

    private CommandRun plan() {
        CommandRun plan = cloud.command("plan", job.toString(), "--target", "azure-ml", "-o", "json");
        assertThat(plan.exitCode()).as(plan.err()).isZero();
        return plan;
    }

    private static String chosen(CommandRun plan) {
        return Json.read(plan.out(), JsonNode.class).path("chosen").asText();
    }

    /** As Azure names the family of a machine. */
    private static String family(String option) throws IOException {
        try (InputStream sizes =
                QuotaAtAzureTest.class.getResourceAsStream("/dev/finetune4j/offlinecloud/azure/ml/vm-sizes.json")) {
            for (JsonNode size : Json.records().readTree(sizes)) {
                if (size.path("name").asText().equals(machine(option))) {
                    return size.path("family").asText();
                }
            }
        }
        throw new AssertionError("no size of " + option);
    }

    private static String machine(String option) {
        return option.split("/")[2];
    }
}
