package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.LastWords;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Shows a run until it ends. Ctrl-C lets go of it and says how to come back; it never stops a run. */
final class Follower {
    private final Screen screen;
    private final OutputOptions output;

    Follower(Screen screen, OutputOptions output) {
        this.screen = screen;
        this.output = output;
    }

    /** Shows events in {@code view} until the end, then gives the outcome; says {@code farewell} where the process ends before. */
    <T> T follow(RunHandle<T> handle, Farewell farewell, MessageView view) throws InterruptedException {
        return follow(handle, () -> farewell, view, event -> false);
    }

    /** The same of a run, of which it is said whether its place has it by then. */
    RunOutcome followRun(RunHandle<RunOutcome> handle, MessageView view) throws InterruptedException {
        return followRun(handle, view, event -> false);
    }

    /** The same from now on: of what is past it is only said where the run stands. */
    RunOutcome followRun(RunHandle<RunOutcome> handle, MessageView view, Predicate<RunEvent> isPast)
            throws InterruptedException {
        if (handle.begin() == RunHandle.Begin.LAUNCHED) {
            view.doing("launching it"); // until its place has it: rows are sent, and a place may ask to wait
        }
        return follow(handle, () -> Farewell.toRun(handle), view, isPast);
    }

    @SuppressWarnings("try") // the turn is held, not used
    private <T> T follow(RunHandle<T> handle, Supplier<Farewell> farewell, MessageView view, Predicate<RunEvent> isPast)
            throws InterruptedException {
        try (LastWords.Turn turn = screen.lastWords().give(() -> say(farewell.get(), view))) {
            Shown shown = new Shown(view, isPast);
            handle.events().subscribe(shown);
            T outcome = handle.await();
            shown.done.await();
            return outcome;
        } finally {
            view.close();
        }
    }

    private void say(Farewell farewell, MessageView view) {
        view.close();
        view.detached(farewell);
        if (output.isJson()) {
            screen.line(Json.pretty(farewell));
        }
    }

    /** Hands events to the view. */
    private static final class Shown implements Flow.Subscriber<RunEvent> {
        private final CountDownLatch done = new CountDownLatch(1);
        private final MessageView view;
        private final Predicate<RunEvent> isPast;
        private boolean isBehind;
        private boolean isStandingTold;

        Shown(MessageView view, Predicate<RunEvent> isPast) {
            this.view = view;
            this.isPast = isPast;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(RunEvent event) {
            if (isPast.test(event)) {
                isBehind = true;
                view.past(event);
            } else {
                tellStanding();
                view.accept(event);
            }
        }

        @Override
        public void onError(Throwable failure) {
            tellStanding();
            done.countDown();
        }

        @Override
        public void onComplete() {
            tellStanding();
            done.countDown();
        }

        private void tellStanding() {
            if (isBehind && !isStandingTold) {
                isStandingTold = true;
                view.standing();
            }
        }
    }
}
