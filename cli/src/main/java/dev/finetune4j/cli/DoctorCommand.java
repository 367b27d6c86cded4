package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.cli.view.Table;
import dev.finetune4j.cli.view.Tone;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.spi.AccountExaminer;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at this machine, or at an account of a cloud, and says what would get in the way of a run. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Looks at this machine, or at an account of a cloud, and says what would get in the way of a run.",
            "Changes nothing. What cannot be looked at is called unknown.",
            "What it looks at in an account, by the name of the vendor:"
        },
        footer = {"", "Example:", "  finetune doctor"})
final class DoctorCommand implements Callable<Integer>, VendorCommand {
    private final Surroundings surroundings;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "VENDOR",
            description = "Whose account to look at, by the name above. This machine if it is left out.")
    @Nullable
    String vendor;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "JOB",
            description = "The job file, for what it says of the account.")
    @Nullable
    Path job;

    @Mixin
    OutputOptions output = new OutputOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    DoctorCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    private static Vendors<AccountExaminer> examiners() {
        return new Vendors<>(AccountExaminer.class, AccountExaminer::vendor);
    }

    @Override
    public SortedMap<String, String> vendors() {
        return examiners().saying(AccountExaminer::about);
    }

    @Override
    public String ending(VendorHelp help) {
        return help.lines(vendors().keySet().stream()
                .map(name -> "  finetune doctor " + name + " job.yaml")
                .toList());
    }

    @Override
    public Integer call() {
        Screen screen = surroundings.screen();
        List<Diagnosis> diagnoses = vendor == null ? new Examination(surroundings).all() : account(vendor);
        if (output.isJson()) {
            screen.line(Json.pretty(Map.of("diagnoses", diagnoses)));
        } else {
            print(screen, diagnoses);
        }
        return exit(diagnoses).number();
    }

    /** That of the first thing that is in the way, which is the first to be mended. */
    private static ExitCode exit(List<Diagnosis> diagnoses) {
        return diagnoses.stream()
                .filter(diagnosis -> diagnosis.verdict() == Diagnosis.Verdict.FAIL)
                .map(Diagnosis::exit)
                .findFirst()
                .orElse(ExitCode.OK);
    }

    private List<Diagnosis> account(String name) {
        AccountExaminer examiner = examiners().find(name, "be looked at", spec);
        if (job == null) {
            return examiner.examine(surroundings.providerContext(), null);
        }
        List<Diagnosis> all = new ArrayList<>();
        FineTuneJob launched = asLaunched(job, all);
        all.addAll(examiner.examine(surroundings.providerContext(), launched));
        String file = job.toString();
        return all.stream()
                .map(one -> one.withRemedy(Remedies.named(one.remedy(), file, null)))
                .toList();
    }

    /** As a launch tells it to its places: on the machine and in the region of a plan where the job names none. */
    private FineTuneJob asLaunched(Path path, List<Diagnosis> unplanned) {
        JobFile file = surroundings.read(path);
        FineTuneJob told = file.job();
        ModelCatalogue catalogue = ModelCatalogue.shipped();
        try (FineTuner tuner = surroundings.open()) {
            List<PlanOption> options = options(tuner, file, path, unplanned);
            for (ProviderId target : file.job().targets()) {
                Map<String, String> said = options.stream()
                        .filter(option -> option.target().equals(target) && option.isEligible())
                        .findFirst()
                        .map(option -> file.at(option).job().settingsOf(target))
                        .orElseGet(() -> file.job().settingsOf(target));
                told = catalogue.named(
                        target, told.toBuilder().place(target, said).build());
            }
        }
        return told;
    }

    /** What a plan offers the job, best first; nothing where the job leaves nothing to a plan, or cannot be planned. */
    private static List<PlanOption> options(FineTuner tuner, JobFile file, Path path, List<Diagnosis> unplanned) {
        FineTuneJob job = file.job();
        if (job.targets().stream().noneMatch(target -> leavesSomethingToAPlan(tuner, target, job.settingsOf(target)))) {
            return List.of();
        }
        try {
            return tuner.plan(file, PlanRequest.atTargetsOf(job)).options();
        } catch (FineTuneException e) {
            Problem why = e.problems().get(0);
            unplanned.add(Diagnosis.unknown("plan", why.code() + ": " + why.summary(), "finetune plan " + path));
            return List.of();
        }
    }

    private static boolean leavesSomethingToAPlan(FineTuner tuner, ProviderId target, Map<String, String> said) {
        List<Offer> offers = tuner.offers().stream()
                .filter(offer -> offer.target().equals(target))
                .toList();
        boolean letsMachines = offers.stream().anyMatch(MachineOffer.class::isInstance);
        String chosen = letsMachines ? PlaceSettings.MACHINE : PlaceSettings.SCOPE;
        return !offers.isEmpty() && !(said.containsKey(PlaceSettings.REGION) && said.containsKey(chosen));
    }

    private static void print(Screen screen, List<Diagnosis> diagnoses) {
        Table table = new Table().text("CHECK").text("VERDICT").text("FOUND");
        diagnoses.forEach(diagnosis ->
                table.row(diagnosis.name(), diagnosis.verdict().name().toLowerCase(Locale.ROOT), diagnosis.found()));
        table.print(screen);
        diagnoses.stream()
                .filter(diagnosis -> !diagnosis.remedy().isEmpty())
                .forEach(diagnosis -> screen.line(
                        screen.paint(Tone.WARN, diagnosis.name()) + ": " + diagnosis.remedy())); // whole, to be pasted
    }
}
