package dev.finetune4j.cli;

import dev.finetune4j.engine.data.source.FileTree;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.CloudPlayer;
import dev.finetune4j.spi.CloudPlayer.PlayedCloud;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Plays a cloud on this machine until it is told to end. */
@Command(
        name = "offline-cloud",
        mixinStandardHelpOptions = true,
        description = {
            "Plays a cloud on this machine, for trials without an account.",
            "Any client finds it by the variables that it prints. Jobs are processes of this",
            "machine. It goes on until Ctrl-C, which removes what it stored.",
            "What it plays, by the name of the vendor:"
        },
        footer = "")
final class OfflineCloudCommand implements Callable<Integer>, VendorCommand {
    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "start", description = "What to do: start.")
    String action = "";

    @Parameters(index = "1", paramLabel = "VENDOR", description = "Whose cloud, by the name above.")
    String vendor = "";

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "The account's region (default: as is said below).")
    @Nullable
    String region;

    @Option(
            names = "--model",
            paramLabel = "FOLDER",
            description = "A model in Hugging Face layout, where a cloud takes one.")
    @Nullable
    Path model;

    @Mixin
    OutputOptions output = new OutputOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    OfflineCloudCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    private static Vendors<CloudPlayer> players() {
        return new Vendors<>(CloudPlayer.class, CloudPlayer::vendor);
    }

    @Override
    public SortedMap<String, String> vendors() {
        return players().saying(CloudPlayer::about);
    }

    @Override
    public String ending(VendorHelp help) {
        List<CloudPlayer> all = players().all();
        return help.table(players().saying(OfflineCloudCommand::notes))
                + all.stream()
                        .findFirst()
                        .map(OfflineCloudCommand::examples)
                        .map(help::lines)
                        .orElse("")
                + help.table(OrderTable.of(all))
                + help.lines(List.of("GET tells the calls that were made: operation, status, hadEffect."));
    }

    private static String notes(CloudPlayer player) {
        return Stream.of(
                        Stream.of("The account is in " + player.usualRegion() + ", unless --region names another."),
                        player.notes().stream(),
                        player.modelUse().stream())
                .flatMap(sentences -> sentences)
                .collect(Collectors.joining(" "));
    }

    private static List<String> examples(CloudPlayer player) {
        return List.of(
                "",
                "Example:",
                "  finetune offline-cloud start " + player.vendor() + " > cloud.env &",
                "  until [ -s cloud.env ]; do sleep 1; done",
                "  . ./cloud.env; finetune launch job.yaml",
                "",
                "What goes wrong is ordered by any program that can POST, one order at a time:",
                "  curl $" + CloudPlayer.CONTROL_VARIABLE + " -d '" + player.exampleOrder() + "'");
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        CloudPlayer player = player();
        ProviderContext context = surroundings.providerContext();
        Path cache = Files.createDirectories(context.home().resolve("cache"));
        player.preparation(context).ifPresent(surroundings.screen()::say);
        Path folder = Files.createTempDirectory(cache, "offline-cloud-");
        PlayedCloud cloud;
        try {
            cloud = player.start(context, folder, region == null ? player.usualRegion() : region, model);
        } catch (FineTuneException | IOException e) {
            FileTree.remove(folder);
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(cloud, folder), "offline-cloud end"));
        tell(cloud, folder);
        new CountDownLatch(1).await(); // until the process is ended
        return ExitCode.OK.number();
    }

    /** The one that is asked for, if it takes what it is given. */
    private CloudPlayer player() {
        List<CloudPlayer> all = players().all();
        CloudPlayer player = all.stream()
                .filter(one -> action.equals("start") && one.vendor().equals(vendor))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "there are "
                                + all.stream()
                                        .map(one -> "\"start " + one.vendor() + '"')
                                        .collect(Collectors.joining(" and "))
                                + " only, was " + action + " " + vendor));
        if (model != null && player.modelUse().isEmpty()) {
            throw new ParameterException(spec.commandLine(), vendor + " takes no --model");
        }
        if (model != null && !Files.isRegularFile(model.resolve("config.json"))) {
            throw new ParameterException(spec.commandLine(), "--model is no folder with a config.json: " + model);
        }
        return player;
    }

    private static void end(PlayedCloud cloud, Path folder) {
        cloud.close();
        try {
            FileTree.remove(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tell(PlayedCloud cloud, Path folder) {
        if (output.isJson()) {
            surroundings.screen().line(Json.pretty(cloud.variables()));
        } else {
            // At once: whoever finds the file not empty reads all of it.
            surroundings
                    .screen()
                    .line(cloud.variables().entrySet().stream()
                            .map(variable -> "export " + variable.getKey() + "=" + ShellWord.of(variable.getValue()))
                            .collect(Collectors.joining("\n")));
        }
        surroundings.screen().say("places of a job file that uses it, each for targets: [its name]:");
        surroundings.screen().say("places:");
        cloud.places().forEach(place -> surroundings.screen().say("  " + place));
        cloud.hints().forEach(surroundings.screen()::say);
        surroundings.screen().say("machines and files are in " + folder + "; Ctrl-C ends it");
    }
}
