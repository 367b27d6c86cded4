package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.azure.internal.Answered;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Diagnosis.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A machine's quota is the one of its family, and unknown where its family is. */
class MachineQuotaTest {
    @Test
    void takesTheQuotaOfTheFamily() {
        assertThat(diagnosis("StandardNCFamily").verdict()).isEqualTo(Verdict.OK);
        assertThat(diagnosis("StandardNDFamily").verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    /** Else the first quota of all would be taken for its own. */
    @Test
    void doesNotKnowTheQuotaOfAMachineWhoseFamilyIsNotTold() {
        for (String family : new String[] {"", " ", "-"}) {
            assertThat(diagnosis(family)).satisfies(unknown -> {
                assertThat(unknown.verdict()).isEqualTo(Verdict.UNKNOWN);
                assertThat(unknown.found()).endsWith("has none of Standard_NC, whose family is not told");
            });
        }
    }

    @Test
    void saysThatTheRegionLetsNoSuchMachine() {
        Diagnosis absent = diagnosis("Standard_ND", "StandardNDFamily");

        assertThat(absent.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(absent.found()).isEqualTo("no Standard_NC is let in westeurope to this subscription");
        assertThat(absent.remedy()).isEqualTo("finetune offers --target azure-ml --region westeurope");
    }

    private static Diagnosis diagnosis(String family) {
        return diagnosis("Standard_NC", family);
    }

    private static Diagnosis diagnosis(String size, String family) {
        String sizes = "{\"value\":[{\"name\":\"" + size + "\",\"family\":\"" + family + "\",\"vCPUs\":24}]}";
        String usages = "{\"value\":[{\"name\":{\"value\":\"Standard NC Family Cluster Dedicated vCPUs\"},"
                + "\"limit\":1000,\"currentValue\":0}]}";
        AzureMlOptions options = new AzureMlSettings(
                        Map.of(
                                "subscription", "00000000-0000-0000-0000-000000000001",
                                "resource-group", "my-group",
                                "workspace", "my-workspace",
                                "region", "westeurope",
                                "machine", "Standard_NC",
                                "store", "https://myaccount.blob.core.windows.net/jobs"),
                        Map.of())
                .options();
        CommandJobs jobs = new CommandJobs(
                options,
                Answered.connection(request -> Mono.fromSupplier(
                        () -> Answered.to(200, request.getUrl().getPath().endsWith("/vmSizes") ? sizes : usages))));
        return new MachineQuota(options, jobs::ofRegion).diagnosis();
    }
}
