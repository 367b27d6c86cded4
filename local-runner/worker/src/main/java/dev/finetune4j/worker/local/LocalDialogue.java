package dev.finetune4j.worker.local;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.dialogue.DialogueChannel;
import dev.finetune4j.worker.dialogue.DialogueLine;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A dialogue with a worker of this process' own. The worker ends when this end is closed, or with this process. */
final class LocalDialogue implements Dialogue {
    private static final long WIND_DOWN_SECONDS = 10;

    private final LocalProvider provider;
    private final RunId job;
    private final Process shell;
    private final DialogueChannel channel;

    LocalDialogue(LocalProvider provider, RunId job, Process shell) {
        this.provider = provider;
        this.job = job;
        this.shell = shell;
        channel = new DialogueChannel(shell.getInputStream(), shell.getOutputStream());
    }

    @Override
    public ChatReply ask(ChatQuestion question, Consumer<String> spoken) {
        channel.say(new DialogueLine.Asked(question));
        for (Optional<DialogueLine> line = channel.next(); line.isPresent(); line = channel.next()) {
            if (line.get() instanceof DialogueLine.Spoken piece) {
                spoken.accept(piece.text());
            } else if (line.get() instanceof DialogueLine.Replied replied) {
                return replied.reply();
            } else if (line.get() instanceof DialogueLine.Refused refused) {
                throw new FineTuneException(refused.problems(), null);
            }
        }
        throw gone();
    }

    @Override
    public void interrupt() {
        channel.say(new DialogueLine.Interrupted());
    }

    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
        } catch (IOException e) {
            shell.descendants().forEach(ProcessHandle::destroy); // it would wait for more
        }
        if (!awaitEnd()) {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            awaitEnd();
        }
        provider.delete(job);
    }

    private boolean awaitEnd() {
        try {
            return shell.waitFor(WIND_DOWN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Why the worker says nothing more. */
    private FineTuneException gone() {
        awaitEnd();
        return provider.find(job)
                .flatMap(JobSnapshot::failure)
                .orElseGet(() -> WorkerProblems.LOST
                        .error("the worker of " + job + " ended without a word")
                        .build())
                .asException();
    }
}
