package dev.finetune4j.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ArmResourcesTest {
    private static final String JOBS = "https://management.azure.com/subscriptions/s/jobs";

    private final List<String> asked = new ArrayList<>();

    /** The service's own address of the next page is asked as it is: it has signs of its own, and the version. */
    @Test
    void readsAListPageAfterPage() {
        String second = JOBS + "?api-version=2024-10-01&$skip=a%2Fb%3D%3D&tag=finetune4j-run";
        HttpClient service = request -> {
            asked.add(request.getUrl().toString());
            return Mono.just(Answered.to(
                    200,
                    asked.size() == 1
                            ? "{\"value\":[{\"name\":\"one\"},{\"name\":\"two\"}],\"nextLink\":\"" + second + "\"}"
                            : "{\"value\":[{\"name\":\"three\"}],\"nextLink\":null}"));
        };

        List<JsonNode> all = new ArmResources(Answered.connection(service), "2024-10-01")
                .list("/subscriptions/s/jobs?tag=finetune4j-run");

        assertThat(all).extracting(one -> one.path("name").asText()).containsExactly("one", "two", "three");
        assertThat(asked).hasSize(2).last().isEqualTo(second);
        assertThat(asked.get(0)).startsWith(JOBS + "?").contains("api-version=2024-10-01", "tag=finetune4j-run");
    }

    /** A gateway that knows no pages gives the first one each time. */
    @Test
    void endsAListWhoseNextPageIsTheSame() {
        HttpClient service = request -> {
            asked.add(request.getUrl().toString());
            return Mono.just(Answered.to(200, "{\"value\":[{}],\"nextLink\":\"" + JOBS + "?$skip=1\"}"));
        };

        assertThat(new ArmResources(Answered.connection(service), "2024-10-01").list("/subscriptions/s/jobs"))
                .isNotEmpty();
        assertThat(asked).hasSize(2);
    }
}
