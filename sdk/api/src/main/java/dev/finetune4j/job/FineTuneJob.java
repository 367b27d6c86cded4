package dev.finetune4j.job;

import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Form;
import dev.finetune4j.value.ProviderId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One fine-tuning job, neutral to where it runs. The YAML job file and this record are two spellings of the same thing and
 * have the same digest.
 *
 * <pre>{@code
 * FineTuneJob job = FineTuneJob.builder(
 *                 "tickets", ModelRef.parse("smollm2-135m-instruct"), TaskSpec.of(TaskKind.CLASSIFICATION), DataSpec.ofFile("tickets.jsonl"))
 *         .training(TrainingSpec.builder().epochs(2).build())
 *         .build();
 * }</pre>
 *
 * @param name the job's name: letters, digits and hyphens, at most 40 characters
 * @param model the base model
 * @param task what the model is to do
 * @param data where the rows come from
 * @param check from where on a finding in the data is an error
 * @param method how weights are tuned
 * @param training how long, how fast and in what portions; with a learning rate
 * @param evaluation how base and tuned model are compared
 * @param budget what the job may cost
 * @param recovery when it is begun anew after its process failed
 * @param targets where it may run, first choice first
 * @param places what each place needs to be told, by its id: account, region, machine; texts by name, as the place has them
 */
@Describe("One fine-tuning job, neutral to where it runs.")
public record FineTuneJob(
        @Describe("The job's name: letters, digits and hyphens, at most 40 characters.")
        @Form(
                pattern = FineTuneJob.NAME_PATTERN,
                wanted = "1 to 40 letters, digits and inner hyphens",
                example = "my-job")
        String name,

        @Describe(
                value =
                        "The base model: a catalogue id (see finetune models), hf:ORG/NAME@REVISION, a folder, a .gguf file, or a zipped folder in a package (pypi:NAME==VERSION!path.zip).",
                example = "smollm2-135m-instruct")
        ModelRef model,

        @Describe("What the model is to do.") TaskSpec task,
        @Describe("Where the rows come from.") DataSpec data,

        @Describe("From where on a finding in the data is an error.")
        CheckSpec check,

        @Describe("How weights are tuned.") TuningMethod method,

        @Describe("How long, how fast and in what portions to train.")
        TrainingSpec training,

        @Describe("How base and tuned model are compared.") EvaluationSpec evaluation,
        @Describe("What the job may cost.") Budget budget,

        @Describe("When the job is begun anew on its machine after its process failed.")
        RecoverySpec recovery,

        @Describe("Where the job may run, first choice first.")
        List<ProviderId> targets,

        @Describe(
                value = "What each place needs to be told, by its id: account, region, machine.",
                example = "{sagemaker: {region: eu-central-1}}")
        Map<String, Map<String, String>> places) {
    static final String NAME_PATTERN = "(?=.{1,40}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*";
    private static final Pattern NAME = Pattern.compile(NAME_PATTERN);

    /** Checks the name, copies targets and places, and takes the method's learning rate where none was said. */
    public FineTuneJob {
        recovery = recovery == null ? RecoverySpec.never() : recovery; // as of jobs that earlier versions wrote down
        training = training.with(method);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name must be 1 to 40 letters, digits and inner hyphens, was " + name);
        }
        targets = List.copyOf(targets);
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("targets must name at least one place");
        }
        places = copy(places);
    }

    /** Jobs that were written down before there were places have none. */
    private static Map<String, Map<String, String>> copy(@Nullable Map<String, Map<String, String>> places) {
        Map<String, Map<String, String>> copy = new LinkedHashMap<>();
        if (places != null) {
            places.forEach((id, settings) -> copy.put(id, Collections.unmodifiableMap(new LinkedHashMap<>(settings))));
        }
        return Collections.unmodifiableMap(copy);
    }

    /** What a place is told; empty where nothing is. */
    public Map<String, String> settingsOf(ProviderId place) {
        return places.getOrDefault(place.value(), Map.of());
    }

    /** Starts a job from what has no default. */
    public static Builder builder(String name, ModelRef model, TaskSpec task, DataSpec data) {
        return new Builder(name, model, task, data);
    }

    /** Starts from this job. */
    public Builder toBuilder() {
        return new Builder(name, model, task, data)
                .check(check)
                .method(method)
                .training(training)
                .evaluation(evaluation)
                .budget(budget)
                .recovery(recovery)
                .targets(targets)
                .places(places);
    }

    /** Collects the parts of a job that have defaults. */
    public static final class Builder {
        private final String name;
        private final ModelRef model;
        private final TaskSpec task;
        private final DataSpec data;
        private CheckSpec check = CheckSpec.defaults();
        private TuningMethod method = LoraTuning.defaults();
        private TrainingSpec training = TrainingSpec.defaults();
        private EvaluationSpec evaluation = EvaluationSpec.defaults();
        private Budget budget = Budget.unlimited();
        private RecoverySpec recovery = RecoverySpec.never();
        private List<ProviderId> targets = List.of(ProviderId.LOCAL);
        private Map<String, Map<String, String>> places = Map.of();

        Builder(String name, ModelRef model, TaskSpec task, DataSpec data) {
            this.name = name;
            this.model = model;
            this.task = task;
            this.data = data;
        }

        /** From where on a finding in the data is an error; {@link CheckSpec#defaults()} unless said. */
        public Builder check(CheckSpec thresholds) {
            check = thresholds;
            return this;
        }

        /** How weights are tuned; {@link LoraTuning#defaults()} unless said. */
        public Builder method(TuningMethod tuningMethod) {
            method = tuningMethod;
            return this;
        }

        /** How to train; {@link TrainingSpec#defaults()} unless said. */
        public Builder training(TrainingSpec settings) {
            training = settings;
            return this;
        }

        /** How to compare; {@link EvaluationSpec#defaults()} unless said. */
        public Builder evaluation(EvaluationSpec settings) {
            evaluation = settings;
            return this;
        }

        /** What it may cost; {@link Budget#unlimited()} unless said. */
        public Builder budget(Budget limits) {
            budget = limits;
            return this;
        }

        /** When it is begun anew after its process failed; {@link RecoverySpec#never()} unless said. */
        public Builder recovery(RecoverySpec after) {
            recovery = after;
            return this;
        }

        /** Where it may run, first choice first; {@link ProviderId#LOCAL} unless said. */
        public Builder targets(List<ProviderId> places) {
            targets = places;
            return this;
        }

        /** What each place needs to be told, by its id; nothing unless said. */
        public Builder places(Map<String, Map<String, String>> settings) {
            places = settings;
            return this;
        }

        /** Tells one place its settings, instead of what it was told before. */
        public Builder place(ProviderId place, Map<String, String> settings) {
            Map<String, Map<String, String>> all = new LinkedHashMap<>(places);
            all.put(place.value(), settings);
            return places(all);
        }

        /** The finished job. */
        public FineTuneJob build() {
            return new FineTuneJob(
                    name, model, task, data, check, method, training, evaluation, budget, recovery, targets, places);
        }
    }
}
