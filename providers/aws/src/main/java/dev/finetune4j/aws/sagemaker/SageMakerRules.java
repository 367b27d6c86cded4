package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.internal.JobTags;
import dev.finetune4j.aws.internal.PlaceRules;
import dev.finetune4j.aws.internal.jobs.MachineKind;
import dev.finetune4j.aws.internal.jobs.SageMakerProblems;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Durations;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.spi.Proposal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sagemaker.model.TrainingInstanceType;

/** Everything that SageMaker would have against a job, told before a call is made, and all of it at once. */
final class SageMakerRules {
    private static final Pattern IMAGE =
            Pattern.compile("\\d{12}\\.dkr\\.ecr\\.([a-z0-9\\-]+)\\.([a-z0-9.\\-]+)/[^\\s:@]+([:@]\\S+)?");
    private static final int IMAGE_CHARACTERS = 255;
    private static final int MOST_VOLUME_GB = 16_384;
    private static final Duration LONGEST_KEEP_ALIVE = Duration.ofHours(6);
    private static final Duration LONGEST_WAIT = Duration.ofDays(30);
    private static final Duration SHORTEST_PENDING = Duration.ofMinutes(30);
    private static final Duration LONGEST_PENDING = Duration.ofDays(28);
    private static final int MOST_CHANNELS = 20;
    private static final Pattern CHANNEL = Pattern.compile("[A-Za-z0-9.\\-_]{1,64}");

    private final SageMakerOptions options;
    private final MachineKind machine;
    private final VendorImages images;
    private final List<Problem> problems = new ArrayList<>();
    private final PlaceRules common = new PlaceRules(
            "places.sagemaker", "SageMaker", SageMakerProblems.BAD_SETTING, SageMakerProblems.CONTRADICTION, problems);

    private SageMakerRules(SageMakerOptions options, VendorImages images) {
        this.options = options;
        machine = new MachineKind(options.machine());
        this.images = images;
    }

    /** What the service has against the options, whatever the job; empty if nothing. */
    static List<Problem> problems(SageMakerOptions options, VendorImages images) {
        SageMakerRules rules = new SageMakerRules(options, images);
        rules.checkOptions();
        return List.copyOf(rules.problems);
    }

    /** What it has against a job of which nothing is sent yet. */
    static List<Problem> problems(SageMakerOptions options, Proposal proposal, VendorImages images) {
        SageMakerRules rules = new SageMakerRules(options, images);
        rules.checkOptions();
        rules.common.checkLongestRun(proposal.job().budget(), TrainingJobMapper.LONGEST_RUN);
        return List.copyOf(rules.problems);
    }

    /** What the service has against a time limit with these options, which are good; null is for none. */
    static List<Problem> problems(SageMakerOptions options, @Nullable Duration timeLimit) {
        SageMakerRules rules = new SageMakerRules(options, VendorImages.shipped());
        rules.checkLimits(timeLimit);
        return List.copyOf(rules.problems);
    }

    /** What the service has against a job with these options; empty if nothing. */
    static List<Problem> problems(StagedJob job, SageMakerOptions options, VendorImages images) {
        SageMakerRules rules = new SageMakerRules(options, images);
        rules.checkOptions();
        rules.checkLimits(job.timeLimit());
        rules.checkChannels(job);
        JobTags.SAGEMAKER.checkAll(
                TrainingJobMapper.tagsByKey(job, options), SageMakerProblems.BEYOND_LIMIT, rules.problems);
        return List.copyOf(rules.problems);
    }

    private void checkOptions() {
        common.checkRole(options.role(), options.region());
        if (!PlaceRules.isRegion(options.region())) {
            problems.add(common.wrong("region", "no region of AWS looks like " + options.region())
                    .remedy("places.sagemaker.region: eu-central-1")
                    .build());
        }
        common.checkStore(options.store());
        checkMachine();
        checkImage();
        checkSpot();
        checkPending();
        common.checkNetwork(options.subnets(), options.securityGroups());
        common.checkKey(options.kmsKey(), options.region());
        JobTags.SAGEMAKER.check(options.tags(), common);
    }

    private void checkMachine() {
        if (!machine.isKnown()) {
            Problem.Builder problem = SageMakerProblems.BAD_SETTING
                    .error("SageMaker trains on no " + options.machine() + " that is known here")
                    .at(common.locate("machine"));
            alike().forEach(type -> problem.remedy("places.sagemaker.machine: " + type));
            problems.add(problem.remedy("finetune offers --target sagemaker").build());
        }
        if (options.volumeGb() < 0 || options.volumeGb() > MOST_VOLUME_GB) {
            problems.add(
                    common.wrong("volume-gb", "a disk has 1 to " + MOST_VOLUME_GB + " GB, not " + options.volumeGb())
                            .remedy("places.sagemaker.volume-gb: " + SageMakerOptions.DEFAULT_VOLUME_GB)
                            .build());
        }
        if (options.kmsKey() != null && machine.hasOwnDisk()) {
            problems.add(SageMakerProblems.CONTRADICTION
                    .warning("the key encrypts results, and not the disk of " + options.machine())
                    .at(common.locate("kms-key"))
                    .because("the disk of this machine is part of it, and is encrypted by a key of its own hardware")
                    .remedy("aws kms describe-key --key-id " + options.kmsKey())
                    .build());
        }
        if (options.volumeGb() > 0 && machine.hasOwnDisk()) {
            problems.add(SageMakerProblems.CONTRADICTION
                    .warning("a disk of " + options.volumeGb() + " GB has no effect on " + options.machine())
                    .at(common.locate("volume-gb"))
                    .because("the disk of this machine is part of it")
                    .remedy("leave places.sagemaker.volume-gb out")
                    .build());
        }
        Duration keepAlive = options.keepAlive();
        if (keepAlive.isNegative() || keepAlive.compareTo(LONGEST_KEEP_ALIVE) > 0) {
            problems.add(common.wrong(
                            "keep-alive",
                            "a machine is kept for " + Durations.format(LONGEST_KEEP_ALIVE) + " at most, not "
                                    + Durations.format(keepAlive))
                    .remedy("places.sagemaker.keep-alive: 30m")
                    .build());
        }
    }

    /** Some machines of the same family. */
    private List<String> alike() {
        String family = options.machine().replaceFirst("^ml\\.", "").replaceFirst("\\..*", "");
        return Stream.of(TrainingInstanceType.values())
                .map(String::valueOf)
                .filter(type -> type.startsWith("ml." + family + "."))
                .limit(3)
                .toList();
    }

    private void checkImage() {
        if (options.image() == null && options.bringsWorker()) {
            problems.add(common.together("worker-in-image", "no image of Amazon's has finetune4j's worker in it")
                    .because("the job names no image of its own")
                    .remedy("leave places.sagemaker.worker-in-image out")
                    .remedy("places.sagemaker.image: ACCOUNT.dkr.ecr." + options.region()
                            + ".amazonaws.com/REPOSITORY:TAG")
                    .build());
        }
        if (options.image() == null) {
            if (PlaceRules.isRegion(options.region())
                    && images.image(options.region(), machine.hasGpu()).isEmpty()) {
                problems.add(SageMakerProblems.NO_IMAGE
                        .error("no training image of Amazon's is known in " + options.region())
                        .at(common.locate("region"))
                        .remedy("places.sagemaker.image: ACCOUNT.dkr.ecr." + options.region()
                                + ".amazonaws.com/REPOSITORY:TAG")
                        .build());
            }
            return;
        }
        Matcher image = IMAGE.matcher(options.image());
        if (!image.matches() || options.image().length() > IMAGE_CHARACTERS) {
            problems.add(common.wrong("image", options.image() + " is no image in Amazon's registry")
                    .because("it is ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG, of at most " + IMAGE_CHARACTERS
                            + " characters")
                    .remedy("leave places.sagemaker.image out, for Amazon's own")
                    .build());
        } else if (!image.group(1).equals(options.region())) {
            problems.add(
                    common.together("image", "the image is in " + image.group(1) + ", the job in " + options.region())
                            .remedy("leave places.sagemaker.image out, for Amazon's own in " + options.region())
                            .remedy("places.sagemaker.region: " + image.group(1))
                            .build());
        } else if (!image.group(2).equals(dnsSuffix())) {
            problems.add(common.together(
                            "image",
                            "registries of " + options.region() + " end with " + dnsSuffix() + ", not "
                                    + image.group(2))
                    .remedy("places.sagemaker.image: "
                            + options.image().replaceFirst(Pattern.quote(image.group(2)), dnsSuffix()))
                    .build());
        }
    }

    private String dnsSuffix() {
        return PartitionMetadata.of(Region.of(options.region())).dnsSuffix();
    }

    private void checkSpot() {
        if (!options.isSpot() && options.maxWait() != null) {
            problems.add(common.together("max-wait", "only a spot job has a longest time to wait")
                    .remedy("places.sagemaker.spot: true")
                    .remedy("leave places.sagemaker.max-wait out")
                    .build());
        }
        if (options.isSpot() && !options.keepAlive().isZero()) {
            problems.add(
                    common.together("keep-alive", "a machine that can be taken back cannot be kept for another job")
                            .remedy("leave places.sagemaker.keep-alive out")
                            .remedy("places.sagemaker.spot: false")
                            .build());
        }
    }

    /** The service lets only machines with accelerators be waited for; a spot job waits by its own limit. */
    private void checkPending() {
        Duration pending = options.maxPending();
        if (pending == null) {
            return;
        }
        if (pending.compareTo(SHORTEST_PENDING) < 0 || pending.compareTo(LONGEST_PENDING) > 0) {
            problems.add(common.wrong(
                            "max-pending",
                            "a job waits for a machine for " + Durations.format(SHORTEST_PENDING) + " to "
                                    + Durations.format(LONGEST_PENDING) + ", not " + Durations.format(pending))
                    .remedy("places.sagemaker.max-pending: 2h")
                    .build());
        }
        if (options.isSpot()) {
            problems.add(common.together("max-pending", "a spot job waits and runs as long as max-wait says")
                    .remedy("leave places.sagemaker.max-pending out")
                    .build());
        }
        if (machine.isKnown() && !machine.hasGpu()) {
            problems.add(
                    common.together("max-pending", "only a machine with a GPU is waited for, not " + options.machine())
                            .remedy("leave places.sagemaker.max-pending out")
                            .build());
        }
    }

    private void checkLimits(@Nullable Duration timeLimit) {
        Duration runtime = TrainingJobMapper.runtime(timeLimit);
        if (runtime.toSeconds() < 1 || runtime.compareTo(TrainingJobMapper.LONGEST_RUN) > 0) {
            problems.add(SageMakerProblems.BEYOND_LIMIT
                    .error("a job runs for 1s to " + Durations.format(TrainingJobMapper.LONGEST_RUN) + ", not "
                            + Durations.format(runtime))
                    .at(Location.ofKey("budget.max-time"))
                    .remedy("budget.max-time: " + Durations.format(TrainingJobMapper.LONGEST_RUN))
                    .build());
        }
        Duration wait = TrainingJobMapper.wait(timeLimit, options);
        if (options.isSpot() && options.maxWait() != null && wait.toSeconds() < runtime.toSeconds()) {
            problems.add(common.together(
                            "max-wait",
                            "the job may run for " + Durations.format(runtime) + ", but wait and run for "
                                    + Durations.format(wait))
                    .because("the longest wait counts the running time too")
                    .remedy("places.sagemaker.max-wait: "
                            + Durations.format(runtime.plus(TrainingJobMapper.USUAL_WAIT)))
                    .build());
        }
        if (options.isSpot() && wait.compareTo(LONGEST_WAIT) > 0) {
            problems.add(common.wrong(
                            "max-wait",
                            "a job waits and runs for " + Durations.format(LONGEST_WAIT) + " at most, not "
                                    + Durations.format(wait))
                    .remedy("places.sagemaker.max-wait: " + Durations.format(LONGEST_WAIT))
                    .build());
        }
        Duration pending = options.maxPending();
        if (pending != null && pending.plus(runtime).compareTo(LONGEST_WAIT) > 0) {
            problems.add(common.together(
                            "max-pending",
                            "a job waits and runs for " + Durations.format(LONGEST_WAIT) + " at most, not "
                                    + Durations.format(pending) + " and " + Durations.format(runtime))
                    .remedy("places.sagemaker.max-pending: " + Durations.format(LONGEST_WAIT.minus(runtime)))
                    .build());
        }
    }

    private void checkChannels(StagedJob job) {
        int channels = job.channels().size() + 2;
        if (channels > MOST_CHANNELS) {
            problems.add(beyond("a job has at most " + MOST_CHANNELS + " channels, not " + channels)
                    .because("two of them are the worker and its order")
                    .remedy("put the files of several channels into one")
                    .build());
        }
        for (String name : job.channels().keySet()) {
            if (name.equals(TrainingJobMapper.CODE_CHANNEL) || name.equals(ContainerOrder.CHANNEL)) {
                problems.add(beyond("the channel " + name + " is taken by the worker")
                        .remedy("give the channel another name")
                        .build());
            } else if (!CHANNEL.matcher(name).matches()) {
                problems.add(beyond("no channel may be called " + name)
                        .because("a name has 1 to 64 letters, digits, dots, hyphens and underscores")
                        .remedy("give the channel another name")
                        .build());
            }
        }
    }

    private static Problem.Builder beyond(String summary) {
        return SageMakerProblems.BEYOND_LIMIT.error(summary);
    }
}
