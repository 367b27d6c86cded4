package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.aws.internal.PlaceRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Tags that a job file gives the jobs of a place, such as whose bill they are on, besides those by which finetune4j finds them. */
public final class JobTags {
    /** The setting, a text such as {@code team=search, cost-centre=4711}. */
    public static final String SETTING = "tags";

    /** What the service takes of one job. */
    public static final int MOST = 50;

    /** Run, job, version and digest, and at JumpStart the model and its version. */
    private static final int OWN = 6;

    private static final List<String> RESERVED = List.of("finetune4j-", "sagemaker-sdk:");
    private static final Pattern KEY = Pattern.compile("(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{1,128}");
    private static final Pattern VALUE = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{0,256}");

    private JobTags() {}

    /** The tags of a setting; what has no {@code =} is a key without a value. */
    public static Map<String, String> of(String setting) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (String part : setting.split(",", -1)) {
            if (!part.isBlank()) {
                int equals = part.indexOf('=');
                tags.put(
                        (equals < 0 ? part : part.substring(0, equals)).strip(),
                        equals < 0 ? "" : part.substring(equals + 1).strip());
            }
        }
        return tags;
    }

    /** Whether the service takes a tag. */
    public static boolean isTaken(String key, String value) {
        return KEY.matcher(key).matches() && VALUE.matcher(value).matches();
    }

    /** Tells what is wrong with tags of a setting. */
    public static void check(Map<String, String> tags, PlaceRules rules) {
        if (tags.size() > MOST - OWN) {
            int beyond = tags.size() - (MOST - OWN);
            rules.problems()
                    .add(rules.wrong(
                                    SETTING,
                                    "a job has at most " + (MOST - OWN) + " tags of one's own, not " + tags.size())
                            .because("of " + MOST + " that the service takes, " + OWN + " are finetune4j's")
                            .remedy("leave " + beyond + (beyond == 1 ? " tag" : " tags") + " out")
                            .build());
        }
        tags.forEach((key, value) -> check(key, value, rules));
    }

    private static void check(String key, String value, PlaceRules rules) {
        if (RESERVED.stream().anyMatch(key::startsWith)) {
            rules.problems()
                    .add(rules.wrong(SETTING, "no tag may be " + key + "=" + value)
                            .because("by tags that begin with " + String.join(" or ", RESERVED)
                                    + " jobs are found again")
                            .remedy(rules.target() + "." + SETTING + ": my-" + key + "=" + value)
                            .build());
        } else if (!isTaken(key, value)) {
            rules.problems()
                    .add(rules.wrong(SETTING, "no tag may be " + key + "=" + value)
                            .because(
                                    "a key has 1 to 128 and a value at most 256 letters, digits, spaces and _.:/=+-@, and aws: is"
                                            + " Amazon's own")
                            .remedy(rules.target() + "." + SETTING + ": team=search, cost-centre=4711")
                            .build());
        }
    }
}
