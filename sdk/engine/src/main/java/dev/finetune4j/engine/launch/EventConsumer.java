package dev.finetune4j.engine.launch;

import dev.finetune4j.run.RunEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes every event as soon as it is there. */
final class EventConsumer implements Flow.Subscriber<RunEvent> {
    private final Consumer<? super RunEvent> consumer;
    private final CompletableFuture<Void> end;
    private Flow.@Nullable Subscription subscription;

    /** @param end completes with the stream */
    EventConsumer(Consumer<? super RunEvent> consumer, CompletableFuture<Void> end) {
        this.consumer = consumer;
        this.end = end;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(RunEvent event) {
        try {
            consumer.accept(event);
        } catch (RuntimeException e) {
            if (subscription != null) {
                subscription.cancel();
            }
            end.completeExceptionally(e);
        }
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        end.complete(null);
    }
}
