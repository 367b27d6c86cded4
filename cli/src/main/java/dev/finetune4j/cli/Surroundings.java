package dev.finetune4j.cli;

import dev.finetune4j.cli.view.FetchView;
import dev.finetune4j.cli.view.JsonLines;
import dev.finetune4j.cli.view.LiveView;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.PreparationProgress;
import dev.finetune4j.engine.models.LocalCore;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.engine.spec.Profile;
import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.ProviderContext;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What a command knows of the world outside; passed in, so that tests can give another.
 *
 * @param screen where to write
 * @param environment environment variables
 * @param home finetune4j's folder: {@code FINETUNE_HOME}, or {@code ~/.finetune4j}
 * @param clock the clock
 * @param sleeper how to wait between two looks at a place
 * @param in what is said to a command that listens
 * @param isTyped whether a person types it
 * @param memory tells the memory of this machine in bytes
 */
record Surroundings(
        Screen screen,
        Map<String, String> environment,
        Path home,
        Clock clock,
        Sleeper sleeper,
        InputStream in,
        boolean isTyped,
        LongSupplier memory) {
    private static final String HOME_VARIABLE = "FINETUNE_HOME";

    /** Where nobody says anything. */
    Surroundings(Screen screen, Map<String, String> environment, Path home, Clock clock) {
        this(
                screen,
                environment,
                home,
                clock,
                Sleeper.REAL,
                InputStream.nullInputStream(),
                false,
                LocalCore::memoryHere);
    }

    /** The real ones. */
    static Surroundings system() {
        return system(home(System.getenv()));
    }

    /** The real ones with another home. */
    static Surroundings system(Path home) {
        Map<String, String> environment = System.getenv();
        String terminals = System.getProperty("finetune.terminals", "");
        return new Surroundings(
                Screen.system(environment, terminals),
                environment,
                home,
                Clock.systemUTC(),
                Sleeper.REAL,
                System.in,
                terminals.contains(",in"),
                LocalCore::memoryHere);
    }

    /**
     * The home that an environment names.
     *
     * @throws FineTuneException with FT0012 if no file can have its name
     */
    static Path home(Map<String, String> environment) {
        String named = environment.getOrDefault(HOME_VARIABLE, "");
        try {
            return named.isEmpty() ? Path.of(System.getProperty("user.home"), ".finetune4j") : Path.of(named);
        } catch (InvalidPathException e) {
            throw CliProblems.misnamed(named.isEmpty() ? "your home" : HOME_VARIABLE, e)
                    .asException(e);
        }
    }

    /** The same with another screen. */
    Surroundings on(Screen other) {
        return new Surroundings(other, environment, home, clock, sleeper, in, isTyped, memory);
    }

    /** Where a command tells what goes on, in the form that was asked for. */
    MessageView messages(OutputFormat format) {
        return switch (format) {
            case TABLE -> new LiveView(screen, clock, LiveView.DEFAULT_INTERVAL);
            case JSON -> new JsonLines(screen, clock);
        };
    }

    /** What those who know prices may use of it. */
    ProviderContext providerContext() {
        return new ProviderContext(home, environment, clock);
    }

    /** A job file, with what the profile of the home says for it. */
    JobFile read(Path job) {
        return JobFile.read(job, environment, Profile.of(home, environment));
    }

    /** The day, by which the age of prices is told. */
    LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** The engine, which tells {@code view} what it fetches. */
    FineTuner open(MessageView view) {
        return open(new FetchView(view));
    }

    /** The engine for a command that fetches nothing. */
    FineTuner open() {
        return open(PreparationProgress.SILENT);
    }

    private FineTuner open(PreparationProgress progress) {
        return FineTuner.builder()
                .home(home)
                .environment(environment)
                .clock(clock)
                .sleeper(sleeper)
                .progress(progress)
                .memory(memory)
                .build();
    }

    /** Names no value of the environment, since it holds secrets. */
    @Override
    public String toString() {
        return "Surroundings[home=" + home + "]";
    }
}
