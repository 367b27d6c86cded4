package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.Diagnosis;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Looks whether a resource is ready for a job: what would be refused of its model and region, whether it answers, and the room that is left. */
final class ResourceExamination {
    private static final String MODEL = "model";
    private static final String FILES = "files";
    private static final String JOBS = "jobs";

    /** What a resource keeps, by the older of two pages of Microsoft's. */
    private static final int MOST_FILES = 50;

    private static final int MOST_JOBS = 100;

    private final AzureOpenAiOptions options;
    private final TuningFiles files;
    private final TuningJobs jobs;

    ResourceExamination(AzureOpenAiOptions options, AzureConnection connection) {
        this.options = options;
        OpenAiCalls calls = new OpenAiCalls(options, connection, ArmResources::pause);
        files = new TuningFiles(calls, options, ArmResources::pause);
        jobs = new TuningJobs(calls, files, options, ArmResources::pause);
    }

    List<Diagnosis> all() {
        List<Diagnosis> all = new ArrayList<>(List.of(model()));
        Diagnosis room = look(FILES, () -> room(FILES, files.all().size(), MOST_FILES));
        all.add(room);
        if (room.verdict() == Diagnosis.Verdict.OK || room.verdict() == Diagnosis.Verdict.WARN) {
            all.add(look(JOBS, () -> room(JOBS, jobs.all().size(), MOST_JOBS)));
        }
        return all;
    }

    private Diagnosis model() {
        return AzureOpenAiRules.problems(options).stream()
                .filter(Problem::isError)
                .findFirst()
                .map(problem -> Diagnosis.of(MODEL, problem))
                .orElseGet(() -> Diagnosis.ok(
                        MODEL,
                        options.serviceModel() + " is tuned in " + options.region() + " (" + options.trainingType()
                                + "), if " + options.account() + " is there"));
    }

    private Diagnosis room(String what, int count, int most) {
        String things = count == 1 ? what.substring(0, what.length() - 1) : what;
        String found = options.account() + " has " + count + " " + things + ", and keeps " + most + " or more";
        return count < most ? Diagnosis.ok(what, found) : Diagnosis.warn(what, found, "finetune gc JOB");
    }

    private static Diagnosis look(String name, Supplier<Diagnosis> look) {
        try {
            return look.get();
        } catch (FineTuneException e) {
            return Diagnosis.of(name, e.problems().get(0));
        }
    }
}
