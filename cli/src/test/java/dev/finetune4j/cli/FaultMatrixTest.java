package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.journal.Block;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.RunStory;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunCost;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.testkit.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong at whichever place: no job is launched twice, nothing is spent that did not run, and the tables tell the rest. */
class FaultMatrixTest {
    /** Most of the time is spent in pauses of vendors' clients. */
    private static final int AT_ONCE = 6;

    @TempDir
    private Path folder;

    @Test
    @Tag("long")
    void endsAsTheTablesTell() throws Exception {
        StringBuilder page = new StringBuilder("""
                # What happens when something goes wrong

                One job under one fault at a time: `FineTuner` plans, launches and follows it at the offline AWS or the offline Azure, both on a
                clock on which hours take no time. The job trains for an hour, within 3 USD, where the place lets machines on an `ml.g5.xlarge` of
                Amazon's or a `Standard_NC4as_T4_v3` of Microsoft's. What is told here of a run is read from its journal, as `finetune why` tells
                it, and from the calls that the service got. `FaultMatrixTest` writes this page and holds it; `finetune explain CODE` tells more of
                a problem.

                - next states: what became of the run, on which machine, of which problem. "Left as it was": whoever followed the run gave up, what
                  hindered was mended, and the run was taken up again, as by `finetune watch`.
                - blocked: what is not asked for again, and for how long. Bedrock's quota is of jobs at once and blocks nothing: there is no other
                  machine to go to, and it leaves a place once a job has ended.
                - jobs: how many the service made, by how many calls to make one.
                - spent: what the run cost, as it was seen last; where tokens are billed, what it may have cost at most. A machine of
                  Azure ML's that may be taken back counts at the full price, as its own is known on the bill only.
                """);
        page.append(immune());
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<String>> rows = new ArrayList<>();
            for (FaultPlace place : FaultPlace.values()) {
                for (Fault fault : Fault.values()) {
                    rows.add(threads.submit((Callable<String>) () -> row(place, fault)));
                }
            }
            int next = 0;
            for (FaultPlace place : FaultPlace.values()) {
                page.append("\n## ").append(place.title()).append("\n\n");
                page.append("| fault | next states | blocked | jobs | spent |\n|---|---|---|---|---|\n");
                for (int i = 0; i < Fault.values().length; i++) {
                    page.append(rows.get(next++).get());
                }
            }
        } finally {
            threads.shutdownNow();
            FaultedAzure.closeStores();
        }

        GoldenFiles.in("../../../../docs").assertMatches("faults.md", page.toString());
    }

    /** How many cells are empty, and why. */
    private static String immune() {
        Map<String, Long> why = Arrays.stream(FaultPlace.values())
                .flatMap(place -> Arrays.stream(Fault.values())
                        .flatMap(fault -> place.immunity(fault).stream())
                        .map(reason -> place.title() + ": " + reason))
                .collect(Collectors.groupingBy(reason -> reason, TreeMap::new, Collectors.counting()));
        long all = why.values().stream().mapToLong(Long::longValue).sum();
        String reasons = why.entrySet().stream()
                .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                .collect(Collectors.joining("; "));
        int cells = FaultPlace.values().length * Fault.values().length;
        return "\n" + all + " of the " + cells + " cells do not happen. " + reasons + ".\n";
    }

    private String row(FaultPlace place, Fault fault) throws IOException, InterruptedException {
        String cells = place.immunity(fault)
                .map(why -> "does not happen: " + why + " | – | – | –")
                .orElse("");
        if (cells.isEmpty()) {
            try (FaultedRun run = new FaultedRun(Files.createTempDirectory(folder, "cell"), place, fault)) {
                FaultedRun.End end = run.endure();
                hold(place + ", " + fault, end);
                assertThat(end.unanswered() > 0)
                        .as("%s, %s: looks were lost", place, fault)
                        .isEqualTo(fault == Fault.POLL_OUTAGE);
                cells = String.join(" | ", states(end), blocked(end), jobs(end), spent(end));
            }
        }
        return "| " + place.text(fault) + " | " + cells + " |\n";
    }

    /** What is true of every cell. */
    private static void hold(String cell, FaultedRun.End end) {
        List<JournalEntry> submitted = entries(end, JournalEntry.Submitted.class);
        assertThat(end.jobs()).as("%s: no job that the run does not know", cell).hasSameSizeAs(submitted);
        assertThat(end.view() == null || end.view().closed())
                .as("%s: it comes to an end", cell)
                .isTrue();
        RunCost cost = end.view() == null ? null : end.view().spent();
        if (cost != null) {
            assertThat(cost.spent().amount())
                    .as(cell)
                    .isLessThanOrEqualTo(end.budget().amount());
        }
        if (submitted.isEmpty()) {
            assertThat(cost).as("%s: nothing is paid for", cell).isNull();
        }
    }

    /** What became of the run on each machine, as its journal tells. */
    private static String states(FaultedRun.End end) {
        List<String> states = new ArrayList<>();
        String machine = "";
        boolean isThere = false;
        for (JournalEntry entry : end.journal().entries().toList()) {
            if (entry instanceof JournalEntry.Agreed agreed) {
                machine = machine(agreed.terms());
            } else if (entry instanceof JournalEntry.Submitted) {
                isThere = true;
            } else if (entry instanceof JournalEntry.StateSeen seen && seen.state() == RunState.INTERRUPTED) {
                states.add("interrupted" + machine);
            } else if (entry instanceof JournalEntry.Moved moved) {
                states.add((isThere ? "failed" : "refused") + machine + code(moved.why()));
                machine = machine(moved.terms());
                isThere = false;
            } else if (entry instanceof JournalEntry.Closed closed) {
                String state = isThere ? closed.state().name().toLowerCase(Locale.ROOT) : "refused";
                states.add(state + machine + code(closed.problem()));
            }
        }
        Problem refusal = end.refusal();
        if (refusal != null) {
            states.add(0, states.isEmpty() ? "not launched" + code(refusal) : "left as it was" + code(refusal));
        }
        return String.join(", ", states);
    }

    private static String machine(LaunchTerms at) {
        return at.settings().containsKey(PlaceSettings.MACHINE) ? " on " + at.name() : "";
    }

    private static String code(@Nullable Problem problem) {
        return problem == null ? "" : " (" + problem.code() + ")";
    }

    private static String blocked(FaultedRun.End end) {
        Stream<String> told = RunStory.of(end.journal()).chapters().stream()
                .flatMap(chapter -> chapter.because().stream())
                .filter(reason -> reason.startsWith(RunStory.BLOCKED));
        return Stream.concat(told, blockedToWhoeverFollowed(end).stream())
                .map(reason -> reason.substring(RunStory.BLOCKED.length()))
                .reduce((one, other) -> one + "; " + other)
                .orElse("nothing");
    }

    /** A run that goes on at its place is not written down as blocked: its journal tells of the run, and not of whoever could not look. */
    private static Optional<String> blockedToWhoeverFollowed(FaultedRun.End end) {
        RunView view = end.view();
        Problem refusal = end.refusal();
        return view == null || refusal == null
                ? Optional.empty()
                : Block.of(refusal, agreed(end), view.changedAt()).map(RunStory::words);
    }

    private static LaunchTerms agreed(FaultedRun.End end) {
        return end.journal().last(JournalEntry.Agreed.class).orElseThrow().terms();
    }

    private static String jobs(FaultedRun.End end) {
        return end.jobs().size() + " by " + end.creates() + (end.creates() == 1 ? " call" : " calls");
    }

    private static String spent(FaultedRun.End end) {
        if (end.jobs().isEmpty()) {
            return "nothing";
        }
        return Optional.ofNullable(Objects.requireNonNull(end.view()).spent())
                .map(cost -> cost.spent().toString())
                .orElseGet(() -> "at most " + agreed(end).worstCost());
    }

    private static List<JournalEntry> entries(FaultedRun.End end, Class<? extends JournalEntry> kind) {
        return end.journal().entries().filter(kind::isInstance).toList();
    }
}
