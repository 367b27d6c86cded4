package dev.finetune4j.worker.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.SmallJob;
import dev.finetune4j.worker.folder.WorkerLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker as a process of its own that is talked to, on the real core and a tiny model that was trained before. */
@Tag("long")
class LocalDialogueTest {
    private static final RunId CHAT = new RunId("chat");

    @TempDir
    private Path folder;

    private LocalPlace place;
    private Submission submission;
    private final List<String> pieces = new ArrayList<>();

    @BeforeEach
    void trainsAModel() throws Exception {
        SmallJob job = new SmallJob(folder);
        place = new LocalPlace(folder.resolve("home"));
        Submission training = job.submission(
                "trained", "d1", SmallJob.steps(SmallJob.training(1).build()).subList(0, 1));
        place.provider.submit(training);
        assertThat(place.awaitEnd(training.id()).state()).isEqualTo(RunState.SUCCEEDED);
        submission = Submission.builder(CHAT, training.model(), new WorkOrder("d2", List.of(new WorkStep.Converse())))
                .channel(WorkOrder.MODEL_CHANNEL, job.model())
                .channel(
                        WorkOrder.ADAPTER_CHANNEL,
                        place.folder(training.id()).output().resolve(WorkOrder.ADAPTER_FOLDER))
                .build();
    }

    @AfterEach
    void leavesNoProcess() {
        place.killAll();
    }

    @Test
    void answersQuestionAfterQuestionFromOneModelInMemory() throws Exception {
        Message first = new Message(Role.USER, "is a odd or even");
        try (Dialogue dialogue = place.provider.converse(submission).orElseThrow()) {
            ChatReply fresh = ask(dialogue, Variant.TUNED, first);
            assertThat(String.join("", pieces)).isEqualTo(fresh.answer().text()).isNotEmpty();

            Message said = new Message(Role.ASSISTANT, fresh.answer().text());
            Message second = new Message(Role.USER, "is b odd or even");
            ChatReply later = ask(dialogue, Variant.TUNED, first, said, second);
            ChatReply base = ask(dialogue, Variant.BASE_ZERO_SHOT, first, said, second);
            ChatReply again = ask(dialogue, Variant.TUNED, first, said, second);

            assertThat(again.answer()).as("whatever is still in the cache").isEqualTo(later.answer());
            assertThat(base.answer().variant()).isEqualTo(Variant.BASE_ZERO_SHOT);
            assertThat(ask(dialogue, Variant.TUNED, first).answer()).isEqualTo(fresh.answer());
            assertThatThrownBy(() -> ask(dialogue, Variant.TUNED, new Message(Role.USER, "a".repeat(300))))
                    .hasMessageContaining("FT0628");
            assertThat(ask(dialogue, Variant.TUNED, first).answer())
                    .as("after a refusal")
                    .isEqualTo(fresh.answer());
        }
        assertThat(place.folder(CHAT).root()).doesNotExist();
    }

    @Test
    void anInterruptionEndsTheAnswerAndNotTheDialogue() throws Exception {
        try (Dialogue dialogue = place.provider.converse(submission).orElseThrow()) {
            Message question = new Message(Role.USER, "is a odd or even");
            ChatReply reply = dialogue.ask(
                    new ChatQuestion(Variant.TUNED, List.of(question), new Sampling(200, 5, 1, 3)),
                    piece -> dialogue.interrupt());

            assertThat(reply.interrupted() || reply.answer().complete()).isTrue();
            assertThat(reply.answer().tokens()).isLessThan(200);
            assertThat(ask(dialogue, Variant.TUNED, question).interrupted()).isFalse();
        }
    }

    @Test
    void leavesOutWhatLongRopeDoesNotReach() throws Exception {
        Path config = folder.resolve("model/config.json");
        Files.writeString(config, Files.readString(config).replace("\"rope_theta\": 10000.0", """
                "rope_theta": 10000.0, "rope_scaling": {"rope_type": "longrope", "original_max_position_embeddings": 64,
                "short_factor": [1.0, 1.0, 1.0, 1.0], "long_factor": [2.0, 2.0, 2.0, 2.0]}"""));
        Message tooLong = new Message(Role.USER, "a".repeat(100));
        try (Dialogue dialogue = place.provider.converse(submission).orElseThrow()) {
            Message question = new Message(Role.USER, "is a odd or even");
            ChatReply reply = ask(dialogue, Variant.TUNED, tooLong, new Message(Role.ASSISTANT, "even"), question);

            assertThat(reply.droppedMessages()).isEqualTo(2);
            assertThatThrownBy(() -> ask(dialogue, Variant.TUNED, tooLong)).hasMessageContaining("FT0628");
        }
    }

    @Test
    void saysWhyTheWorkerIsGone() throws Exception {
        try (Dialogue dialogue = place.provider.converse(submission).orElseThrow()) {
            Message question = new Message(Role.USER, "is a odd or even");
            ask(dialogue, Variant.TUNED, question);
            WorkerLock.holder(place.folder(CHAT))
                    .ifPresent(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));

            assertThatThrownBy(() -> ask(dialogue, Variant.TUNED, question)).hasMessageMatching("FT066[1-4]: .*");
        }
        assertThat(place.folder(CHAT).root()).doesNotExist();
    }

    private ChatReply ask(Dialogue dialogue, Variant variant, Message... messages) {
        pieces.clear();
        return dialogue.ask(new ChatQuestion(variant, List.of(messages), new Sampling(6, 5, 1, 3)), pieces::add);
    }
}
