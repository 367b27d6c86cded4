package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * However long machines take to start, to load and to end, whoever takes them back, whichever answers are lost and however long nobody
 * watches: what SageMaker and Azure ML bill for a run is not more than its terms said at most before its launch.
 */
class CloudBudgetTest {
    /** Runs that share a cloud and a home, as those of a team do. */
    private static final int TOGETHER = 25;

    /** Some of the time is spent in pauses of Amazon's client. */
    private static final int AT_ONCE = 4;

    @TempDir
    private Path folder;

    /** Stores that no cloud of Azure has now. */
    private final Queue<Azurite> stores = new ConcurrentLinkedQueue<>();

    @AfterEach
    void closeStores() {
        stores.forEach(Azurite::close);
    }

    @Test
    @Tag("long")
    void aFewSchedulesCostWhatTheirTermsSayAtMost() throws Exception {
        assertSomeHappened(keepTheTerms(BudgetedSageMakerRuns::new, 2, 4, 1));
    }

    @Test
    @Tag("long")
    void aFewSchedulesCostWhatTheirTermsSayAtMostAtAzure() throws Exception {
        assertSomeHappened(keepTheTerms(this::atAzure, 2, 4, 3));
    }

    private static void assertSomeHappened(List<BudgetedRuns.Bill> bills) {
        assertThat(bills.stream().filter(bill -> bill.jobs() > 0))
                .as("runs that were launched")
                .hasSizeGreaterThanOrEqualTo(bills.size() * 3 / 4);
        assertThat(bills)
                .as("runs that lost a machine, moved or were resumed")
                .anyMatch(bill -> bill.reclaims() > 0 || bill.jobs() > 1);
        assertThat(bills).as("runs that cost more than half of what they may").anyMatch(BudgetedRuns.Bill::isAboveHalf);
    }

    @Test
    @Tag("slow")
    void tenThousandSchedulesCostWhatTheirTermsSayAtMost() throws Exception {
        List<BudgetedRuns.Bill> bills = keepTheTerms(BudgetedSageMakerRuns::new, 10_000 / TOGETHER, TOGETHER, 2);

        assertAllHappened(bills);
        assertThat(bills.stream().filter(bill -> bill.errors() > 0))
                .as("runs that the service itself failed")
                .hasSizeGreaterThan(bills.size() / 50);
    }

    @Test
    @Tag("slow")
    void tenThousandSchedulesCostWhatTheirTermsSayAtMostAtAzure() throws Exception {
        assertAllHappened(keepTheTerms(this::atAzure, 10_000 / TOGETHER, TOGETHER, 4));
    }

    private static void assertAllHappened(List<BudgetedRuns.Bill> bills) {
        int some = bills.size() / 50;
        assertThat(bills.stream().filter(BudgetedRuns.Bill::isNearWorst))
                .as("runs that cost nearly what they may")
                .hasSizeGreaterThan(some);
        assertThat(bills.stream().filter(bill -> bill.jobs() > 1))
                .as("runs that moved or were resumed")
                .hasSizeGreaterThan(some);
        assertThat(bills.stream().filter(bill -> bill.reclaims() > 3))
                .as("runs whose machine was taken back again and again")
                .hasSizeGreaterThan(some);
        assertThat(bills.stream().filter(bill -> bill.restarts() > 0))
                .as("runs that were begun anew after an exit code")
                .hasSizeGreaterThan(some);
        assertThat(bills.stream().filter(bill -> !bill.isWatchedToItsEnd()))
                .as("runs that nobody watched at their end")
                .hasSizeGreaterThan(some);
    }

    /** Where runs go. */
    private interface Place {
        BudgetedRuns open(Path folder, Random random) throws IOException;
    }

    private BudgetedRuns atAzure(Path ofPlace, Random random) throws IOException {
        return new BudgetedAzureMlRuns(ofPlace, random, stores);
    }

    private List<BudgetedRuns.Bill> keepTheTerms(Place place, int groups, int each, long seed) throws Exception {
        Random seeds = new Random(seed);
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<List<BudgetedRuns.Bill>>> running = new ArrayList<>();
            for (int i = 0; i < groups; i++) {
                long own = seeds.nextLong();
                running.add(threads.submit((Callable<List<BudgetedRuns.Bill>>) () -> group(place, each, own)));
            }
            List<BudgetedRuns.Bill> bills = new ArrayList<>();
            for (Future<List<BudgetedRuns.Bill>> one : running) {
                bills.addAll(one.get());
            }
            return bills;
        } finally {
            threads.shutdownNow();
        }
    }

    private List<BudgetedRuns.Bill> group(Place place, int runs, long seed) throws IOException, InterruptedException {
        List<BudgetedRuns.Bill> bills = new ArrayList<>();
        try (BudgetedRuns group = place.open(Files.createTempDirectory(folder, "group"), new Random(seed))) {
            for (int i = 0; i < runs; i++) {
                BudgetedRuns.Bill bill = group.next(i);
                assertThat(bill.billed().amount())
                        .as("run %s of the seed %s: %s", i, seed, bill)
                        .isLessThanOrEqualTo(bill.worst().amount());
                bills.add(bill);
            }
        }
        return bills;
    }
}
