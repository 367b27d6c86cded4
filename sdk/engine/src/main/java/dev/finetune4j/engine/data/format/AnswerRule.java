package dev.finetune4j.engine.data.format;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.LabelSpelling;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Spelling;
import dev.finetune4j.job.TaskSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The last step of every mapper: puts the task's system message first and holds the answer against the list of labels. */
final class AnswerRule {
    private static final int SHOWN_CHARACTERS = 40;

    private final boolean hasLabels;
    private final List<String> labels;
    private final Set<String> known;
    private final Map<String, String> labelByFolded = new HashMap<>();
    private final @Nullable String system;

    AnswerRule(TaskSpec task) {
        this.hasLabels = task.kind().hasLabels();
        this.labels = task.labels();
        this.known = new HashSet<>(labels);
        labels.forEach(label -> labelByFolded.putIfAbsent(LabelSpelling.folded(label), label));
        this.system = task.system();
    }

    /**
     * Finishes a conversation.
     *
     * @param messages the row's messages; the last is the assistant's
     * @param answerField the field of the answer, for messages
     */
    ExampleMapper.Mapped finish(RowRef ref, List<Message> messages, String answerField) {
        List<Message> all = new ArrayList<>(messages.size() + 1);
        // A system message of the row itself is nearer to the row than the task's.
        if (system != null && messages.get(0).role() != Role.SYSTEM) {
            all.add(new Message(Role.SYSTEM, system));
        }
        all.addAll(messages);
        if (!hasLabels) {
            return new ExampleMapper.Mapped.Good(new Example.Conversation(ref, all, null));
        }
        String label = all.get(all.size() - 1).content().strip();
        if (label.isEmpty()) {
            return new ExampleMapper.Mapped.Broken(DataProblems.EMPTY_ANSWER
                    .error("the answer is empty")
                    .at(new Location.InRow(ref.source(), ref.row(), answerField))
                    .because("the answer of a row is its label")
                    .remedy("fill the column, or leave the row out")
                    .build());
        }
        if (!known.isEmpty() && !known.contains(label)) {
            Problem.Builder problem = DataProblems.LABEL_UNKNOWN
                    .error("answer " + shown(label) + " is not one of the " + labels.size() + " labels")
                    .at(new Location.InRow(ref.source(), ref.row(), answerField))
                    .because("task.labels: " + String.join(", ", labels));
            nearest(label)
                    .ifPresent(near -> problem.because("did you mean \"" + near + "\""
                            + LabelSpelling.unseenDifference(near, label)
                                    .map(difference -> ", which has " + difference)
                                    .orElse("")
                            + "?"));
            return new ExampleMapper.Mapped.Unlisted(label, problem.build());
        }
        all.set(all.size() - 1, new Message(Role.ASSISTANT, label));
        return new ExampleMapper.Mapped.Good(new Example.Conversation(ref, all, label));
    }

    private Optional<String> nearest(String label) {
        return Optional.ofNullable(labelByFolded.get(LabelSpelling.folded(label)))
                .or(() -> Spelling.nearest(label, labels));
    }

    private static String shown(String label) {
        return label.length() <= SHOWN_CHARACTERS ? '"' + label + '"' : "of " + label.length() + " characters";
    }
}
