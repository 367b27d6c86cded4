package dev.finetune4j.aws.account;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.ProviderId;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.servicequotas.ServiceQuotasClient;
import software.amazon.awssdk.services.servicequotas.model.ServiceQuota;

/** Looks how many machines of the job's type the account may run. */
final class QuotaExamination {
    private static final String NAME = "quota";
    private static final String SERVICE = "sagemaker";

    private final String region;
    private final ProviderContext context;
    private final ProviderId place;

    /** @param place which of the places that run on SageMaker's machines the job names */
    QuotaExamination(String region, ProviderContext context, ProviderId place) {
        this.region = region;
        this.context = context;
        this.place = place;
    }

    /**
     * The diagnosis.
     *
     * @param settings of the job
     */
    Diagnosis of(Map<String, String> settings) {
        String machine = settings.get(PlaceSettings.MACHINE);
        if (machine == null) {
            return Diagnosis.unknown(
                    NAME, "the job leaves its machine to a plan", "places." + place + ".machine: ml.g5.xlarge");
        }
        boolean isSpot = Boolean.parseBoolean(settings.get(PlaceSettings.SPOT));
        String name = machine + (isSpot ? " for spot training job usage" : " for training job usage");
        try (ServiceQuotasClient client =
                AwsConnection.brief(region, "SERVICE_QUOTAS").open(ServiceQuotasClient.builder(), context)) {
            Optional<ServiceQuota> quota =
                    client.listServiceQuotasPaginator(request -> request.serviceCode(SERVICE)).quotas().stream()
                            .filter(one -> name.equals(one.quotaName()))
                            .findFirst();
            return quota.map(one -> diagnosis(name, one))
                    .orElseGet(() ->
                            Diagnosis.unknown(NAME, "the account's list does not have \"" + name + "\"", list(name)));
        } catch (SdkException e) {
            return Diagnosis.unknown(NAME, AwsConnection.reason(e), list(name));
        }
    }

    private Diagnosis diagnosis(String name, ServiceQuota quota) {
        long machines = quota.value().longValue();
        String found = "\"" + name + "\" in " + region + " is " + machines;
        return machines >= 1
                ? Diagnosis.ok(NAME, found)
                : Diagnosis.fail(
                        NAME,
                        found,
                        "aws service-quotas request-service-quota-increase --service-code " + SERVICE + " --quota-code "
                                + quota.quotaCode() + " --desired-value 1 --region " + region);
    }

    private String list(String name) {
        return "aws service-quotas list-service-quotas --service-code " + SERVICE + " --region " + region
                + " --query \"Quotas[?QuotaName=='" + name + "']\"";
    }
}
