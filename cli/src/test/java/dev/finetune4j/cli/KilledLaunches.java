package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Launching processes that are killed at a byte of what they send or are sent: whoever comes after them finishes the run, there is one job,
 * and what they left in the store is found.
 */
abstract class KilledLaunches {
    /** Parts of a message that are as long as this are the rows and the model. */
    static final int LONGEST_CUT = 50_000;

    /** Much less than a line takes to be on the disk. */
    private static final long BETWEEN_LOOKS_NANOS = 200_000;

    /** The product from its jar, with the classes of a launch in an archive, and for its small files with the first compiler alone. */
    @TempDir
    private static Path program;

    @TempDir
    Path folder;

    private int jobs;

    @BeforeAll
    static void buildTheProgram() throws IOException {
        Checkout.build(program);
    }

    /** Where jobs are launched. */
    interface Place {
        /** The target. */
        String id();

        /** Where what a launch leaves is looked for, as a job names its targets. */
        String swept();

        /** Requests and answers of a launch, about. */
        int turns();

        /** How its runs end, as "finetune ps" has it. */
        String end();

        /** What a launch that ends so exits with. */
        int exitCode();

        /** Whether a run that ended so can be resumed, so that it ends once more. */
        default boolean isResumable() {
            return exitCode() != 0;
        }

        /** The servers that processes speak with. */
        List<URI> servers();

        /** Variables by which a process finds them. */
        Map<String, String> environment(List<URI> servers);

        /** Lines below {@code places} of a job whose files go to a folder of its own. */
        String settings(String store, List<URI> servers);

        /** How many jobs the service made, at least of those of that folder. */
        long jobsMade(String store);

        /** How many files are kept of all jobs. */
        long files() throws IOException;

        /** Removes what a launch has left, and fails unless all of it was found. */
        void sweep(Launch launch) throws IOException;
    }

    /** Removes what a launch has left in a store of which nothing may stay. */
    static void sweepAll(Launch launch) throws IOException {
        CommandRun removed = launch.command("gc", launch.swept().toString(), "--older-than", "0s", "--yes");
        assertThat(removed.exitCode()).as(removed.err()).isZero();
        String kept = launch.command("gc", launch.swept().toString()).out();
        assertThat(kept).contains("nothing is kept there");
        assertThat(launch.files())
                .as("files of %s that gc did not find", launch.name())
                .isZero();
    }

    /** Keeps the classes of a launch for the processes that come, unless that was done. */
    final void archiveClassesBy(Place place) throws Exception {
        if (Files.notExists(archive())) {
            try (Launch launch = new Launch(place, "archived")) {
                int exit =
                        launch.start("ArchiveClassesAtExit", launch.launching()).waitFor();
                assertThat(exit).as(launch.printed()).isEqualTo(place.exitCode());
            }
        }
    }

    /** Kills launching processes until there were that many kills; the kills. */
    final int killed(Place place, int wanted, long seed) throws Exception {
        Random random = new Random(seed);
        int kills = 0;
        for (int schedule = 0; kills < wanted; schedule++) {
            try (Launch launch = new Launch(place, "schedule-" + schedule)) {
                for (int attempt = random.nextInt(6); attempt >= 0 && kills < wanted; attempt--) {
                    if (launch.isKilledAt(new CuttingWire.Cut(random.nextInt(place.turns()), bytes(random)))) {
                        kills++;
                    }
                }
                launch.toTheEnd();
                launch.verify();
            }
        }
        return kills;
    }

    /**
     * What came of processes that were killed at every message.
     *
     * @param turns requests and answers in which one was
     * @param kills over all of them
     */
    record Kills(int turns, int kills) {}

    /** Kills a launching process in each request and in each answer of a launch, at its first byte, within it, and behind it. */
    final Kills killedInEveryMessage(Place place) throws Exception {
        int kills = 0;
        int turns = 0;
        for (int turn = 0, silent = 0; silent < 3; turn++) { // beyond the last turn nobody is killed any more
            boolean isReached = false;
            for (long bytes : new long[] {0, 1, 700, LONGEST_CUT}) {
                try (Launch launch = new Launch(place, "turn-" + turn + "-" + bytes)) {
                    if (launch.isKilledAt(new CuttingWire.Cut(turn, bytes))) {
                        isReached = true;
                        kills++;
                    }
                    launch.toTheEnd();
                    launch.verify();
                }
            }
            turns += isReached ? 1 : 0;
            silent = isReached ? 0 : silent + 1;
        }
        return new Kills(turns, kills);
    }

    /** Kills a launching process at each line of its journal; the kills. */
    final int killedAtEveryLine(Place place) throws Exception {
        int kills = 0;
        for (int lines = 1, survived = 0; survived < 2; lines++) {
            try (Launch launch = new Launch(place, "line-" + lines)) {
                boolean isKilled = launch.isKilledAtLine(lines);
                survived = isKilled ? 0 : survived + 1;
                kills += isKilled ? 1 : 0;
                launch.toTheEnd();
                launch.verify();
            }
        }
        return kills;
    }

    /** Two processes launch one job at the same time. */
    final void launchedByTwo(Place place) throws Exception {
        try (Launch launch = new Launch(place, "race")) {
            launch.byTwo();
            launch.verify();
        }
    }

    /** Kills processes that resume an ended run, and such as remove what is left of it; the kills. */
    final int killedAfterwards(Place place, int wanted, long seed) throws Exception {
        Random random = new Random(seed);
        int kills = 0;
        for (int schedule = 0; kills < wanted; schedule++) {
            try (Launch launch = new Launch(place, "later-" + schedule)) {
                launch.toTheEnd();
                kills += launch.killedAfterwards(wanted - kills, random);
                launch.verifyAfterwards();
            }
        }
        return kills;
    }

    /**
     * Kills processes of one job at a line of its journal, within a message and at a byte that is drawn; then two at once bring it to its end, and who
     * resumes and removes it is killed, too. The kills.
     */
    final int killedInEachWay(Place place, long seed) throws Exception {
        Random random = new Random(seed);
        try (Launch launch = new Launch(place, "each-way")) {
            int kills = launch.isKilledAtLine(2) ? 1 : 0;
            kills += launch.isKilledAt(new CuttingWire.Cut(place.turns() / 4, 700)) ? 1 : 0;
            kills += launch.isKilledAt(new CuttingWire.Cut(random.nextInt(place.turns() / 2), bytes(random))) ? 1 : 0;
            launch.byTwo();
            kills += launch.killedAfterwards(2, random);
            launch.verifyAfterwards();
            return kills;
        }
    }

    /** How much of a message passes: small and large parts of it are as likely. */
    static long bytes(Random random) {
        return (long) Math.exp(random.nextDouble() * Math.log(LONGEST_CUT)) - 1;
    }

    private static Path archive() {
        return program.resolve("launch.jsa");
    }

    /** One job, launched from a home of its own into a folder of its own in the store. */
    final class Launch implements AutoCloseable {
        private final Place place;
        private final String name;
        private final Path job;
        private final Path swept;
        private final Path home;
        private final Path log;
        private final CuttingWire wire;
        private final long filesBefore;
        private final long jobsBefore;

        Launch(Place place, String name) throws IOException {
            this.place = place;
            this.name = name;
            wire = new CuttingWire(place.servers());
            filesBefore = place.files();
            jobsBefore = place.jobsMade(name);
            Path files = Files.createDirectory(folder.resolve(name));
            home = files.resolve("home");
            log = files.resolve("log");
            job = TicketsJob.write(Files.createDirectory(files.resolve("job")), jobs++); // each another job
            Files.writeString(
                    job,
                    "budget: {max-cost: 5 USD}\nplaces:\n" + place.settings(name, wire.addresses()),
                    StandardOpenOption.APPEND);
            swept = Files.writeString(
                    job.resolveSibling("swept.yaml"), Files.readString(job) + "targets: [" + place.swept() + "]\n");
            Files.writeString(job, "targets: [" + place.id() + "]\n", StandardOpenOption.APPEND);
        }

        String name() {
            return name;
        }

        Path job() {
            return job;
        }

        /** The same job, for {@code gc}. */
        Path swept() {
            return swept;
        }

        String[] launching() {
            return new String[] {"launch", job.toString(), "--yes"};
        }

        Process start(String... command) throws IOException {
            return start("SharedArchiveFile", command);
        }

        /** Where there is no archive to share, the process does without. */
        private Process start(String sharing, String[] command) throws IOException {
            List<String> words = JavaProcess.command(
                    List.of("-XX:" + sharing + "=" + archive(), "-Xshare:auto", "-Xlog:disable", "-Xlog:all=off"),
                    program.resolve("finetune.jar"),
                    List.of(command));
            ProcessBuilder process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            process.environment().putAll(place.environment(wire.addresses()));
            process.environment().put("FINETUNE_HOME", home.toString());
            return process.start();
        }

        /** Whether the launching process reached that byte, and died of it. */
        boolean isKilledAt(CuttingWire.Cut cut) throws Exception {
            return isKilledAt(cut, launching());
        }

        /** The same of another command. */
        boolean isKilledAt(CuttingWire.Cut cut, String... command) throws Exception {
            CompletableFuture<Process> started = new CompletableFuture<>();
            wire.cutAt(cut, () -> started.join().destroyForcibly());
            Process process = start(command);
            started.complete(process);
            int exit = process.waitFor();
            wire.cutAt(CuttingWire.Cut.NEVER, () -> {});
            assertThat(exit).as("at %s: %s", cut, printed()).isIn(137, place.exitCode(), 0);
            return exit == 137;
        }

        /** Whether the launching process was killed as soon as its journal had so many lines. */
        boolean isKilledAtLine(int lines) throws Exception {
            Process process = start(launching());
            while (process.isAlive() && lines() < lines) {
                LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            }
            process.destroyForcibly();
            return process.waitFor() == 137;
        }

        private long lines() throws IOException {
            Path runs = home.resolve("runs");
            if (!Files.exists(runs)) {
                return 0;
            }
            try (Stream<Path> all = Files.walk(runs)) {
                List<Path> journals =
                        all.filter(file -> file.endsWith("journal.jsonl")).toList();
                return journals.isEmpty()
                        ? 0
                        : new String(Files.readAllBytes(journals.get(0)), StandardCharsets.UTF_8)
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
            } catch (UncheckedIOException e) {
                return 0; // a folder was moved while it was looked through
            }
        }

        void toTheEnd() throws Exception {
            assertThat(start(launching()).waitFor()).as(printed()).isEqualTo(place.exitCode());
        }

        /** Two processes at the same time bring it there. */
        void byTwo() throws Exception {
            Process one = start(launching());
            Process other = start(launching());
            assertThat(one.waitFor()).as(printed()).isEqualTo(place.exitCode());
            assertThat(other.waitFor()).as(printed()).isEqualTo(place.exitCode());
        }

        /**
         * Resumes the ended run where that can be, and removes what is left, each by a process that is killed and one that is not; the kills.
         *
         * @param most after so many kills nobody is killed any more
         */
        int killedAfterwards(int most, Random random) throws Exception {
            String[] resume = {"resume", run()};
            String[] remove = {"gc", swept.toString(), "--older-than", "0s", "--yes"};
            int kills = 0;
            for (String[] command : place.isResumable() ? List.of(resume, remove) : List.<String[]>of(remove)) {
                int turn = random.nextInt(place.turns() / 3); // these commands say less than a launch
                if (kills < most && isKilledAt(new CuttingWire.Cut(turn, bytes(random)), command)) {
                    kills++;
                }
                start(command).waitFor();
                assertThat(jobsMade()).as(printed()).isEqualTo(jobsAfterwards());
            }
            return kills;
        }

        private int jobsAfterwards() {
            return place.isResumable() ? 2 : 1;
        }

        void verifyAfterwards() throws IOException {
            verify(jobsAfterwards());
        }

        /** The run, which is the only one of its home. */
        String run() {
            return command("ps").out().lines().skip(1).findFirst().orElseThrow().split(" ", 2)[0];
        }

        String printed() throws IOException {
            return Files.readString(log, StandardCharsets.UTF_8);
        }

        void verify() throws IOException {
            verify(1);
        }

        private void verify(int made) throws IOException {
            assertThat(command("ps")
                            .out()
                            .lines()
                            .skip(1)
                            .filter(line -> !line.startsWith(" "))) // the rest of a long line
                    .singleElement()
                    .asString()
                    .contains(place.end());
            assertThat(jobsMade()).as(printed()).isEqualTo(made);
            place.sweep(this);
        }

        long jobsMade() {
            return place.jobsMade(name) - jobsBefore;
        }

        /** How many files are kept that were not there before it. */
        long files() throws IOException {
            return place.files() - filesBefore;
        }

        CommandRun command(String... arguments) {
            return CommandRun.in(home, place.environment(wire.addresses()), arguments);
        }

        @Override
        public void close() {
            wire.close();
        }
    }
}
