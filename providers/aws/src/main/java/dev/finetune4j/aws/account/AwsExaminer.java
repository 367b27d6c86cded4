package dev.finetune4j.aws.account;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.AccountExaminer;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.VendorPlace;
import dev.finetune4j.value.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/** Looks whether an account of Amazon's is ready for a job at the places that it names. */
public final class AwsExaminer implements AccountExaminer {
    private static final String CREDENTIALS = "credentials";
    private static final String BUCKET = "bucket";
    private static final String NETWORK = "network";

    @Override
    public String vendor() {
        return "aws";
    }

    @Override
    public String about() {
        return "region and credentials, and for a job its role, bucket, quotas and what else its places need";
    }

    @Override
    public List<Diagnosis> examine(ProviderContext context, @Nullable FineTuneJob job) {
        return VendorPlace.examine(AwsPlace.class, job, place -> examine(context, job, place));
    }

    private static List<Diagnosis> examine(ProviderContext context, @Nullable FineTuneJob job, AwsPlace place) {
        Map<String, String> settings = job == null ? Map.of() : job.settingsOf(place.id());
        List<Diagnosis> all = new ArrayList<>();
        Optional<String> region = AwsConnection.region(settings, context.environment());
        all.add(region.map(name -> Diagnosis.ok(PlaceSettings.REGION, name))
                .orElseGet(() -> Diagnosis.fail(
                        PlaceSettings.REGION,
                        "not told",
                        job == null
                                ? "export AWS_REGION=eu-central-1"
                                : "places." + place.id() + ".region: us-east-1")));
        if (region.isEmpty()) {
            return all;
        }
        Diagnosis caller = credentials(region.get(), settings, context);
        all.add(caller);
        if (job == null) {
            return all;
        }
        List<Diagnosis> wrong = place.wrong(settings, context);
        all.addAll(wrong);
        if (wrong.isEmpty()) {
            List<Diagnosis> asCaller = new ArrayList<>(role(place, job, region.get(), context));
            asCaller.add(bucket(region.get(), settings, context));
            network(region.get(), settings).ifPresent(asCaller::add);
            asCaller.addAll(place.examine(job, region.get(), context));
            asCaller.stream().map(one -> seenBy(caller, one)).forEach(all::add);
        }
        return all;
    }

    /** Whoever Amazon does not let in sees nothing: what is wrong, and what to do, is told once. */
    private static Diagnosis seenBy(Diagnosis caller, Diagnosis found) {
        boolean isBlind = caller.verdict() == Diagnosis.Verdict.FAIL
                && caller.exit() == ExitCode.CREDENTIALS
                && (found.exit() == ExitCode.CREDENTIALS || found.found().equals(caller.found()));
        return isBlind
                ? Diagnosis.unknown(
                        found.name(),
                        "nobody can look without credentials that Amazon accepts",
                        "mend credentials first")
                : found;
    }

    /** A job in a network without a way to S3 hangs while it downloads its inputs, until its time is over. */
    private static Optional<Diagnosis> network(String region, Map<String, String> settings) {
        String subnets = settings.getOrDefault("subnets", "");
        return subnets.isBlank()
                ? Optional.empty()
                : Optional.of(Diagnosis.unknown(
                        NETWORK,
                        "whether " + subnets
                                + " have a way to S3 is not looked at; without one a job hangs in Downloading",
                        "aws ec2 describe-vpc-endpoints --region " + region
                                + " --filters Name=service-name,Values=com.amazonaws." + region + ".s3"));
    }

    /** A role that cannot be acted as need not be looked into. */
    private static List<Diagnosis> role(AwsPlace place, FineTuneJob job, String region, ProviderContext context) {
        Map<String, String> settings = job.settingsOf(place.id());
        String role = settings.getOrDefault("role", "");
        Diagnosis trust = new RoleExamination(region, context, place).of(role);
        if (trust.verdict() != Diagnosis.Verdict.OK) {
            return List.of(trust);
        }
        try (Provider provider = place.open(context, settings)) {
            List<Diagnosis> all = new ArrayList<>(List.of(trust));
            provider.policies(RunId.beginning(job.name()), job.model()).stream()
                    .filter(policy -> policy.holder() == AccessPolicy.Holder.JOB)
                    .map(policy -> new RoleAccessExamination(region, context).of(role, policy))
                    .forEach(all::add);
            return all;
        } catch (FineTuneException e) {
            // What it needs depends on the model, of which the hub tells nothing; why is told of the model.
            return List.of(
                    trust,
                    Diagnosis.unknown(RoleAccessExamination.NAME, e.problems().get(0)));
        }
    }

    private static Diagnosis credentials(String region, Map<String, String> settings, ProviderContext context) {
        try (StsClient client = AwsConnection.brief(region, "STS").open(StsClient.builder(), context)) {
            GetCallerIdentityResponse caller = client.getCallerIdentity();
            String role = settings.getOrDefault("role", "");
            String found = caller.arn() + ", account " + caller.account();
            return role.matches("arn:[^:]+:iam::\\d{12}:role/.+") && !role.contains("::" + caller.account() + ":")
                    ? Diagnosis.fail(
                            CREDENTIALS,
                            found + ", and the role is another account's",
                            "use credentials of the role's account, or a role of account " + caller.account())
                    : Diagnosis.ok(CREDENTIALS, found);
        } catch (SdkException e) {
            return AwsConnection.isAboutCredentials(e)
                    ? Diagnosis.fail(
                            CREDENTIALS,
                            AwsConnection.reason(e),
                            AwsConnection.credentialsRemedy(e),
                            ExitCode.CREDENTIALS)
                    : Diagnosis.unknown(CREDENTIALS, "STS does not answer: " + AwsConnection.reason(e), "try again");
        }
    }

    /** A look into the store tells whether the bucket is there, in the region, and open to the caller. */
    private static Diagnosis bucket(String region, Map<String, String> settings, ProviderContext context) {
        String store = settings.getOrDefault("store", "");
        try (S3Store files = S3Store.open(store, region, BucketOwner.of(settings), context)) {
            files.list("doctor");
            return Diagnosis.ok(BUCKET, store + " can be read from " + region);
        } catch (FineTuneException e) {
            return Diagnosis.of(BUCKET, e.problems().get(0));
        }
    }
}
