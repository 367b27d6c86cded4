package dev.finetune4j.cli;

import dev.finetune4j.cli.view.LiveView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.value.RunId;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;

/** Shows a run until it ends. Ctrl-C lets go of it and says how to come back; it never stops a run. */
final class Follower {
    private final Screen screen;

    Follower(Screen screen) {
        this.screen = screen;
    }

    /** Shows events in {@code view} until the end, then gives the outcome. */
    <T> T follow(RunHandle<T> handle, LiveView view) throws InterruptedException {
        Thread farewell = new Thread(() -> sayFarewell(handle.id(), view), "farewell");
        Runtime.getRuntime().addShutdownHook(farewell);
        try {
            Shown shown = new Shown(view);
            handle.events().subscribe(shown);
            T outcome = handle.await();
            shown.done.await();
            return outcome;
        } finally {
            forget(farewell);
            view.close();
        }
    }

    private void sayFarewell(RunId id, LiveView view) {
        view.close();
        screen.say("detached; the run goes on");
        screen.say("  watch it:  finetune watch " + id);
        screen.say("  stop it:   finetune stop " + id);
    }

    private static void forget(Thread farewell) {
        try {
            Runtime.getRuntime().removeShutdownHook(farewell);
        } catch (IllegalStateException e) {
            // The process is ending already: the farewell is being said.
        }
    }

    /** Hands events to the view. */
    private static final class Shown implements Flow.Subscriber<RunEvent> {
        private final CountDownLatch done = new CountDownLatch(1);
        private final LiveView view;

        Shown(LiveView view) {
            this.view = view;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(RunEvent event) {
            view.accept(event);
        }

        @Override
        public void onError(Throwable failure) {
            done.countDown();
        }

        @Override
        public void onComplete() {
            done.countDown();
        }
    }
}
