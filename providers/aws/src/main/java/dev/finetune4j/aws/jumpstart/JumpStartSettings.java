package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.aws.internal.JobTags;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.SettingsForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a job file says of JumpStart, read as options. A name that is no setting of ours is a hyperparameter of the model's script, with hyphens for
 * its underscores; {@link HubHyperparameters} tells whether it has it.
 */
final class JumpStartSettings {
    /** In front of a setting's name in a job file. */
    static final String PREFIX = "places.jumpstart.";

    static final String VERSION = "version";
    static final String LICENCE = "accept-eula";

    private static final String ROLE = "role";
    private static final String STORE = "store";
    private static final String KMS_KEY = "kms-key";
    private static final String SUBNETS = "subnets";
    private static final String SECURITY_GROUPS = "security-groups";
    private static final Pattern HYPER_PARAMETER = Pattern.compile("[a-z][a-z0-9_-]*");
    private static final SettingsForm FORM = new SettingsForm(
            JumpStartProblems.BAD_SETTING,
            "JumpStart",
            PREFIX,
            Set.of(
                    ROLE,
                    STORE,
                    BucketOwner.SETTING,
                    PlaceSettings.REGION,
                    PlaceSettings.MACHINE,
                    PlaceSettings.SPOT,
                    PlaceSettings.MODEL,
                    VERSION,
                    LICENCE,
                    KMS_KEY,
                    SUBNETS,
                    SECURITY_GROUPS,
                    JobTags.SETTING),
            name -> HYPER_PARAMETER.matcher(name).matches(),
            ", and the hyperparameters of the model");

    private final Map<String, String> settings;
    private final Map<String, String> environment;
    private final BucketOwner owner;

    /**
     * Settings of a job.
     *
     * @param environment names a region where the settings do not
     */
    JumpStartSettings(Map<String, String> settings, Map<String, String> environment) {
        this.settings = Map.copyOf(settings);
        this.environment = environment;
        owner = BucketOwner.of(settings);
    }

    /** The account that the store's bucket must belong to. */
    BucketOwner owner() {
        return owner;
    }

    /** Where a job file sets a hyperparameter. */
    static String key(String hyperParameter) {
        return PREFIX + hyperParameter.replace('_', '-');
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
        owner.problem(PREFIX, JumpStartProblems.BAD_SETTING).ifPresent(problems::add);
        for (String flag : List.of(LICENCE, PlaceSettings.SPOT)) {
            FORM.flag(flag, settings, false).ifPresent(problems::add);
        }
        if (settings.getOrDefault(PlaceSettings.SPOT, "false").equals("true")) {
            problems.add(JumpStartProblems.UNABLE
                    .error("JumpStart does not train on machines that may be taken back")
                    .at(Location.ofKey(PREFIX + PlaceSettings.SPOT))
                    .because(
                            "no script of the hub goes on from a checkpoint, so that all would be lost and paid for again")
                    .remedy(PREFIX + PlaceSettings.SPOT + ": false")
                    .build());
        }
        return problems;
    }

    private void require(String name, String example, List<Problem> problems) {
        FORM.required(name, settings, example).ifPresent(problems::add);
    }

    /** What of the settings has to be known before anybody is asked of jobs. */
    String store() {
        return options(new ModelRef("any")).store();
    }

    /**
     * The options.
     *
     * @param model the base model as the job names it, which is meant where the settings name none
     * @throws FineTuneException with all {@link #problems()} if there are any
     */
    JumpStartOptions options(ModelRef model) {
        List<Problem> problems = problems();
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return new JumpStartOptions(
                settings.getOrDefault(ROLE, ""),
                region().orElse(""),
                settings.getOrDefault(STORE, ""),
                settings.getOrDefault(PlaceSettings.MODEL, model.value()),
                settings.get(VERSION),
                settings.get(PlaceSettings.MACHINE),
                Boolean.parseBoolean(settings.get(LICENCE)),
                settings.get(KMS_KEY),
                list(SUBNETS),
                list(SECURITY_GROUPS),
                PlaceSettings.tags(settings.getOrDefault(JobTags.SETTING, "")),
                hyperParameters());
    }

    /** What of the settings makes another model. */
    Map<String, String> variation() {
        Map<String, String> values = new TreeMap<>(hyperParameters());
        values.put("place", JumpStartProvider.ID.value());
        for (String name : List.of(PlaceSettings.MODEL, VERSION)) {
            Optional.ofNullable(settings.get(name)).ifPresent(value -> values.put(name, value));
        }
        return values;
    }

    private Map<String, String> hyperParameters() {
        Map<String, String> values = new TreeMap<>();
        settings.forEach((name, value) -> {
            if (!FORM.names().contains(name) && HYPER_PARAMETER.matcher(name).matches()) {
                values.put(name.replace('-', '_'), value);
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
