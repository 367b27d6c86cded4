package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.internal.JobTags;
import dev.finetune4j.aws.internal.PlaceRules;
import dev.finetune4j.aws.internal.jobs.MachineKind;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.spi.PlaceSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Everything that JumpStart would have against a job, told before a writing call is made, and all of it at once. */
final class JumpStartRules {
    private static final Pattern VERSION = Pattern.compile("\\d{1,4}\\.\\d{1,4}\\.\\d{1,4}");

    private final JumpStartOptions options;
    private final List<Problem> problems = new ArrayList<>();
    private final PlaceRules common = new PlaceRules(
            "places.jumpstart", "JumpStart", JumpStartProblems.BAD_SETTING, JumpStartProblems.CONTRADICTION, problems);

    private JumpStartRules(JumpStartOptions options) {
        this.options = options;
    }

    /** What it has against the options, whatever the model; empty if nothing. Asks nobody. */
    static List<Problem> problems(JumpStartOptions options) {
        JumpStartRules rules = new JumpStartRules(options);
        rules.checkOptions();
        return List.copyOf(rules.problems);
    }

    /** What it has against a budget. Asks nobody. */
    static List<Problem> problems(JumpStartOptions options, Budget budget) {
        JumpStartRules rules = new JumpStartRules(options);
        rules.common.checkLongestRun(budget, JumpStartMapper.LONGEST_RUN);
        return List.copyOf(rules.problems);
    }

    /** What a model's document has against the options. */
    static List<Problem> problems(JumpStartOptions options, HubDocument document) {
        JumpStartRules rules = new JumpStartRules(options);
        rules.checkModel(document);
        return List.copyOf(rules.problems);
    }

    private void checkOptions() {
        common.checkRole(options.role(), options.region());
        common.checkStore(options.store());
        common.checkNetwork(options.subnets(), options.securityGroups());
        common.checkKey(options.kmsKey(), options.region());
        JobTags.SAGEMAKER.check(options.tags(), common);
        if (HubRegions.shipped().in(options.region()).isEmpty()) {
            problems.add(JumpStartProblems.NO_HUB
                    .error("there is no JumpStart in " + options.region() + ", as far as is known here")
                    .at(common.locate(PlaceSettings.REGION))
                    .because("it is in "
                            + String.join(", ", HubRegions.shipped().regions().keySet()))
                    .remedy("places.jumpstart.region: us-east-1")
                    .build());
        }
        if (options.version() != null && !VERSION.matcher(options.version()).matches()) {
            problems.add(common.wrong(JumpStartSettings.VERSION, "no version of the hub's is " + options.version())
                    .because("it is three numbers with dots, such as 1.4.2")
                    .remedy("leave places.jumpstart.version out, for the newest")
                    .build());
        }
        if (options.machine() != null && !new MachineKind(options.machine()).isKnown()) {
            problems.add(common.wrong(
                            PlaceSettings.MACHINE,
                            "SageMaker trains on no " + options.machine() + " that is known here")
                    .remedy("finetune offers --target jumpstart")
                    .build());
        }
    }

    private void checkModel(HubDocument document) {
        if (!document.isTunable()) {
            problems.add(JumpStartProblems.NOT_TUNABLE
                    .error("the hub does not tune " + document.id() + " " + document.version())
                    .at(common.locate(PlaceSettings.MODEL))
                    .because("its document says that training is not supported")
                    .remedy("aws sagemaker list-hub-contents --region " + options.region() + " --hub-name "
                            + HubModels.HUB + " --hub-content-type Model")
                    .build());
            return;
        }
        checkLicence(document);
        checkMachine(document);
    }

    private void checkLicence(HubDocument document) {
        if (document.isGated() && !options.acceptsLicence()) {
            Problem.Builder problem = JumpStartProblems.LICENCE
                    .error("nobody has accepted the end-user licence agreement of " + document.id())
                    .at(common.locate(JumpStartSettings.LICENCE));
            if (!document.licence().isEmpty()) {
                problem.because("it is to be read at " + readable(document.licence()));
            }
            problems.add(problem.remedy("places.jumpstart.accept-eula: true").build());
        }
    }

    /** Anybody may read it with a browser. */
    private String readable(String address) {
        return address.replaceFirst("^s3://([^/]+)/", "https://$1.s3." + options.region() + ".amazonaws.com/");
    }

    private void checkMachine(HubDocument document) {
        String machine = options.machineFor(document);
        if (machine.isEmpty()) {
            problems.add(JumpStartProblems.OTHER_MACHINE
                    .error("the document of " + document.id() + " names no machine, nor does the job")
                    .at(common.locate(PlaceSettings.MACHINE))
                    .remedy("places.jumpstart.machine: ml.g5.2xlarge")
                    .build());
        } else if (!document.machines().isEmpty() && !document.machines().contains(machine)) {
            problems.add(JumpStartProblems.OTHER_MACHINE
                    .error(document.id() + " is not tuned on " + machine)
                    .at(common.locate(PlaceSettings.MACHINE))
                    .because("its script is made for " + String.join(", ", document.machines()))
                    .remedy("places.jumpstart.machine: "
                            + (document.usualMachine().isEmpty()
                                    ? document.machines().get(0)
                                    : document.usualMachine()))
                    .build());
        }
    }
}
