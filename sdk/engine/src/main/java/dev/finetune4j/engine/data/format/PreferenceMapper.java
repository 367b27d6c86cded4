package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rows that show which of two answers to a conversation is better: openai-preference. */
final class PreferenceMapper implements ExampleMapper {
    /** Has the better answer. */
    static final String PREFERRED = "preferred_output";

    /** Has the worse answer. */
    static final String REJECTED = "non_preferred_output";

    private static final String INPUT = "input";
    private static final String MESSAGES = INPUT + ".messages";

    private final MessagesMapper reader;
    private final AnswerRule rule;

    PreferenceMapper(TaskSpec task) {
        this.reader = new MessagesMapper(RowFormat.OPENAI_CHAT, task);
        this.rule = new AnswerRule(task);
    }

    @Override
    public Mapped map(RowRef ref, ObjectNode row) {
        List<Problem> problems = new ArrayList<>();
        List<Message> messages = prompt(ref, row.path(INPUT), problems);
        Optional<Message> preferred = output(ref, row, PREFERRED, problems);
        Optional<Message> rejected = output(ref, row, REJECTED, problems);
        if (preferred.isPresent() && preferred.equals(rejected)) {
            problems.add(shape(ref, REJECTED + " is the same text as " + PREFERRED, REJECTED)
                    .because("of two equal answers none is better")
                    .build());
        }
        if (!problems.isEmpty() || preferred.isEmpty() || rejected.isEmpty()) {
            return new Mapped.Broken(problems);
        }
        messages.add(preferred.get());
        Mapped finished = rule.finish(ref, messages, PREFERRED);
        return finished instanceof Mapped.Good good && good.example() instanceof Example.Conversation whole
                ? new Mapped.Good(new Example.Conversation(
                        ref, whole.messages(), null, rejected.get().content()))
                : finished;
    }

    private List<Message> prompt(RowRef ref, JsonNode input, List<Problem> problems) {
        List<Message> messages = new ArrayList<>();
        JsonNode list = input.path("messages");
        if (!list.isArray() || list.isEmpty()) {
            problems.add(MessagesMapper.wrong(ref, MESSAGES, "a list of messages", list));
            return messages;
        }
        int before = problems.size();
        MessagesMapper.refuseTools(ref, input, INPUT + ".", problems);
        for (int i = 0; i < list.size(); i++) {
            reader.readMessage(ref, list.get(i), MESSAGES + "[" + i + "]", messages, problems);
        }
        if (problems.size() > before) {
            return messages;
        }
        for (int i = 1; i < messages.size(); i++) {
            if (messages.get(i).role() == Role.SYSTEM) {
                problems.add(shape(ref, "a system message may only be the first of " + MESSAGES, MESSAGES)
                        .because("message " + (i + 1) + " is one")
                        .build());
            }
        }
        Role last = messages.get(messages.size() - 1).role();
        if (last != Role.USER) {
            problems.add(shape(ref, "the last of " + MESSAGES + " must be the user's", MESSAGES)
                    .because(
                            last == Role.ASSISTANT
                                    ? "the two answers are those to a user; an answer that is there already is none of them"
                                    : "the two answers answer nothing")
                    .build());
        }
        return messages;
    }

    private Optional<Message> output(RowRef ref, ObjectNode row, String field, List<Problem> problems) {
        JsonNode output = row.path(field);
        if (!output.isArray() || output.isEmpty()) {
            problems.add(MessagesMapper.wrong(ref, field, "a list of one message", output));
            return Optional.empty();
        }
        if (output.size() > 1) {
            problems.add(shape(ref, field + " must be one message", field)
                    .because("found " + output.size() + " messages; what is compared is the next answer alone")
                    .build());
            return Optional.empty();
        }
        List<Message> read = new ArrayList<>();
        reader.readMessage(ref, output.get(0), field + "[0]", read, problems);
        if (read.isEmpty()) {
            return Optional.empty();
        }
        Message answer = read.get(0);
        if (answer.role() != Role.ASSISTANT) {
            problems.add(shape(ref, field + " must be the assistant's", field + "[0].role")
                    .because("its role is " + output.get(0).path("role").asText())
                    .build());
            return Optional.empty();
        }
        if (answer.content().isBlank()) {
            problems.add(shape(ref, field + " is empty", field + "[0].content").build());
            return Optional.empty();
        }
        return Optional.of(answer);
    }

    private static Problem.Builder shape(RowRef ref, String what, String field) {
        return DataProblems.ROW_SHAPE.error(ref + ": " + what).at(new Location.InRow(ref.source(), ref.row(), field));
    }
}
