package dev.finetune4j.aws.account;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.AwsFailure;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.servicequotas.ServiceQuotasClient;
import software.amazon.awssdk.services.servicequotas.model.ServiceQuota;

/** Looks how much of something an account may have at once. */
public final class QuotaExamination {
    private static final String NAME = "quota";
    private static final String SAGEMAKER = "sagemaker"; // Amazon's name of the service, whichever place uses it

    private final String region;
    private final ProviderContext context;

    /** An examination of the quotas of a region. */
    public QuotaExamination(String region, ProviderContext context) {
        this.region = region;
        this.context = context;
    }

    /**
     * Looks at SageMaker's quotas of machines to train on, and of those to be kept where the job asks for that.
     *
     * @param place whose settings name the machine
     */
    public List<Diagnosis> ofMachines(ProviderId place, FineTuneJob job) {
        Map<String, String> settings = job.settingsOf(place);
        String machine = settings.get(PlaceSettings.MACHINE);
        if (machine == null) {
            return List.of(Diagnosis.unknown(
                    NAME, "the job leaves its machine to a plan", "places." + place + ".machine: ml.g5.xlarge"));
        }
        boolean isSpot = Boolean.parseBoolean(settings.get(PlaceSettings.SPOT));
        List<Diagnosis> all = new ArrayList<>(List.of(ofMachine(machine, isSpot)));
        if (settings.containsKey("keep-alive")) {
            all.add(ofMachines("warm pool quota", machine + " for training warm pool usage"));
        }
        return all;
    }

    /** Looks at SageMaker's quota of machines of a type to train on. */
    public Diagnosis ofMachine(String machine, boolean isSpot) {
        return ofMachines(NAME, machine + (isSpot ? " for spot training job usage" : " for training job usage"));
    }

    private Diagnosis ofMachines(String check, String name) {
        return look(check, SAGEMAKER, name, quota -> name.equals(quota.quotaName()));
    }

    /**
     * Looks at a quota of jobs at once.
     *
     * @param service as Service Quotas calls it, such as {@code bedrock}
     * @param part a part of the quota's name, in small letters, since the rest changes now and then
     */
    public Diagnosis ofJobs(String service, String part) {
        return look(
                NAME,
                service,
                part,
                quota -> quota.quotaName().toLowerCase(Locale.ROOT).contains(part));
    }

    private Diagnosis look(String check, String service, String name, Predicate<ServiceQuota> isMeant) {
        try (ServiceQuotasClient client =
                AwsConnection.brief(region, "SERVICE_QUOTAS").open(ServiceQuotasClient.builder(), context)) {
            Optional<ServiceQuota> quota =
                    client.listServiceQuotasPaginator(request -> request.serviceCode(service)).quotas().stream()
                            .filter(isMeant)
                            .findFirst();
            return quota.map(one -> diagnosis(check, service, one))
                    .orElseGet(() -> Diagnosis.unknown(
                            check,
                            "the account's list does not have \"" + name + "\"",
                            listing(service, name, region)));
        } catch (SdkException e) {
            return AwsFailure.unseen(check, e, listing(service, name, region));
        }
    }

    private Diagnosis diagnosis(String check, String service, ServiceQuota quota) {
        long value = quota.value().longValue();
        String found = "\"" + quota.quotaName() + "\" in " + region + " is " + value;
        return value >= 1
                ? Diagnosis.ok(check, found)
                : Diagnosis.fail(
                        check,
                        found,
                        "aws service-quotas request-service-quota-increase --service-code " + service + " --quota-code "
                                + quota.quotaCode() + " --desired-value 1 --region " + region);
    }

    /**
     * The command that shows a quota.
     *
     * @param service as Service Quotas calls it, such as {@code bedrock}
     * @param name the quota's, or a part of it
     */
    public static String listing(String service, String name, String region) {
        return "aws service-quotas list-service-quotas --service-code " + service + " --region " + region
                + " --query \"Quotas[?contains(QuotaName, '" + name + "')]\"";
    }
}
