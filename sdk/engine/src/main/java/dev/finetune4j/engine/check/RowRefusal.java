package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.TextCodec;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Why the model's chat template does not render a row, or its tokenizer makes no tokens of it.
 *
 * @param reasons in their words
 * @param remedies what of the row to change
 */
public record RowRefusal(String reasons, List<String> remedies) {
    /** Copies the list. */
    public RowRefusal {
        remedies = List.copyOf(remedies);
    }

    /** What a text side had against a row. */
    public static RowRefusal of(Example row, FineTuneException refusal) {
        boolean isOfTemplate =
                refusal.problems().stream().anyMatch(problem -> problem.code().equals(TextCodec.TEMPLATE_REFUSES));
        Stream<String> ofRow = isOfTemplate && isForItsSystemMessage(row)
                ? Stream.of(
                        "leave out the system message, of the row or task.system, or put its text in front of the user's")
                : Stream.empty();
        Stream<String> own = refusal.problems().stream().flatMap(problem -> problem.remedies().stream());
        return new RowRefusal(
                refusal.problems().stream().map(RowRefusal::words).collect(Collectors.joining("; ")),
                Stream.concat(ofRow, own).distinct().toList());
    }

    /** The refusal as a problem of the row, FT0325. */
    public Problem at(RowRef row) {
        return CheckProblems.UNRENDERABLE_ROW
                .error("the model's chat template or tokenizer refuses this row")
                .at(new Location.InRow(row.source(), row.row(), null))
                .because(reasons)
                .build()
                .withRemedies(remedies);
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
