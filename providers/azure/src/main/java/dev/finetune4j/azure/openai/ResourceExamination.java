package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.Pause;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.Diagnosis;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Looks whether a resource is ready for a job: what would be refused of its model and region, whether it answers, the room that is
 * left, and whether what it tunes can be hosted. */
final class ResourceExamination {
    private static final String MODEL = "model";
    private static final String FILES = "files";
    private static final String JOBS = "jobs";
    private static final String HOSTING = "hosting";
    private static final int MOST_DEPLOYMENTS = 32;

    /** What a resource keeps, by the older of two pages of Microsoft's. */
    private static final int MOST_FILES = 50;

    private static final int MOST_JOBS = 100;

    private final AzureOpenAiOptions options;
    private final TuningFiles files;
    private final TuningJobs jobs;
    private final Deployments deployments;

    ResourceExamination(AzureOpenAiOptions options, AzureConnection connection, Clock clock) {
        this.options = options;
        OpenAiCalls calls = new OpenAiCalls(options, connection, Pause::of);
        files = new TuningFiles(calls, options, Pause::of);
        jobs = new TuningJobs(calls, files, options, Pause::of);
        deployments = new Deployments(options, connection, clock);
    }

    List<Diagnosis> all() {
        List<Diagnosis> all = new ArrayList<>(List.of(model()));
        Diagnosis room = look(FILES, () -> room(FILES, files.all().size(), MOST_FILES));
        all.add(room);
        if (room.verdict() == Diagnosis.Verdict.OK || room.verdict() == Diagnosis.Verdict.WARN) {
            all.add(look(JOBS, () -> room(JOBS, jobs.all().size(), MOST_JOBS)));
        }
        all.add(hosting());
        return all;
    }

    private Diagnosis model() {
        Optional<Problem> refused = AzureOpenAiRules.problems(options).stream()
                .filter(Problem::isError)
                .findFirst();
        if (refused.isPresent()) {
            return Diagnosis.of(MODEL, refused.get());
        }
        Optional<String> region = deployments.region();
        if (region.filter(found -> !found.equalsIgnoreCase(options.region())).isPresent()) {
            return Diagnosis.of(
                    MODEL,
                    AzureOpenAiErrors.elsewhere(options, region.get())
                            .problems()
                            .get(0));
        }
        return Diagnosis.ok(
                MODEL,
                options.serviceModel() + " is tuned in " + options.region() + " (" + options.trainingType() + ")"
                        + (region.isPresent()
                                ? ", where " + options.account() + " is"
                                : ", if " + options.account() + " is there"));
    }

    /** Whoever may tune need not be allowed to deploy: a job runs all the same, and its model cannot be hosted. */
    private Diagnosis hosting() {
        try {
            int count = deployments.all().size();
            String found = options.account() + " has " + count + " deployment" + (count == 1 ? "" : "s")
                    + ", and keeps " + MOST_DEPLOYMENTS
                    + "; to make one is another permission than to tune, which only a policy for the host tells";
            return count < MOST_DEPLOYMENTS
                    ? Diagnosis.ok(HOSTING, found)
                    : Diagnosis.warn(HOSTING, found, "finetune host --list");
        } catch (FineTuneException e) {
            Problem problem = e.problems().get(0);
            Diagnosis told = Diagnosis.of(HOSTING, problem);
            if (told.verdict() == Diagnosis.Verdict.UNKNOWN) {
                return told;
            }
            String found = told.found() + "; tuning takes none of it";
            return problem.kind().equals(AzureOpenAiProblems.BAD_SETTING)
                    ? Diagnosis.unknown(HOSTING, found, told.remedy())
                    : Diagnosis.warn(HOSTING, found, told.remedy());
        }
    }

    private Diagnosis room(String what, int count, int most) {
        String things = count == 1 ? what.substring(0, what.length() - 1) : what;
        String found = options.account() + " has " + count + " " + things + ", and keeps " + most + " or more";
        return count < most ? Diagnosis.ok(what, found) : Diagnosis.warn(what, found, "finetune gc JOB");
    }

    /** A name that nobody knows may come of a line that is down, but tokens were given a moment before. */
    private static Diagnosis look(String name, Supplier<Diagnosis> look) {
        try {
            return look.get();
        } catch (FineTuneException e) {
            Problem problem = e.problems().get(0);
            return problem.kind().equals(AzureOpenAiProblems.BAD_SETTING)
                    ? Diagnosis.fail(name, problem)
                    : Diagnosis.of(name, problem);
        }
    }
}
