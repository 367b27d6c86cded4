package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.engine.spec.Profile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.AccountFounder;
import dev.finetune4j.spi.AccountFounder.Founding;
import dev.finetune4j.spi.PlaceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes what jobs need in an account of a cloud. */
@Command(
        name = "bootstrap",
        mixinStandardHelpOptions = true,
        description = {
            "Makes what jobs need in an account of a cloud, or changes it.",
            "Shows the changes and asks, then prints what jobs say of the account, and",
            "writes it to profile.yaml in finetune's home: job files need not say it then.",
            "What it makes, by the name of the vendor:"
        },
        footer = {
            "",
            "The same command again changes nothing in the account, and writes the same: on",
            "another machine, too.",
            "",
            "Example:"
        })
final class BootstrapCommand implements Callable<Integer>, VendorCommand {
    private final Surroundings surroundings;

    @Parameters(paramLabel = "VENDOR", description = "Whose account, by the name above.")
    String vendor = "";

    @Option(names = "--region", paramLabel = "REGION", description = "Where (default: as is said above).")
    @Nullable
    String region;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "A parameter of the template; what is not set stays, or is the default.")
    Map<String, String> wishes = new LinkedHashMap<>();

    @Mixin
    Consent consent = new Consent();

    @Mixin
    OutputOptions output = new OutputOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    BootstrapCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    private static Vendors<AccountFounder> founders() {
        return new Vendors<>(AccountFounder.class, AccountFounder::vendor);
    }

    @Override
    public SortedMap<String, String> vendors() {
        return founders().saying(founder -> founder.about() + "; without --region in " + founder.usualRegion());
    }

    @Override
    public String ending(VendorHelp help) {
        return help.lines(founders().all().stream()
                .flatMap(founder -> founder.examples().stream()
                        .map(example -> "  finetune bootstrap " + founder.vendor() + " " + example))
                .toList());
    }

    @Override
    public Integer call() throws IOException {
        Map<String, String> all = new LinkedHashMap<>(wishes);
        if (region != null) {
            all.put(PlaceSettings.REGION, region);
        }
        prepareTheProfile();
        AccountFounder founder = founders().find(vendor, "be made ready", spec);
        Screen screen = surroundings.screen();
        try (Founding founding = founder.prepare(surroundings.providerContext(), all)) {
            if (!output.isJson()) {
                show(screen, founding);
            }
            if (!founding.changes().isEmpty()) {
                try (MessageView view = surroundings.messages(output.format)) {
                    if (!consent.isGiven("make it", view, surroundings, spec)) {
                        view.declined("nothing was made");
                        return ExitCode.OK.number();
                    }
                }
            }
            String jobFile = made(founding);
            if (!output.isJson()) {
                screen.line(jobFile);
            }
            Path profile = write(jobFile);
            if (output.isJson()) {
                screen.line(Json.pretty(Map.of(
                        "place",
                        founding.place(),
                        "changes",
                        founding.changes(),
                        "jobFile",
                        jobFile,
                        "profile",
                        profile.toString())));
            } else {
                screen.say(profile + " says so to every job from now on");
            }
        }
        return ExitCode.OK.number();
    }

    private Path write(String jobFile) {
        Path profile = surroundings.home().resolve(Profile.FILE);
        WholeFile.write(profile, Profile.saying(surroundings.home(), jobFile));
        return profile;
    }

    /** Before anything is made that it then could not be told. */
    private void prepareTheProfile() throws IOException {
        Path home = Files.createDirectories(surroundings.home());
        Profile.of(home, surroundings.environment());
        Files.delete(Files.createTempFile(home, ".profile", ".try"));
    }

    private String made(Founding founding) {
        try (MessageView view = surroundings.messages(output.format)) {
            if (!founding.changes().isEmpty()) {
                view.doing("making what is missing");
            }
            return founding.carryOut();
        }
    }

    private static void show(Screen screen, Founding founding) {
        screen.say(founding.place() + (founding.changes().isEmpty() ? ": nothing to change" : ""));
        founding.changes()
                .forEach(change -> screen.say("  " + change.action() + "  " + change.name() + "  " + change.kind()));
    }
}
