package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import dev.finetune4j.azure.internal.Answered;
import dev.finetune4j.azure.ml.AzureMlStatusMapper.Launch;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Whoever looks for one run waits for nobody who looks for another, nor remembers what has changed since. */
class LaunchWalkTest {
    private static final RunId SLOW = new RunId("slow");
    private static final RunId OTHER = new RunId("other");
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int SECONDS = 20;

    /** The pool that is there anyway has one thread on a machine of two cores. */
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private final SlowService service = new SlowService();
    private final LaunchWalk walk =
            new LaunchWalk(new CommandJobs(options(), Answered.connection(service)), new VirtualClock());

    @AfterEach
    void letGo() {
        service.answers.countDown();
        threads.shutdown();
    }

    @Test
    void waitsForNoLookAtAnotherRun() throws Exception {
        CompletableFuture<List<Launch>> slow = CompletableFuture.supplyAsync(() -> walk.now(SLOW), threads);
        assertThat(service.isAsked.await(SECONDS, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<List<Launch>> other = CompletableFuture.supplyAsync(
                () -> {
                    walk.forget();
                    return walk.recent(OTHER);
                },
                threads);

        assertThat(other.get(SECONDS, TimeUnit.SECONDS)).isEmpty();
        assertThat(slow).isNotDone();
        service.answers.countDown();
        assertThat(slow.get(SECONDS, TimeUnit.SECONDS)).hasSize(1);
    }

    @Test
    void remembersNothingFromBeforeSomethingWasDone() throws Exception {
        CompletableFuture<List<Launch>> slow = CompletableFuture.supplyAsync(() -> walk.now(SLOW), threads);
        assertThat(service.isAsked.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        walk.forget();
        service.answers.countDown();
        slow.get(SECONDS, TimeUnit.SECONDS);

        walk.recent(SLOW);
        assertThat(service.looks).hasValue(2);
        walk.recent(SLOW);
        assertThat(service.looks).as("remembered from then on").hasValue(2);
    }

    private static AzureMlOptions options() {
        return new AzureMlSettings(
                        Map.of(
                                "subscription", "00000000-0000-0000-0000-000000000001",
                                "resource-group", "my-group",
                                "workspace", "my-workspace",
                                "region", "westeurope",
                                "store", "https://myaccount.blob.core.windows.net/jobs"),
                        Map.of())
                .options();
    }

    /** Has one job, which runs; takes its time to tell of it. */
    private static final class SlowService implements HttpClient {
        private final CountDownLatch isAsked = new CountDownLatch(1);
        private final CountDownLatch answers = new CountDownLatch(1);
        private final AtomicInteger looks = new AtomicInteger();

        @Override
        public Mono<HttpResponse> send(HttpRequest request) {
            return Mono.fromCallable(() -> answer(request.getUrl().getPath()));
        }

        private HttpResponse answer(String path) throws InterruptedException {
            if (path.endsWith("/jobs/slow")) {
                looks.incrementAndGet();
                isAsked.countDown();
                answers.await();
                return Answered.to(OK, "{\"name\":\"slow\",\"properties\":{\"status\":\"Running\"}}");
            }
            if (path.endsWith("/workspaces/my-workspace")) {
                return Answered.to(OK, "{\"properties\":{\"discoveryUrl\":\"https://services.example/list\"}}");
            }
            if (path.endsWith("/list")) {
                return Answered.to(OK, "{\"history\":\"https://history.example\"}");
            }
            return path.endsWith("/runs/slow/details")
                    ? Answered.to(OK, "{}")
                    : Answered.to(NOT_FOUND, "{\"error\":{\"code\":\"UserError\",\"message\":\"no such job\"}}");
        }
    }
}
