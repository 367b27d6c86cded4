package dev.finetune4j.worker.mlflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells MLflow loss, learning rate and validation loss, in batches, three calls a minute at most while it trains: a workspace answers whoever
 * logs each step with 429. It asks to stay away longer, and is obeyed. A thread of its own sends, so that no step waits for it, and what
 * cannot be told is dropped: a training never ends of it. The other engine does the same in {@code metrics.py}.
 */
public final class MlflowMetrics implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MlflowMetrics.class.getName());

    /** Between two calls. */
    private static final Duration PAUSE = Duration.ofSeconds(20);

    /** Before the same batch is sent once more. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** How long the end of a training may be held up. */
    private static final Duration LAST = Duration.ofSeconds(15);

    /** MLflow takes no more at once. */
    private static final int BATCH = 1000;

    /** Those that wait for a workspace that does not answer; older ones are dropped. */
    private static final int MOST = 10_000;

    private static final int REFUSED = 400;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    private final TrackedRun run;
    private final Duration pause;
    private final Thread sender = new Thread(this::send, "mlflow");
    private final Deque<ObjectNode> waiting = new ArrayDeque<>();
    private boolean isOver;
    private boolean isRefused;
    private long dropped;

    private MlflowMetrics(TrackedRun run, Duration pause) {
        this.run = run;
        this.pause = pause;
        sender.setDaemon(true);
        sender.start();
    }

    /** To the run that the environment names, if it names one. */
    public static Optional<MlflowMetrics> of(Map<String, String> environment) {
        return of(environment, PAUSE);
    }

    /** The same with another time between two calls. */
    static Optional<MlflowMetrics> of(Map<String, String> environment, Duration pause) {
        try {
            return TrackedRun.of(environment).map(run -> new MlflowMetrics(run, pause));
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "no metrics are told to MLflow: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Takes the figures of an event, if it has any. */
    public void accept(RunEvent event) {
        if (event instanceof RunEvent.StepCompleted step) {
            add("loss", step.loss(), step.step(), step.at());
            add("learning_rate", step.learningRate(), step.step(), step.at());
        } else if (event instanceof RunEvent.ValidationCompleted validation) {
            add("validation_loss", validation.loss(), validation.step(), validation.at());
        }
    }

    private synchronized void add(String key, double value, int step, Instant at) {
        if (isRefused) {
            return;
        }
        waiting.add(Json.records()
                .createObjectNode()
                .put("key", key)
                .put("value", value)
                .put("timestamp", at.toEpochMilli())
                .put("step", step));
        while (waiting.size() > MOST) {
            waiting.remove();
            dropped++;
        }
    }

    private void send() {
        Duration wait = pause;
        try {
            while (rest(wait)) {
                wait = sendBatch(pause);
            }
            Instant until = Instant.now().plus(LAST);
            wait = Duration.ZERO;
            while (isLeft() && Instant.now().plus(wait).isBefore(until)) {
                Thread.sleep(wait.toMillis());
                wait = sendBatch(Duration.ZERO);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the next call; false once the training is over. */
    private synchronized boolean rest(Duration time) throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); !isOver && left > 0; left = until - System.nanoTime()) {
            wait(Math.max(1, left / 1_000_000));
        }
        return !isOver;
    }

    private synchronized boolean isLeft() {
        return !waiting.isEmpty();
    }

    /** Sends what waits, as much as goes at once; how long to wait then. */
    private Duration sendBatch(Duration usual) throws InterruptedException {
        List<ObjectNode> batch = take();
        if (batch.isEmpty()) {
            return usual;
        }
        ObjectNode body = Json.records().createObjectNode().put("run_id", run.id());
        body.putArray("metrics").addAll(batch);
        try {
            TrackedRun.Answer answer = run.send(Json.line(body));
            if (answer.status() == TOO_MANY || answer.status() >= SERVER_ERROR) {
                putBack(batch);
                return longer(answer.pause(), longer(usual, RETRY));
            }
            if (answer.status() >= REFUSED) {
                giveUp("it answers " + answer.status());
            }
            return usual;
        } catch (IOException e) {
            putBack(batch);
            return longer(usual, RETRY);
        } catch (RuntimeException e) { // whose message may hold the token
            giveUp("its address or token cannot be sent");
            return usual;
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private synchronized List<ObjectNode> take() {
        List<ObjectNode> batch = new ArrayList<>();
        while (batch.size() < BATCH && !waiting.isEmpty()) {
            batch.add(waiting.remove());
        }
        return batch;
    }

    private synchronized void putBack(List<ObjectNode> batch) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            waiting.addFirst(batch.get(i));
        }
    }

    private synchronized void giveUp(String why) {
        isRefused = true;
        waiting.clear();
        LOG.log(System.Logger.Level.WARNING, "no metrics are told to MLflow: " + why);
    }

    /** Sends what waits, for some seconds at most. */
    @Override
    public void close() {
        synchronized (this) {
            isOver = true;
            notifyAll();
        }
        try {
            sender.join(LAST.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            if (dropped + waiting.size() > 0) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        (dropped + waiting.size()) + " figures could not be told to MLflow");
            }
        }
    }
}
