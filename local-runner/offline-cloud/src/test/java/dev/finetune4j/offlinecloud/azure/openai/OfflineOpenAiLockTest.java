package dev.finetune4j.offlinecloud.azure.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.testkit.VirtualClock;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests that came while something else happened to the resource. */
class OfflineOpenAiLockTest {
    @Test
    void aRequestDoesNotOutliveItsResource() throws ServiceError {
        VirtualClock clock = new VirtualClock();
        OfflineOpenAi service = new OfflineOpenAi(Workspace.sample(), clock, OpenAiPace.LIFELIKE);
        Account account = service.account(OfflineOpenAi.ACCOUNT);
        DataCall call = new DataCall(account, "https://root", false, Map.of(), Map.of(), "", new Content(new byte[0]));
        DataOperation list = service.dataOperations().stream()
                .filter(operation -> operation.name().equals("Files_List"))
                .findFirst()
                .orElseThrow();
        assertThat(service.answer(list, call).status()).isEqualTo(200);

        account.delete(clock.instant());

        assertThatThrownBy(() -> service.answer(list, call)).hasMessage("Resource not found");
    }
}
