package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.aws.internal.JobTags;
import dev.finetune4j.aws.internal.jobs.MachineKind;
import dev.finetune4j.aws.internal.jobs.SageMakerProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Durations;
import dev.finetune4j.spi.DiskSize;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.SettingsForm;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What a job file says of SageMaker, read as options. */
final class SageMakerSettings {
    /** In front of a setting's name in a job file. */
    static final String PREFIX = "places.sagemaker.";

    private static final String ROLE = "role";
    private static final String STORE = "store";
    private static final String IMAGE = "image";
    private static final String WORKER_IN_IMAGE = "worker-in-image";
    private static final String VOLUME = "volume-gb";
    private static final String MAX_WAIT = "max-wait";
    private static final String MAX_PENDING = "max-pending";
    private static final String KMS_KEY = "kms-key";
    private static final String SUBNETS = "subnets";
    private static final String SECURITY_GROUPS = "security-groups";
    private static final String ISOLATED = "isolated";
    private static final String KEEP_ALIVE = "keep-alive";

    private static final String WHOLE_NUMBER = "\\d{1,6}";
    private static final String ANY_MACHINE = "ml.g5.xlarge";
    private static final String ANY_REGION = "us-east-1";

    private static final SettingsForm FORM = new SettingsForm(
            SageMakerProblems.BAD_SETTING,
            "SageMaker",
            PREFIX,
            Set.of(
                    ROLE,
                    STORE,
                    BucketOwner.SETTING,
                    PlaceSettings.REGION,
                    PlaceSettings.MACHINE,
                    PlaceSettings.SPOT,
                    IMAGE,
                    WORKER_IN_IMAGE,
                    VOLUME,
                    MAX_WAIT,
                    MAX_PENDING,
                    KMS_KEY,
                    SUBNETS,
                    SECURITY_GROUPS,
                    ISOLATED,
                    KEEP_ALIVE,
                    JobTags.SETTING));

    private final Map<String, String> settings;
    private final Map<String, String> environment;
    private final List<Problem> problems = new ArrayList<>();

    /**
     * Settings of a job.
     *
     * @param environment names a region where the settings do not
     */
    SageMakerSettings(Map<String, String> settings, Map<String, String> environment) {
        this.settings = settings;
        this.environment = environment;
    }

    /** The region, if it is known. */
    Optional<String> region() {
        return AwsConnection.region(settings, environment);
    }

    /** The account that the store's bucket must belong to. */
    BucketOwner owner() {
        return BucketOwner.of(settings);
    }

    /** Whether the machine has GPUs; one that is not named yet has. */
    boolean hasGpu() {
        String machine = settings.get(PlaceSettings.MACHINE);
        return machine == null || new MachineKind(machine).hasGpu();
    }

    /** How long the machine is kept, and paid for, after the job; zero where that cannot be read. */
    Duration keepAlive() {
        return readable(KEEP_ALIVE).orElse(Duration.ZERO);
    }

    /** How long a spot job may wait and run together; empty where that is not said, or cannot be read. */
    Optional<Duration> maxWait() {
        return Boolean.parseBoolean(settings.get(PlaceSettings.SPOT)) ? readable(MAX_WAIT) : Optional.empty();
    }

    private Optional<Duration> readable(String name) {
        try {
            return Optional.ofNullable(settings.get(name)).map(Durations::parse);
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty(); // refusals tell of it
        }
    }

    /** The disk that they give a machine; empty where it comes with one, where they do not say how large it is, and where that cannot be read. */
    Optional<DiskSize> disk(String machine) {
        String size = settings.getOrDefault(VOLUME, "0");
        int gigabytes = size.matches(WHOLE_NUMBER) ? Integer.parseInt(size) : 0; // refusals tell of what is none
        return gigabytes == 0 || new MachineKind(machine).hasOwnDisk()
                ? Optional.empty()
                : Optional.of(new DiskSize(VOLUME, gigabytes));
    }

    /** Whether they leave the machine to a plan. */
    boolean leavesMachineOpen() {
        return !settings.containsKey(PlaceSettings.MACHINE);
    }

    /** The same on some machine, where they leave it open. */
    SageMakerSettings atSomeMachine() {
        Map<String, String> chosen = new HashMap<>(settings);
        chosen.putIfAbsent(PlaceSettings.MACHINE, ANY_MACHINE);
        return new SageMakerSettings(chosen, environment);
    }

    /** What is wrong with them whatever the job, or missing; empty if nothing. Region and machine may be left to a plan. */
    List<Problem> problems(VendorImages images) {
        return problems(options -> SageMakerRules.problems(options, images));
    }

    /** What speaks against a job with them; empty if nothing. Region and machine may be left to a plan. */
    List<Problem> refusals(Proposal proposal, VendorImages images) {
        return problems(options -> SageMakerRules.problems(options, proposal, images));
    }

    private List<Problem> problems(Function<SageMakerOptions, List<Problem>> rules) {
        Map<String, String> chosen = new HashMap<>(atSomeMachine().settings);
        region().or(() -> Optional.of(ANY_REGION)).ifPresent(region -> chosen.put(PlaceSettings.REGION, region));
        SageMakerSettings whole = new SageMakerSettings(chosen, environment);
        SageMakerOptions options = whole.read();
        return whole.problems.isEmpty() ? rules.apply(options) : List.copyOf(whole.problems);
    }

    /**
     * The options of a job.
     *
     * @throws FineTuneException with all that cannot be read, or is missing
     */
    SageMakerOptions options() {
        SageMakerOptions options = read();
        refuseProblems();
        return options;
    }

    /**
     * Where jobs and their files are.
     *
     * @param region of the service
     * @param store S3 address of their files
     * @param owner whose the store's bucket must be
     */
    record Connection(String region, String store, BucketOwner owner) {}

    /**
     * What it takes to look after jobs, on whatever machine they are.
     *
     * @throws FineTuneException with what of it is missing
     */
    Connection connection() {
        problems.clear();
        owner().problem(PREFIX, SageMakerProblems.BAD_SETTING).ifPresent(problems::add);
        Connection connection = new Connection(requiredRegion(), requiredStore(), owner());
        refuseProblems();
        return connection;
    }

    private void refuseProblems() {
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
    }

    private String requiredRegion() {
        return region().orElseGet(() -> required(PlaceSettings.REGION, "eu-central-1"));
    }

    private String requiredStore() {
        return required(STORE, "s3://my-bucket/finetune4j");
    }

    private SageMakerOptions read() {
        problems.clear();
        problems.addAll(FORM.unknown(settings));
        owner().problem(PREFIX, SageMakerProblems.BAD_SETTING).ifPresent(problems::add);
        String region = requiredRegion();
        return SageMakerOptions.builder(
                        required(ROLE, "arn:aws:iam::ACCOUNT:role/NAME"),
                        region,
                        requiredStore(),
                        required(PlaceSettings.MACHINE, "ml.g5.xlarge"))
                .image(settings.get(IMAGE))
                .bringsWorker(flag(WORKER_IN_IMAGE))
                .volumeGb(number(VOLUME))
                .spot(flag(PlaceSettings.SPOT))
                .maxWait(settings.containsKey(MAX_WAIT) ? duration(MAX_WAIT) : null)
                .maxPending(settings.containsKey(MAX_PENDING) ? duration(MAX_PENDING) : null)
                .kmsKey(settings.get(KMS_KEY))
                .network(list(SUBNETS), list(SECURITY_GROUPS))
                .isolated(flag(ISOLATED))
                .keepAlive(duration(KEEP_ALIVE))
                .tags(PlaceSettings.tags(settings.getOrDefault(JobTags.SETTING, "")))
                .build();
    }

    private String required(String name, String example) {
        FORM.required(name, settings, example).ifPresent(problems::add);
        return settings.getOrDefault(name, "");
    }

    private int number(String name) {
        String value = settings.getOrDefault(name, "0");
        if (value.matches(WHOLE_NUMBER)) {
            return Integer.parseInt(value);
        }
        problems.add(FORM.malformed(name, value, "a whole number", "200"));
        return 0;
    }

    private boolean flag(String name) {
        FORM.flag(name, settings, true).ifPresent(problems::add);
        return Boolean.parseBoolean(settings.get(name));
    }

    private Duration duration(String name) {
        String value = settings.get(name);
        if (value == null) {
            return Duration.ZERO;
        }
        try {
            return Durations.parse(value);
        } catch (DateTimeException | IllegalArgumentException e) {
            problems.add(FORM.malformed(name, value, "a duration such as 45m or 2h30m", "30m"));
            return Duration.ZERO;
        }
    }

    private List<String> list(String name) {
        return Arrays.stream(settings.getOrDefault(name, "").split("[,\\s]+", -1))
                .filter(item -> !item.isEmpty())
                .toList();
    }
}
