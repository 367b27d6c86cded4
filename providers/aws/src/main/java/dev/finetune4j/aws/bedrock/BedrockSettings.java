package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.aws.internal.JobTags;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.SettingsForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a job file says of Bedrock, read as options. A name with a capital letter in it is a hyperparameter of the model, by its own name;
 * {@link TuningParameters} tells whether the model has it.
 */
final class BedrockSettings {
    /** In front of a setting's name in a job file. */
    static final String PREFIX = "places.bedrock.";

    private static final String ROLE = "role";
    private static final String STORE = "store";
    private static final String MODEL = PlaceSettings.MODEL;
    private static final String KMS_KEY = "kms-key";
    private static final String SUBNETS = "subnets";
    private static final String SECURITY_GROUPS = "security-groups";
    private static final Pattern HYPER_PARAMETER = Pattern.compile("[a-z]+([A-Z][a-z]*)+");
    private static final SettingsForm FORM = new SettingsForm(
            BedrockProblems.BAD_SETTING,
            "Bedrock",
            PREFIX,
            Set.of(
                    ROLE,
                    STORE,
                    BucketOwner.SETTING,
                    MODEL,
                    PlaceSettings.REGION,
                    PlaceSettings.SCOPE,
                    KMS_KEY,
                    SUBNETS,
                    SECURITY_GROUPS,
                    JobTags.SETTING),
            name -> HYPER_PARAMETER.matcher(name).matches(),
            ", and the model's own hyperparameters");

    private final Map<String, String> settings;
    private final Map<String, String> environment;
    private final BucketOwner owner;

    /**
     * Settings of a job.
     *
     * @param environment names a region where the settings do not
     */
    BedrockSettings(Map<String, String> settings, Map<String, String> environment) {
        this.settings = Map.copyOf(settings);
        this.environment = environment;
        owner = BucketOwner.of(settings);
    }

    /** The account that the store's bucket must belong to. */
    BucketOwner owner() {
        return owner;
    }

    /** The region, if it is known. */
    Optional<String> region() {
        return AwsConnection.region(settings, environment);
    }

    /** What cannot be read of the settings, or is missing; empty if nothing. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(FORM.unknown(settings));
        require(ROLE, "arn:aws:iam::ACCOUNT:role/NAME", problems);
        require(STORE, "s3://my-bucket/finetune4j", problems);
        if (region().isEmpty()) {
            require(PlaceSettings.REGION, "us-east-1", problems);
        }
        owner.problem(PREFIX, BedrockProblems.BAD_SETTING).ifPresent(problems::add);
        return problems;
    }

    private void require(String name, String example, List<Problem> problems) {
        FORM.required(name, settings, example).ifPresent(problems::add);
    }

    /**
     * The options.
     *
     * @param model the base model as the job names it, which is meant where the settings name none
     * @throws FineTuneException with all {@link #problems()} if there are any
     */
    BedrockOptions options(ModelRef model) {
        List<Problem> problems = problems();
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return BedrockOptions.builder(
                        settings.getOrDefault(ROLE, ""),
                        region().orElse(""),
                        settings.getOrDefault(STORE, ""),
                        settings.getOrDefault(MODEL, model.value()))
                .kmsKey(settings.get(KMS_KEY))
                .network(list(SUBNETS), list(SECURITY_GROUPS))
                .tags(PlaceSettings.tags(settings.getOrDefault(JobTags.SETTING, "")))
                .hyperParameters(hyperParameters())
                .build();
    }

    /** A model that is tuned in the region, or anywhere if none is; for what does not depend on the model. */
    ModelRef someModel() {
        return new ModelRef(TunableModels.all()
                .filter(model -> region().filter(model.regions()::contains).isPresent())
                .findFirst()
                .or(() -> TunableModels.all().findFirst())
                .orElseThrow()
                .id());
    }

    /** What of the settings makes another model. */
    Map<String, String> variation() {
        Map<String, String> values = new TreeMap<>(hyperParameters());
        values.put("place", BedrockProvider.ID.value());
        Optional.ofNullable(settings.get(MODEL)).ifPresent(model -> values.put(MODEL, model));
        return values;
    }

    private Map<String, String> hyperParameters() {
        Map<String, String> values = new LinkedHashMap<>();
        settings.forEach((name, value) -> {
            if (HYPER_PARAMETER.matcher(name).matches()) {
                values.put(name, value);
            }
        });
        return values;
    }

    private List<String> list(String name) {
        return Arrays.stream(settings.getOrDefault(name, "").split("[,\\s]+", -1))
                .filter(item -> !item.isEmpty())
                .toList();
    }
}
