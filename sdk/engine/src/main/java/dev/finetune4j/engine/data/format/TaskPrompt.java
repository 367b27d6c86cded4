package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.job.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The prompt that a job's rows become, for a row that stands in no file. */
public final class TaskPrompt {
    private final TaskSpec task;
    private final Template template;

    private TaskPrompt(TaskSpec task, Template template) {
        this.task = task;
        this.template = template;
    }

    /**
     * The prompt of a task.
     *
     * @throws IllegalArgumentException if the task gives no prompt: what its rows become is then decided by their format
     */
    public static TaskPrompt of(TaskSpec task) {
        if (task.prompt() == null) {
            throw new IllegalArgumentException("the job gives no task.prompt");
        }
        return new TaskPrompt(task, Template.parse(task.prompt()));
    }

    /** The columns that the prompt names, in order. */
    public List<String> columns() {
        return template.columns();
    }

    /**
     * The messages up to where the model answers, the task's system message included.
     *
     * @param row the text of each column that the prompt names; others are left aside
     * @throws IllegalArgumentException if a column is missing
     */
    public List<Message> messages(Map<String, String> row) {
        ObjectNode columns = JsonNodeFactory.instance.objectNode();
        for (String column : columns()) {
            String text = row.get(column);
            if (text == null) {
                throw new IllegalArgumentException(
                        "task.prompt names the columns " + columns() + ", the row has " + row.keySet());
            }
            columns.put(column, text);
        }
        List<Message> messages = new ArrayList<>();
        if (task.system() != null) {
            messages.add(new Message(Role.SYSTEM, task.system()));
        }
        messages.add(new Message(Role.USER, template.fill(columns)));
        return messages;
    }
}
