package dev.finetune4j.engine.launch;

import dev.finetune4j.run.RunEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A subscriber that asks for everything, or for one at a time, and keeps what it gets. */
final class Collected implements Flow.Subscriber<RunEvent> {
    private final List<RunEvent> events = new ArrayList<>();
    private final CompletableFuture<List<RunEvent>> all = new CompletableFuture<>();
    private final boolean oneByOne;
    private Flow.@Nullable Subscription subscription;

    private Collected(boolean oneByOne) {
        this.oneByOne = oneByOne;
    }

    static Collected from(Flow.Publisher<RunEvent> publisher) {
        Collected collected = new Collected(false);
        publisher.subscribe(collected);
        return collected;
    }

    static Collected slowlyFrom(Flow.Publisher<RunEvent> publisher) {
        Collected collected = new Collected(true);
        publisher.subscribe(collected);
        return collected;
    }

    List<RunEvent> await() throws InterruptedException, ExecutionException {
        return all.get();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(oneByOne ? 1 : Long.MAX_VALUE);
    }

    @Override
    public void onNext(RunEvent event) {
        events.add(event);
        if (oneByOne && subscription != null) {
            subscription.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        all.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        all.complete(List.copyOf(events));
    }
}
