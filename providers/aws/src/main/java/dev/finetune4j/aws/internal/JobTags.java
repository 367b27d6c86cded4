package dev.finetune4j.aws.internal;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Tags that a job file gives the jobs of a place, such as whose bill they are on, besides those by which finetune4j finds them.
 *
 * @param most what the service takes of one job
 * @param own how many of them are finetune4j's
 * @param key of a tag
 * @param value of a tag
 * @param form key and value in words
 */
public record JobTags(int most, int own, Pattern key, Pattern value, String form) {
    /** The setting, a text such as {@code team=search, cost-centre=4711}. */
    public static final String SETTING = "tags";

    /** Of SageMaker's jobs. Own are run, job, version and digest, and at JumpStart the model and its version. */
    public static final JobTags SAGEMAKER = of(50, 6, "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]", "letters");

    /** Of Bedrock's jobs and models. Own are run, job, version and digest. */
    public static final JobTags BEDROCK = of(200, 4, "[a-zA-Z0-9\\s._:/=+@\\-]", "ASCII letters");

    private static final List<String> RESERVED = List.of("finetune4j-", "sagemaker-sdk:");

    private static JobTags of(int most, int own, String character, String letters) {
        return new JobTags(
                most,
                own,
                Pattern.compile("(?!aws:)" + character + "{1,128}"),
                Pattern.compile(character + "{0,256}"),
                "a key has 1 to 128 and a value at most 256 " + letters
                        + ", digits, spaces and _.:/=+-@, and aws: is Amazon's own");
    }

    /** Tells what is wrong with tags of a setting. */
    public void check(Map<String, String> tags, PlaceRules rules) {
        if (tags.size() > most - own) {
            int beyond = tags.size() - (most - own);
            rules.problems()
                    .add(rules.wrong(
                                    SETTING,
                                    "a job has at most " + (most - own) + " tags of one's own, not " + tags.size())
                            .because("of " + most + " that the service takes, " + own + " are finetune4j's")
                            .remedy("leave " + beyond + (beyond == 1 ? " tag" : " tags") + " out")
                            .build());
        }
        tags.forEach((name, text) -> check(name, text, rules));
    }

    private void check(String name, String text, PlaceRules rules) {
        if (RESERVED.stream().anyMatch(name::startsWith)) {
            rules.problems()
                    .add(rules.wrong(SETTING, "no tag may be " + name + "=" + text)
                            .because("by tags that begin with " + String.join(" or ", RESERVED)
                                    + " jobs are found again")
                            .remedy(rules.target() + "." + SETTING + ": my-" + name + "=" + text)
                            .build());
        } else if (!isTaken(name, text)) {
            rules.problems()
                    .add(rules.wrong(SETTING, "no tag may be " + name + "=" + text)
                            .because(form)
                            .remedy(rules.target() + "." + SETTING + ": team=search, cost-centre=4711")
                            .build());
        }
    }

    /**
     * Tells what the service has against all tags of a job, the labels of its submission among them.
     *
     * @param limit kind of a job that is larger than the service takes
     */
    public void checkAll(Map<String, String> tags, ProblemKind limit, List<Problem> problems) {
        if (tags.size() > most) {
            problems.add(limit.error("a job has at most " + most + " tags, not " + tags.size())
                    .because("one of them is the digest of its order")
                    .remedy("leave " + (tags.size() - most) + " labels out")
                    .build());
        }
        tags.forEach((name, text) -> {
            if (!isTaken(name, text)) {
                problems.add(limit.error("no tag may be " + name + "=" + text)
                        .because(form)
                        .remedy("give the label " + name + " another name or value")
                        .build());
            }
        });
    }

    private boolean isTaken(String name, String text) {
        return key.matcher(name).matches() && value.matcher(text).matches();
    }
}
