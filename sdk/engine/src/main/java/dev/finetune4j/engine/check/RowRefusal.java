package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Why the model's chat template does not render a row.
 *
 * @param reasons in the template's words
 * @param remedy what of the row to change
 */
public record RowRefusal(String reasons, String remedy) {
    /** What a text side had against a row. */
    public static RowRefusal of(Example row, FineTuneException refusal) {
        return new RowRefusal(
                refusal.problems().stream().map(RowRefusal::words).collect(Collectors.joining("; ")),
                isForItsSystemMessage(row)
                        ? "leave out the system message, of the row or task.system, or put its text in front of the user's"
                        : CheckProblems.UNRENDERABLE_ROW.remedy());
    }

    /** The refusal as a problem of the row, FT0325. */
    public Problem at(RowRef row) {
        return CheckProblems.UNRENDERABLE_ROW
                .error("the model's chat template refuses this row")
                .at(new Location.InRow(row.source(), row.row(), null))
                .because(reasons)
                .remedy(remedy)
                .build();
    }

    private static String words(Problem problem) {
        return problem.causes().isEmpty()
                ? problem.summary()
                : problem.summary() + ": " + String.join("; ", problem.causes());
    }

    /** Whether all other messages are as every template takes them: the user's and the model's in turn. */
    private static boolean isForItsSystemMessage(Example row) {
        if (!(row instanceof Example.Conversation conversation)) {
            return false;
        }
        List<Role> roles = conversation.messages().stream()
                .map(Message::role)
                .filter(role -> role != Role.SYSTEM)
                .toList();
        return roles.size() < conversation.messages().size()
                && IntStream.range(0, roles.size())
                        .allMatch(i -> roles.get(i) == (i % 2 == 0 ? Role.USER : Role.ASSISTANT));
    }
}
