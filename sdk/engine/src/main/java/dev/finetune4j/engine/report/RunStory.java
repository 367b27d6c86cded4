package dev.finetune4j.engine.report;

import dev.finetune4j.engine.journal.Block;
import dev.finetune4j.engine.journal.BlockReader;
import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.JournalLine;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.run.RunCost;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.HostedModel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why a run is where it is: what was decided and seen, in order, each with its reasons, as its journal tells it.
 *
 * @param chapters first to last
 */
public record RunStory(List<Chapter> chapters) {
    /** How a reason begins that says what is not asked for again. */
    public static final String BLOCKED = "blocked: ";

    private static final String TRY = "try: ";
    private static final String A_PROGRAM = "a program";

    /** Copies the list. */
    public RunStory {
        chapters = List.copyOf(chapters);
    }

    /**
     * One decision, or one thing that was seen.
     *
     * @param at when it was written down
     * @param what in words
     * @param because reasons and figures, one line each; may be empty
     */
    public record Chapter(Instant at, String what, List<String> because) {
        /** Copies the list. */
        public Chapter {
            because = List.copyOf(because);
        }

        /** A place's clock, or the way of its answer, may have a job begin before its launch. */
        private Chapter notBefore(Instant launch) {
            return at.isBefore(launch) ? new Chapter(launch, what, because) : this;
        }

        /** With the job file and the id of its run in what can be pasted. */
        private Chapter of(@Nullable RunView run) {
            return run == null
                    ? this
                    : new Chapter(
                            at,
                            what,
                            because.stream()
                                    .map(line ->
                                            line.startsWith(TRY) ? Remedies.named(line, run.jobFile(), run.id()) : line)
                                    .toList());
        }

        private Chapter and(String reason) {
            return new Chapter(
                    at, what, Stream.concat(because.stream(), Stream.of(reason)).toList());
        }
    }

    /** The story that a journal tells. */
    public static RunStory of(JournalContent journal) {
        List<Chapter> chapters = new ArrayList<>();
        Optional<RunView> run = RunView.of(journal);
        RunState told = null;
        JournalEntry before = null;
        Instant launchedAt = Instant.MIN;
        int launch = 0;
        BlockReader blocks = new BlockReader();
        for (JournalLine line : journal.lines()) {
            Optional<Block> block = blocks.read(line);
            JournalEntry entry = line.known().orElse(null);
            boolean isToldAgain = entry instanceof JournalEntry.StateSeen seen && seen.state() == told;
            if (entry instanceof JournalEntry.Submitted submitted && !submitted.found()) {
                launchedAt = line.at();
            }
            if (entry instanceof JournalEntry.HostingEnded ended && before instanceof JournalEntry.HostingEnded) {
                // All that hosted the model was ended at once, and each has an entry.
                chapters.add(chapters.remove(chapters.size() - 1).and(ended.reference()));
            } else if (entry != null && !isToldAgain) { // each process that takes a run up tells its state anew
                Chapter chapter =
                        chapter(line.at(), entry).notBefore(launchedAt).of(run.orElse(null));
                int position = entry instanceof JournalEntry.StateSeen
                        ? position(chapters, chapter.at(), launch)
                        : chapters.size();
                chapters.add(
                        position, block.map(RunStory::words).map(chapter::and).orElse(chapter));
                told = entry instanceof JournalEntry.StateSeen seen ? seen.state() : null;
                launch = entry instanceof JournalEntry.Submitted ? chapters.size() : launch;
            }
            before = entry;
        }
        return new RunStory(chapters);
    }

    /** Whoever takes a run up sees what it went through before: that comes before what was asked of it meanwhile. */
    private static int position(List<Chapter> chapters, Instant seen, int launch) {
        int position = chapters.size();
        while (position > launch && chapters.get(position - 1).at().isAfter(seen)) {
            position--;
        }
        return position;
    }

    private static Chapter chapter(Instant at, JournalEntry entry) {
        if (entry instanceof JournalEntry.Created created) {
            String file = file(created.jobFile());
            return new Chapter(
                    at,
                    "asked for " + (file.equals(A_PROGRAM) ? "by " : "in ") + file,
                    List.of("attempt " + created.attempt() + " at this job, data and model, by finetune4j "
                            + created.version()));
        }
        if (entry instanceof JournalEntry.Renewed renewed) {
            return new Chapter(at, "begun anew, as no place had it", List.of("by " + file(renewed.jobFile())));
        }
        if (entry instanceof JournalEntry.Agreed agreed) {
            return new Chapter(at, "agreed to " + words(agreed.terms()), agreedWith(agreed.terms()));
        }
        if (entry instanceof JournalEntry.Prepared prepared) {
            return new Chapter(
                    at,
                    "data and model are ready",
                    List.of("data " + shortly(prepared.dataDigest()) + ", model " + shortly(prepared.modelDigest())));
        }
        if (entry instanceof JournalEntry.Expected expected) {
            return new Chapter(at, "foreseen to take " + foreseen(expected.foreseen()), List.of());
        }
        if (entry instanceof JournalEntry.Intent intent) {
            return new Chapter(at, "told " + intent.provider() + " to launch it", List.of());
        }
        if (entry instanceof JournalEntry.Moved moved) {
            String how = moved.isRestart() ? "begun anew on " : "moved to ";
            return new Chapter(at, how + words(moved.terms()), reasons(moved));
        }
        if (entry instanceof JournalEntry.Submitted submitted) {
            return new Chapter(
                    at,
                    submitted.found() ? "attached to the job that was there, launched from elsewhere" : "launched",
                    List.of(submitted.snapshot().reference() + " is "
                            + words(submitted.snapshot().state())));
        }
        return laterChapter(at, entry);
    }

    private static String file(@Nullable String jobFile) {
        return jobFile == null || jobFile.equals(Location.JOB) ? A_PROGRAM : jobFile;
    }

    private static Chapter laterChapter(Instant at, JournalEntry entry) {
        if (entry instanceof JournalEntry.StateSeen seen) {
            return new Chapter(seen.eventAt(), words(seen.state()), List.of());
        }
        if (entry instanceof JournalEntry.StopAsked asked) {
            return new Chapter(at, "told to stop", List.of("by " + asked.by()));
        }
        if (entry instanceof JournalEntry.ResumeAsked resume) {
            return new Chapter(at, "told to go on from its last checkpoint", List.of("time " + resume.times()));
        }
        if (entry instanceof JournalEntry.Reopened) {
            return new Chapter(
                    at, "found at its place, which had not said that it has ended: followed again", List.of());
        }
        if (entry instanceof JournalEntry.Fetched fetched) {
            return new Chapter(
                    at,
                    "its output is on this machine",
                    List.of(fetched.output().toString()));
        }
        if (entry instanceof JournalEntry.EvaluationDone) {
            return new Chapter(at, "base and tuned model are compared", List.of());
        }
        if (entry instanceof JournalEntry.ReportWritten written) {
            return new Chapter(
                    at,
                    "the report is written",
                    written.files().stream().map(Object::toString).toList());
        }
        if (JournalEntry.isOfHosting(entry)) {
            return hostingChapter(at, entry);
        }
        JournalEntry.Closed closed = (JournalEntry.Closed) entry;
        String how = closed.reason().isEmpty() ? words(closed.state()) : closed.reason(); // which says "stopped" itself
        return new Chapter(at, "ended: " + how, reasons(closed));
    }

    private static Chapter hostingChapter(Instant at, JournalEntry entry) {
        if (entry instanceof JournalEntry.HostAsked asked) {
            return new Chapter(
                    at,
                    "told " + asked.place() + " to host its model "
                            + asked.order().way(),
                    asked.order().units() == 1
                            ? List.of()
                            : List.of(asked.order().units() + " units"));
        }
        if (entry instanceof JournalEntry.Hosted hosted) {
            HostedModel model = hosted.model();
            String price =
                    model.perHour().map(hour -> ", at " + hour + " an hour").orElse("");
            Problem problem = model.problem();
            return new Chapter(
                    at,
                    "its model is hosted: " + model.state().name().toLowerCase(Locale.ROOT) + price,
                    problem == null ? List.of(model.reference()) : told(problem));
        }
        JournalEntry.HostingEnded ended = (JournalEntry.HostingEnded) entry;
        return new Chapter(
                at,
                "its model is not hosted any more",
                ended.reference().isEmpty() ? List.of() : List.of(ended.reference()));
    }

    private static List<String> agreedWith(LaunchTerms terms) {
        List<String> lines = new ArrayList<>(limit(terms));
        for (LaunchTerms other : terms.alternatives()) {
            lines.add("else " + words(other));
        }
        return lines;
    }

    private static List<String> reasons(JournalEntry.Moved moved) {
        List<String> lines = new ArrayList<>(told(moved.why()));
        if (moved.spent() != null) {
            lines.add(moved.spent() + " were spent until then, for " + Figures.duration(moved.billed()));
        }
        lines.addAll(limit(moved.terms()));
        return lines;
    }

    private static List<String> reasons(JournalEntry.Closed closed) {
        List<String> lines = new ArrayList<>(closed.problem() == null ? List.of() : told(closed.problem()));
        RunCost cost = closed.spent();
        if (cost != null) {
            lines.add(cost.words() + " spent of the budget of " + cost.budget());
        }
        return lines;
    }

    private static List<String> limit(LaunchTerms terms) {
        Duration limit = terms.timeLimit();
        String most = terms.worstCost() == null ? "" : "at most " + terms.worstCost();
        String line =
                limit == null ? most : "ended after " + Figures.atMost(limit) + (most.isEmpty() ? "" : ", " + most);
        return line.isEmpty() ? List.of() : List.of(line);
    }

    private static List<String> told(Problem problem) {
        return Stream.concat(
                        Stream.of(problem.code() + ": " + problem.summary()),
                        Stream.concat(
                                problem.causes().stream(),
                                problem.remedies().stream().map(line -> TRY + line)))
                .toList();
    }

    private static String foreseen(Foreseen foreseen) {
        MoneyRange cost = foreseen.cost();
        String time = Figures.duration(foreseen.time().low()) + " to "
                + Figures.duration(foreseen.time().high());
        return cost == null || cost.high().amount().signum() == 0
                ? time
                : time + ", " + cost.low() + " to " + cost.high();
    }

    /** What is not asked for again, and for how long. */
    public static String words(Block block) {
        LaunchTerms asked = block.asked();
        return BLOCKED
                + switch (block.scope()) {
                    case MACHINE ->
                        machine(asked) + " for every job, for " + Figures.duration(Block.MACHINE_LASTS)
                                + " while there is another";
                    case QUOTA ->
                        machine(asked) + " for every job while there is another, for "
                                + Figures.duration(Block.MACHINE_LASTS) + " and until the quota leaves one, or for "
                                + Figures.duration(Block.QUOTA_LASTS) + " where that is not told";
                    case MACHINE_FOR_RUN -> machine(asked) + " for this run";
                    case PLACE -> asked.target() + " for this run, until it is let in there";
                    case JOB -> "this run as it is, on every machine, until somebody resumes it";
                };
    }

    private static String machine(LaunchTerms terms) {
        String region = terms.region().isEmpty() ? "" : " in " + terms.region();
        return terms.name() + (terms.isSpot() ? " spot" : "") + region;
    }

    private static String words(LaunchTerms terms) {
        String price = terms.perHour() == null ? "" : " at " + terms.perHour() + " an hour";
        return terms.target() + " " + machine(terms) + price;
    }

    private static String words(RunState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String shortly(String digest) {
        return Objects.requireNonNull(digest).substring(0, Math.min(12, digest.length()));
    }
}
