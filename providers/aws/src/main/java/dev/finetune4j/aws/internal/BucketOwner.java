package dev.finetune4j.aws.internal;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The account that the bucket of a place must belong to: names of buckets are the same for all accounts, and a bucket that was deleted may be
 * somebody else's by now. It is that of the job's role unless settings name another.
 *
 * @param said what the settings say; empty if nothing
 * @param ofRole the account of the role; empty where its ARN has none
 */
public record BucketOwner(String said, String ofRole) {
    /** The setting, for a bucket that another account shares. */
    public static final String SETTING = "bucket-owner";

    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");
    private static final Pattern ROLE = Pattern.compile("arn:[^:]+:iam::(\\d{12}):.*");

    /** By settings of a place. */
    public static BucketOwner of(Map<String, String> settings) {
        Matcher role = ROLE.matcher(settings.getOrDefault("role", ""));
        return new BucketOwner(settings.getOrDefault(SETTING, ""), role.matches() ? role.group(1) : "");
    }

    /** Twelve digits; empty where it is not known. */
    public Optional<String> account() {
        return Optional.of(said.isEmpty() ? ofRole : said).filter(account -> !account.isEmpty());
    }

    /**
     * What is wrong with what the settings say.
     *
     * @param prefix in front of a setting's name in a job file
     * @param kind of a setting that has not its form
     */
    public Optional<Problem> problem(String prefix, ProblemKind kind) {
        return said.isEmpty() || ACCOUNT.matcher(said).matches()
                ? Optional.empty()
                : Optional.of(kind.error("no account of AWS is called " + said)
                        .at(Location.ofKey(prefix + SETTING))
                        .because("an account has twelve digits, which stand in quotation marks where the first is 0")
                        .remedy(prefix + SETTING + ": \"" + (ofRole.isEmpty() ? "123456789012" : ofRole) + "\"")
                        .build());
    }
}
