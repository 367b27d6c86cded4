package dev.finetune4j.aws.internal;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.job.Budget;
import dev.finetune4j.json.Durations;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/**
 * What services have against settings that they share, each told at the service's own setting.
 *
 * @param target what the keys of its settings begin with
 * @param service the service as people name it
 * @param wrong kind of a setting that is not of its form
 * @param contradiction kind of settings that do not go together
 * @param problems where they are told
 */
public record PlaceRules(
        String target, String service, ProblemKind wrong, ProblemKind contradiction, List<Problem> problems) {
    private static final Pattern ROLE = Pattern.compile("arn:(aws[a-z\\-]*):iam::\\d{12}:role/[a-zA-Z_0-9+=,.@\\-_/]+");
    private static final int ROLE_CHARACTERS = 2048;
    private static final Pattern REGION = Pattern.compile("[a-z]{2,5}(-[a-z]+)+-\\d");
    private static final Pattern NETWORK_ID = Pattern.compile("[-0-9a-zA-Z]{1,32}");
    private static final Pattern STORE =
            Pattern.compile("s3://[a-z0-9][a-z0-9.\\-]{1,61}[a-z0-9](/[a-zA-Z0-9!_.*'()\\-/]+)?");
    private static final int STORE_CHARACTERS = 512; // of 1024, the rest is for our own names below it
    /** A key by its id, alias or ARN. */
    private static final Pattern KEY =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}|alias/[a-zA-Z0-9/_-]+"
                    + "|arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:(key|alias)/[a-zA-Z0-9/_-]+");

    private static final int KEY_CHARACTERS = 2048;
    private static final Pattern KEY_ARN = Pattern.compile("arn:aws[a-z\\-]*:kms:([a-z0-9\\-]+):.*");
    private static final int MOST_SUBNETS = 16;
    private static final int MOST_GROUPS = 5;

    /** Whether a text has the form of a region. */
    public static boolean isRegion(String text) {
        return REGION.matcher(text).matches();
    }

    /** The role must be a whole ARN, of the region's partition. */
    public void checkRole(String role, String region) {
        Matcher arn = ROLE.matcher(role);
        if (!arn.matches() || role.length() > ROLE_CHARACTERS) {
            problems.add(wrong("role", role + " is no ARN of a role")
                    .because(service + " takes the whole ARN, path included: arn:aws:iam::ACCOUNT:role/PATH/NAME")
                    .remedy("aws iam get-role --query Role.Arn --role-name " + lastPart(role))
                    .build());
        } else if (isRegion(region)
                && !arn.group(1).equals(PartitionMetadata.of(Region.of(region)).id())) {
            problems.add(
                    together("role", "the role is of partition " + arn.group(1) + ", the region " + region + " is not")
                            .remedy("aws sts get-caller-identity --region " + region)
                            .build());
        }
    }

    /** Subnets come with security groups. */
    public void checkNetwork(List<String> subnets, List<String> securityGroups) {
        if (subnets.isEmpty() != securityGroups.isEmpty()) {
            boolean hasSubnets = !subnets.isEmpty();
            problems.add(together(
                            hasSubnets ? "subnets" : "security-groups",
                            hasSubnets
                                    ? "subnets come without a security group"
                                    : "security groups come without a subnet")
                    .remedy(hasSubnets ? "aws ec2 describe-security-groups" : "aws ec2 describe-subnets")
                    .build());
        }
        checkIds("subnets", subnets, MOST_SUBNETS);
        checkIds("security-groups", securityGroups, MOST_GROUPS);
    }

    private void checkIds(String key, List<String> ids, int most) {
        if (ids.size() > most) {
            problems.add(wrong(key, "a job has at most " + most + " of them, not " + ids.size())
                    .remedy("name " + most + " or fewer")
                    .build());
        }
        ids.stream()
                .filter(id -> !NETWORK_ID.matcher(id).matches())
                .forEach(id -> problems.add(wrong(key, "no id looks like " + id)
                        .remedy(key.equals("subnets") ? "aws ec2 describe-subnets" : "aws ec2 describe-security-groups")
                        .build()));
    }

    /** The store is a place in S3 with room for our own names below it. */
    public void checkStore(String store) {
        if (!STORE.matcher(store).matches() || store.length() > STORE_CHARACTERS) {
            problems.add(wrong("store", store + " is no place in S3 for files of a job")
                    .because("it is s3://BUCKET or s3://BUCKET/PREFIX, of at most " + STORE_CHARACTERS
                            + " characters that need no quoting")
                    .remedy(target + ".store: s3://my-bucket/finetune4j")
                    .build());
        }
    }

    /** The key, if there is one, has the form of a key's name, and lies in the job's region. */
    public void checkKey(@Nullable String key, String region) {
        checkKey(key, region, KEY);
    }

    /** The same with a form that is the service's own. */
    public void checkKey(@Nullable String key, String region, Pattern form) {
        if (key == null) {
            return;
        }
        Matcher arn = KEY_ARN.matcher(key);
        if (arn.matches() && !arn.group(1).equals(region)) {
            problems.add(together("kms-key", "the key is in " + arn.group(1) + ", the job in " + region)
                    .remedy("aws kms list-aliases --region " + region)
                    .build());
        }
        if (!form.matcher(key).matches() || key.length() > KEY_CHARACTERS) {
            problems.add(wrong("kms-key", "no key of KMS is called " + key)
                    .because("it is an id, an ARN or alias/NAME")
                    .remedy("aws kms list-aliases")
                    .build());
        }
    }

    /** A job may not be let run for longer than the service lets it. */
    public void checkLongestRun(Budget budget, Duration longest) {
        if (budget.maxTime() != null && budget.maxTime().compareTo(longest) > 0) {
            problems.add(wrong.error(service + " runs a job for " + Durations.format(longest) + " at most, not "
                            + Durations.format(budget.maxTime()))
                    .at(Location.ofKey("budget.max-time"))
                    .remedy("budget.max-time: " + Durations.format(longest))
                    .build());
        }
    }

    /** A setting that is not of its form. */
    public Problem.Builder wrong(String key, String summary) {
        return wrong.error(summary).at(locate(key));
    }

    /** A setting that does not go with another one. */
    public Problem.Builder together(String key, String summary) {
        return contradiction.error(summary).at(locate(key));
    }

    /** Where a setting stands. */
    public Location locate(String key) {
        return Location.ofKey(target + "." + key);
    }

    private static String lastPart(String role) {
        String name = role.substring(role.lastIndexOf('/') + 1);
        return name.isBlank() || name.contains(" ") ? "NAME" : name;
    }
}
