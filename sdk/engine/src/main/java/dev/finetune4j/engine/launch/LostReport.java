package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.ReportProblems;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Provider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes the report of an ended run anew where its {@code report.json} is gone: from its journal, events, answers and rows. */
final class LostReport {
    private final LaunchContext context;
    private final RunFolder folder;
    private final Path file;

    LostReport(LaunchContext context, RunFolder folder) {
        this.context = context;
        this.folder = folder;
        file = folder.path().resolve(ReportFiles.JSON);
    }

    /**
     * Writes it, where it is gone and the run has ended.
     *
     * @throws FineTuneException with FT0722 if something is gone, too, that it would be written from, FT0505 if another process has the
     *     run, FT0501 or FT0721 if a file cannot be written, or with what of it cannot be read
     */
    void restore() {
        if (isThereOrNotDue(folder.read())) {
            return;
        }
        RunLock lock =
                RunLock.tryTake(folder, context.files()).orElseThrow(() -> RunProblems.drivenElsewhere(folder.id()));
        try (lock;
                Journal journal = Journal.open(folder, context.files(), context.clock(), context.redaction())) {
            if (!isThereOrNotDue(journal.content())) {
                write(journal);
            }
        }
    }

    private boolean isThereOrNotDue(JournalContent content) {
        return Files.exists(file) || RunView.of(content).filter(RunView::closed).isEmpty();
    }

    private void write(Journal journal) {
        JournalContent content = journal.content();
        RunView view = RunView.of(content).orElseThrow();
        RunOutcome outcome = Outcomes.of(view, content);
        refuseIfMissing(missing(view, outcome, content));
        List<RunEvent> events = SavedEvents.read(folder);
        refuseIfCut(events, content);
        ReportStep report = ReportStep.late(context, folder, journal, Outcomes.place(view, context.providers()));
        if (outcome instanceof RunOutcome.Succeeded succeeded) {
            report.success(
                    view,
                    succeeded.output(),
                    events,
                    context.estimates().figuresOf(folder.id()).orElse(null));
            return;
        }
        try (Provider provider = Outcomes.open(view, context.providers())) {
            report.ending(view, view.state(), outcome, events, provider.capabilities());
        }
    }

    private List<Path> missing(RunView view, RunOutcome outcome, JournalContent content) {
        List<Path> needed = new ArrayList<>();
        if (content.last(JournalEntry.StateSeen.class).isPresent()) {
            needed.add(folder.events());
        }
        if (view.prepared() != null) {
            needed.add(folder.check());
        }
        EvaluationReport evaluation = view.evaluation();
        if (evaluation != null && outcome instanceof RunOutcome.Succeeded succeeded) {
            needed.add(folder.data().resolve(Part.TEST.fileName()));
            Path answers = succeeded.output().resolve(WorkOrder.PREDICTIONS_FOLDER);
            evaluation
                    .variants()
                    .forEach(one -> needed.add(answers.resolve(one.variant().fileName())));
        }
        return needed.stream().filter(Files::notExists).toList();
    }

    private void refuseIfMissing(List<Path> missing) {
        if (!missing.isEmpty()) {
            Problem.Builder problem = refusal();
            missing.forEach(path -> problem.because("there is no " + path));
            throw problem.asException();
        }
    }

    /** Events of an earlier end, or a part of them, would tell of another run. */
    private void refuseIfCut(List<RunEvent> events, JournalContent content) {
        Optional<JournalEntry.StateSeen> last = content.last(JournalEntry.StateSeen.class);
        boolean isWhole = last.isEmpty()
                || events.stream()
                        .anyMatch(event -> event instanceof RunEvent.StateChanged change
                                && change.state() == last.get().state()
                                && change.at().equals(last.get().eventAt()));
        if (!isWhole) {
            throw refusal()
                    .because(folder.events() + " ends before the state "
                            + last.get().state().name().toLowerCase(Locale.ROOT) + " of "
                            + last.get().eventAt() + ", which the journal has")
                    .asException();
        }
    }

    private Problem.Builder refusal() {
        return ReportProblems.UNREADABLE
                .error("the report of " + folder.id() + " is gone, and cannot be written anew")
                .at(Location.of(file.toString()))
                .remedy("finetune show " + folder.id());
    }
}
