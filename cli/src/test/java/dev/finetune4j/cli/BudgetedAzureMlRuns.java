package dev.finetune4j.cli;

import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.ml.JobBill;
import dev.finetune4j.offlinecloud.azure.openai.OpenAiPace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;

/**
 * Runs at an offline Azure Machine Learning, which tells nobody what it bills: machines are billed from when they are allocated until they are
 * given back.
 */
final class BudgetedAzureMlRuns extends BudgetedRuns {
    private static final List<String> MACHINES = List.of("Standard_NC4as_T4_v3", "Standard_NC8as_T4_v3");
    private static final List<String> CALLS =
            List.of("Jobs_CreateOrUpdate", "Jobs_Get", "Jobs_Cancel", "Runs_GetDetails", "Jobs_List");

    /** There is nothing to resume, the service did not answer in all tries, or a job that is resumed has no time left. */
    private static final List<String> KNOWN_REFUSALS = List.of("FT0509", "FT0943", "FT0949");

    private final Queue<Azurite> stores;
    private final Azurite blobs;
    private final CommandAzure cloud;

    /**
     * Opens a cloud and a home.
     *
     * @param stores that no cloud has now, of which it takes one or starts another, and gives it back at its end
     */
    BudgetedAzureMlRuns(Path folder, Random random, Queue<Azurite> stores) throws IOException {
        super(folder, random);
        this.stores = stores;
        Azurite free = stores.poll();
        blobs = free == null ? CommandAzure.blobs() : free;
        // A machine is prepared for 14 minutes at most: the bound counts that twice, where the last machine is taken
        // back shortly before the limit.
        AzurePace pace = new AzurePace(
                seconds(5, 30),
                seconds(5, 120),
                minutes(1, 14),
                seconds(5, 180),
                minutes(1, 6),
                minutes(5, 90),
                Duration.ofMinutes(1),
                OpenAiPace.LIFELIKE);
        cloud = new CommandAzure(folder, clock, pace, store -> container(), blobs);
    }

    private OfflineAzure azure() {
        return cloud.azure();
    }

    /** Its client repeats a call once, after half a second. */
    @Override
    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(cloud.environment());
        environment.put("AZURE_REQUEST_RETRY_COUNT", "1");
        return environment;
    }

    @Override
    String places(boolean isSpot) {
        return "targets: [azure-ml]\nplaces:\n" + cloud.machineLearning() + (isSpot ? "    spot: true\n" : "");
    }

    @Override
    List<String> accelerators() {
        return List.of("T4");
    }

    @Override
    List<String> knownRefusals() {
        return KNOWN_REFUSALS;
    }

    @Override
    void drawErrors() {
        // it fails none by itself
    }

    @Override
    void drawPlace() {
        loseSome(azure().faults(), CALLS);
    }

    /** While a machine is prepared it is not taken back here: nothing but luck would end a job whose machines never begin to run. */
    @Override
    void reclaim() {
        azure().bill().stream()
                .filter(job -> job.isSpot() && job.status().equals("Running"))
                .forEach(job -> {
                    azure().reclaim(job.job());
                    reclaims++;
                });
    }

    @Override
    List<String> machines() {
        return MACHINES;
    }

    @Override
    void sellOut(String machine) {
        azure().sellOut(machine);
    }

    @Override
    void restock(String machine) {
        azure().restock(machine);
    }

    @Override
    void fail() {
        // nothing of its own
    }

    @Override
    boolean isBilled() {
        return !azure().bill().stream().allMatch(JobBill::isOver);
    }

    @Override
    List<BilledTime> billed(String run) {
        return azure().bill().stream()
                .filter(job -> job.job().startsWith(run))
                .map(job -> new BilledTime(job.machine(), job.time().multipliedBy(job.nodes()), 0))
                .toList();
    }

    @Override
    public void close() {
        cloud.closeCloud();
        stores.add(blobs);
    }
}
