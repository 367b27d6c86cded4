package dev.finetune4j.engine.check;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.check.RowFacts.FieldSpan;
import dev.finetune4j.engine.check.privacy.PrivacyRule;
import dev.finetune4j.engine.check.privacy.PrivacyScanner;
import dev.finetune4j.engine.check.privacy.Sensitivity;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.job.CheckSpec;
import dev.finetune4j.job.TaskSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Takes what was seen in each row's texts, reports what is wrong with the row, and fills the table for what comes after. */
final class TextFindings {
    private final TaskSpec task;
    private final CheckSpec limits;
    private final FindingLog log;
    private final RowTable table = new RowTable();
    private final LabelCounts labels;
    private long bytes;
    private long brokenRows;

    TextFindings(TaskSpec task, CheckSpec limits, FindingLog log) {
        this.task = task;
        this.limits = limits;
        this.log = log;
        this.labels = new LabelCounts(task.labels());
    }

    void add(Part part, RowFacts facts) {
        table.add(part, facts);
        bytes += facts.bytes();
        if (facts.label() != null) {
            labels.add(part, facts.label(), facts.row());
        }
        addBroken(facts);
        facts.specialTokens().forEach(span -> addSpecialToken(facts.row(), span));
        facts.privateSpans().forEach(span -> addPrivate(facts.row(), span));
    }

    RowTable table() {
        return table;
    }

    LabelCounts labels() {
        return labels;
    }

    long bytes() {
        return bytes;
    }

    /** Rows with an empty text or a label outside the list. */
    long brokenRows() {
        return brokenRows;
    }

    private void addBroken(RowFacts facts) {
        if (facts.emptyField() != null) {
            brokenRows++;
            ProblemKind kind = facts.isAnswerEmpty() ? DataProblems.EMPTY_ANSWER : DataProblems.EMPTY_PROMPT;
            Location place = place(facts.row(), facts.emptyField());
            log.add(
                    kind.code(),
                    () -> kind.error("the " + kind.title().replace("empty ", "") + " is empty")
                            .at(place)
                            .build());
        } else if (facts.label() != null
                && !task.labels().isEmpty()
                && !task.labels().contains(facts.label())) {
            brokenRows++;
            String label = facts.label();
            log.add(
                    CheckProblems.UNKNOWN_LABEL.code(),
                    () -> CheckProblems.UNKNOWN_LABEL
                            .error("label \"" + shortened(label) + "\" is not one of the task's "
                                    + Counted.of(task.labels().size(), "label"))
                            .at(new Location.InRow(
                                    facts.row().source(), facts.row().row(), null))
                            .because("labels: " + shortened(String.join(", ", task.labels())))
                            .build());
        }
    }

    private void addSpecialToken(RowRef row, FieldSpan span) {
        log.add(
                CheckProblems.SPECIAL_TOKEN_IN_TEXT.code(),
                () -> CheckProblems.SPECIAL_TOKEN_IN_TEXT
                        .warning("the text spells the special token " + span.subject())
                        .at(place(row, span))
                        .build());
    }

    private void addPrivate(RowRef row, FieldSpan span) {
        PrivacyRule rule = PrivacyScanner.rule(span.subject());
        if (rule.sensitivity() == Sensitivity.SECRET) {
            log.add(
                    CheckProblems.SECRET.code(),
                    rule.id(),
                    () -> problem(CheckProblems.SECRET, limits.secrets(), rule)
                            .at(place(row, span))
                            .build());
        } else {
            log.add(
                    CheckProblems.PERSONAL_DATA.code(),
                    rule.id(),
                    () -> problem(CheckProblems.PERSONAL_DATA, limits.personalData(), rule)
                            .at(place(row, span))
                            .remedy("replace the span with a placeholder such as " + placeholder(rule))
                            .remedy("check.personal-data: ignore    # if it is meant to be there")
                            .build());
        }
    }

    /** Such as {@code <IP_ADDRESS>}; how a phone number was told to be one does not matter for it. */
    private static String placeholder(PrivacyRule rule) {
        String what = rule.id().startsWith("phone-") ? "phone" : rule.id();
        return "<" + what.replace('-', '_').toUpperCase(Locale.ROOT) + ">";
    }

    private static Problem.Builder problem(ProblemKind kind, CheckSpec.Finding finding, PrivacyRule rule) {
        String summary = rule.title();
        return switch (finding) {
            case ERROR -> kind.error(summary);
            case WARNING -> kind.warning(summary);
            case IGNORE -> throw new IllegalStateException(rule.id() + " was not to be looked for");
        };
    }

    private static Location place(RowRef row, FieldSpan span) {
        return new Location.InRow(row.source(), row.row(), span.field(), span.start(), span.end());
    }

    private static Location place(RowRef row, @Nullable String field) {
        return new Location.InRow(row.source(), row.row(), field);
    }

    /** Labels are the user's own words, but a broken row may have a novel for a label. */
    private static String shortened(String text) {
        return text.length() <= 120 ? text : text.substring(0, 120).strip() + " ...";
    }
}
