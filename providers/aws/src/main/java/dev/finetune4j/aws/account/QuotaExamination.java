package dev.finetune4j.aws.account;

import dev.finetune4j.aws.internal.AwsConnection;
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

/** Looks how many machines of the job's type the account may run, or how many jobs of Bedrock's. */
final class QuotaExamination {
    private static final String NAME = "quota";
    private static final String SAGEMAKER = "sagemaker";
    private static final String BEDROCK = "bedrock";

    /** Of what Bedrock calls its quota, which changes now and then. */
    private static final String JOBS = "customization jobs";

    private final String region;
    private final ProviderContext context;
    private final ProviderId place;

    /** @param place which of Amazon's places the job names */
    QuotaExamination(String region, ProviderContext context, ProviderId place) {
        this.region = region;
        this.context = context;
        this.place = place;
    }

    /**
     * The diagnoses: of machines to train on, and of those to be kept where the job asks for that; or of jobs at once.
     *
     * @param settings of the job
     */
    List<Diagnosis> of(Map<String, String> settings) {
        if (place.value().equals(BEDROCK)) {
            return List.of(look(
                    NAME,
                    BEDROCK,
                    JOBS,
                    quota -> quota.quotaName().toLowerCase(Locale.ROOT).contains(JOBS)));
        }
        String machine = settings.get(PlaceSettings.MACHINE);
        if (machine == null) {
            return List.of(Diagnosis.unknown(
                    NAME, "the job leaves its machine to a plan", "places." + place + ".machine: ml.g5.xlarge"));
        }
        boolean isSpot = Boolean.parseBoolean(settings.get(PlaceSettings.SPOT));
        List<Diagnosis> all = new ArrayList<>(List.of(
                ofMachines(NAME, machine + (isSpot ? " for spot training job usage" : " for training job usage"))));
        if (settings.containsKey("keep-alive")) {
            all.add(ofMachines("warm pool quota", machine + " for training warm pool usage"));
        }
        return all;
    }

    private Diagnosis ofMachines(String check, String name) {
        return look(check, SAGEMAKER, name, quota -> name.equals(quota.quotaName()));
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
                            check, "the account's list does not have \"" + name + "\"", list(service, name)));
        } catch (SdkException e) {
            return Diagnosis.unknown(check, AwsConnection.reason(e), list(service, name));
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

    private String list(String service, String name) {
        return "aws service-quotas list-service-quotas --service-code " + service + " --region " + region
                + " --query \"Quotas[?contains(QuotaName, '" + name + "')]\"";
    }
}
