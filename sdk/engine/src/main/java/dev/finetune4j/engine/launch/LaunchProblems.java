package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FileReason;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.json.Durations;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * FT0484, and from FT0520 on: launches at places that bill, the hosting of what comes of them, what is asked of it, and what was foreseen of
 * them.
 */
public final class LaunchProblems implements ProblemCatalogue {
    private static final int LINES_SHOWN = 10;

    /** The run would end with a full disk. */
    static final ProblemKind DISK_TOO_SMALL = new ProblemKind(
            "FT0484",
            "the disk is too small for the job",
            ExitCode.INVALID,
            """
            A training keeps two checkpoints, and a third while it is written, before the oldest goes. Each has what is trained, two moments of it, all
            in float32, and the best result so far. Beside them lie the result, the base model, the rows, and some 20 GB that image and worker take.
            Where every weight of a model is trained that is 54 bytes for each, with an adapter little more than the model. Where a job does not say
            how large the disk of a machine is to be, the place lets one that is large enough, or the machine has its own.""",
            "leave the size of the disk out of the job file");

    /** Nobody said how much may be spent. */
    public static final ProblemKind NO_BUDGET = new ProblemKind(
            "FT0520", "the launch has no budget", ExitCode.BUDGET_REFUSED, """
            A place that bills for running time ends a job at a time limit, which is reckoned from the budget. Without a budget nothing would
            end it, so it is not launched. The cost is foreseen by the plan; a budget somewhat above the upper end of its range leaves
            room for a slow day. A place that bills tokens ends at no limit: there the budget must be an amount of money, and all that may
            be billed is held against it before the launch.""", "budget.max-cost: 5 USD");

    /** The money is gone before the job is likely to be done. */
    public static final ProblemKind BUDGET_TOO_SMALL = new ProblemKind(
            "FT0521",
            "the budget ends before the job",
            ExitCode.BUDGET_REFUSED,
            """
            The time that the budget pays for, less what the place may bill while the job winds down, is shorter than the job is likely to
            take, or than nine such jobs in ten take at a place that keeps no checkpoint. It would be stopped before its end, and what it
            cost until then would be lost but for its checkpoints. Spot whose discount is told by the bill alone counts at its full price.
            Where tokens are billed, more of them may be than the budget pays for: the service counts by a vocabulary of its own, so that the most that any
            count can give is held against the budget. Some places let no job run for longer than so many days, whatever the budget pays for.""",
            "finetune plan JOB --optimize cost");

    /** Nobody agreed to what it costs. */
    public static final ProblemKind NOT_AGREED = new ProblemKind(
            "FT0522", "nobody agreed to what the launch costs", ExitCode.USAGE, """
            A job at a place that bills is launched from a plan, by somebody who has seen what it may cost at most: a person who answers the
            question of "finetune launch", a script that says --yes, or a program that calls FineTuner.launch with the plan.""", "finetune launch JOB");

    /** The option is a model or machine that cannot be launched from here. */
    public static final ProblemKind NOT_LAUNCHABLE = new ProblemKind(
            "FT0523", "the option cannot be launched", ExitCode.INVALID, """
            A plan shows all that is sold, also at places that no provider on the class path launches jobs at, and other models that a
            service would tune instead of the job's.""", "finetune launch JOB --target local");

    /** Nothing will be compared. */
    public static final ProblemKind NOT_COMPARED = new ProblemKind(
            "FT0525", "the gate cannot be judged at the place", ExitCode.OK, """
            A place that only trains lets no model answer held-out rows, so that base and tuned model are not compared and the job's gate is
            neither passed nor failed. The run ends well whatever the gate says; its report says that nothing was compared, and how the
            tuned model can be asked.""", "finetune launch JOB --target local");

    /** The worker cannot come with the job. */
    public static final ProblemKind NO_WORKER = new ProblemKind(
            "FT0524",
            "the worker that the place needs is not here",
            ExitCode.INVALID,
            """
            A cloud lends machines and knows nothing of finetune4j: the worker goes with the job. It is made from the jars of the local
            runner, which must be on the class path of whoever launches.""",
            "add dev.finetune4j:finetune4j-worker to the class path");

    /** Much of the budget is gone. */
    public static final ProblemKind NEAR_BUDGET =
            new ProblemKind("FT0526", "much of the budget is spent", ExitCode.BUDGET_STOPPED, """
            Told at 50, 80 and 95 percent of budget.max-cost while a job runs. The job goes on: its place ends it at the time limit that
            the budget pays for, with a checkpoint. Whoever would rather spend less stops it now, whoever wants it to be done sets a
            larger budget for the next launch.""", "finetune stop RUN");

    /** The place has no such way. */
    public static final ProblemKind NO_WAY = new ProblemKind(
            "FT0527", "there is no such way to host the model", ExitCode.USAGE, """
            A place hosts tuned models in ways of its own, each with its price: by the token, where nothing is charged while nobody asks, or
            by the hour, asked or not. Not every family of models can be hosted in each.""", "finetune host RUN --dry-run");

    /** It is hosted, but not so. */
    public static final ProblemKind HOSTED_OTHERWISE = new ProblemKind(
            "FT0528",
            "the model is hosted already, in another way",
            ExitCode.INVALID,
            """
            The model of a run is hosted in one way at a time, so that nobody pays twice for it without knowing.""",
            "finetune host RUN --remove");

    /** It was ended before it answered. */
    public static final ProblemKind HOSTING_GONE = new ProblemKind(
            "FT0529", "what was to host the model is gone", ExitCode.CAPACITY, """
            The place took the order, and now answers that there is no such thing: somebody ended it. Nothing is billed for it any more, and
            it may be hosted anew.""", "finetune host RUN");

    /** It is removed here, and would be billed elsewhere. */
    public static final ProblemKind HOSTED_ELSEWHERE = new ProblemKind(
            "FT0530", "the model is hosted at another place", ExitCode.INVALID, """
            The model of the run was brought to another place than where it was trained, which may go on billing for it. The run is what leads
            there; it is not removed before that is ended.""", "finetune host RUN --remove");

    /** Nobody agreed to what answers cost. */
    public static final ProblemKind ANSWERS_NOT_AGREED = new ProblemKind(
            "FT0531", "nobody agreed to what the answers cost", ExitCode.USAGE, """
            A place that hosts the tuned model of a run and its base model bills what both read and write. It is asked by somebody who has seen
            what that may cost at most: a person who answers the question of "finetune eval", a script that says --yes, or a program that
            starts FineTuner.evaluation, predictions or generation with the terms that it tells, or opens FineTuner.chat with what
            FineTuner.answering tells. Where more is to be asked by then than was agreed to, at a higher price or of another
            model, nothing is asked either.
            Answers of rows that are there already are not asked for again, and cost nothing.""", "finetune eval RUN");

    /** A run that is cut short would have kept nothing. */
    public static final ProblemKind LATE_CHECKPOINT = new ProblemKind(
            "FT0532", "the first checkpoint may come too late", ExitCode.INVALID, """
            A machine that may be taken back takes with it what is in no checkpoint, and a budget ends a run that takes longer than it pays
            for. Left to itself a run writes a checkpoint after its first step and then as often as pays; told how often, it may write none
            in time.""", "training.checkpoint-every: 0");

    /** The same was launched from elsewhere. */
    public static final ProblemKind ATTACHED = new ProblemKind(
            "FT0533", "the job was launched before, from elsewhere", ExitCode.OK, """
            The same job with the same rows and model has the same name wherever it is launched, so that two machines of a team pay for it
            once. Whoever launches it second follows the job that is there, or is told how it ended, with the role, region and machine that
            it was launched with. What those were is no part of its name: who has changed them since, or wants it done anew, launches it
            again.""", "finetune launch JOB --again");

    /** No exit code will be seen. */
    public static final ProblemKind NO_RESTARTS = new ProblemKind(
            "FT0534", "the job is not begun anew there", ExitCode.OK, """
            A place whose process ends with an exit code tells it, and a code that the job lists lets it be begun anew. This machine and
            services that tune by the token tell none: a job that fails there stays as it is, whatever it lists.""", "remove recovery from the job file");

    /** The place would learn the better answers and never see the others. */
    public static final ProblemKind NOT_LEARNED = new ProblemKind(
            "FT0535",
            "the place does not learn which of two answers is better",
            ExitCode.INVALID,
            """
            Rows of a task of kind preference have two answers, of which the better is to become likelier and the other less likely. A place
            that learns answers alone would leave the worse ones out, so that it is refused before anything is sent. A plan shows the places
            that learn from both.""",
            "finetune plan JOB");

    /** Training would likely diverge. */
    static final ProblemKind HIGH_RATE = new ProblemKind(
            "FT0538",
            "the learning rate is far above what is usual",
            ExitCode.OK,
            """
            A learning rate far above what is usual with the method makes nearly every training diverge: the loss rises, and what comes out
            answers nothing. Most of them come of a slip of the pen, such as 0.5 for 5e-4. It is trained all the same, since somebody may
            mean it.""",
            "training.learning-rate: 0    # the method's own");

    /** What would correct estimates is lost. */
    private static final ProblemKind UNREAD_ESTIMATES =
            new ProblemKind("FT0539", "past estimates cannot be read", ExitCode.OK, """
            What was foreseen of a run and what it took stands as a line in estimates.jsonl of the home folder. A line that a dying process
            left half, that was edited or that another version wrote is passed over: it neither counts in finetune estimates nor corrects a
            plan. All other lines do. A line that is no JSON is of no more use to anybody; the version that wrote another reads it. Where the file
            itself cannot be opened, none of its lines counts.""", "finetune estimates");

    /** The budget would be kept by nobody. */
    private static final ProblemKind UNWATCHED = new ProblemKind(
            "FT0536", "nothing would end the job at its limit", ExitCode.USAGE, """
            The place ends no job at a time limit: whoever follows the run stops it there, and nobody follows a run that is launched with
            --detach. Follow it, or launch the job at a place that keeps limits, which finetune plan JOB shows.""", "finetune launch JOB");

    /** Terms that are kept by watchers alone, and there would be none. */
    public static FineTuneException unwatched(LaunchTerms terms) {
        return UNWATCHED
                .error(terms.target() + " ends the job at no limit, and --detach leaves nobody who does")
                .because("its limit is " + Durations.format(Objects.requireNonNull(terms.timeLimit())))
                .remedy("leave --detach out")
                .asException();
    }

    /** There is no such way. */
    static FineTuneException noWay(ProviderId place, @Nullable String way, List<HostingWay> ways) {
        return NO_WAY.error(
                        way == null ? place + " hosts no such model" : place + " hosts no model of this family " + way)
                .because("there is " + ways.stream().map(HostingWay::name).collect(Collectors.joining(", ")))
                .remedy("leave --way out")
                .asException();
    }

    /** There is the way, but not with so many units. */
    static FineTuneException tooManyUnits(ProviderId place, String way, int most, int units) {
        return NO_WAY.error(place + " hosts by " + way + " with " + units(most) + " at most, not " + units)
                .remedy("--units " + most)
                .asException();
    }

    /**
     * It is hosted, but not as the terms say.
     *
     * @param found all that hosts it, at least one
     */
    static FineTuneException hostedOtherwise(List<HostedModel> found, HostingTerms terms) {
        String ways = found.stream()
                .map(one -> one.way().name() + " with " + units(one.units()))
                .collect(Collectors.joining(" and "));
        Problem.Builder problem = HOSTED_OTHERWISE.error(
                terms.run() + " is hosted " + ways + ", not " + terms.way().name() + " with " + units(terms.units()));
        found.forEach(one -> problem.because(one.reference() + " since " + one.since()));
        return problem.remedy(
                        "finetune host " + terms.run() + " --remove" + (found.size() == 1 ? "" : "    # ends all"))
                .asException();
    }

    /** Only a hosted model answers there. */
    static FineTuneException notHosted(RunId run, ProviderId place) {
        return PlaceProblems.NOT_SUPPORTED
                .error(place + " cannot answer rows or prompts with a tuned model that is not hosted")
                .remedy("finetune host " + run)
                .asException();
    }

    /** What it would cost, and how to agree to that. */
    static FineTuneException answersNotAgreed(AnswerTerms terms, boolean isOther) {
        return ANSWERS_NOT_AGREED
                .error(terms.place() + " bills for answers of " + terms.run() + ", and nobody agreed to "
                        + (isOther ? "these terms, which are others by now: " : "that: ") + terms.words())
                .because(terms.model().reference() + " answers "
                        + terms.model().way().name())
                .remedy("asking.start(asking.terms().orElseThrow())")
                .asException();
    }

    /** The same of a conversation, of which nobody knows how long it will be. */
    static FineTuneException chatNotAgreed(HostedModel model, ProviderId place) {
        return ANSWERS_NOT_AGREED
                .error(place + " bills for answers of " + model.run() + ", and nobody agreed to that: "
                        + price(model.way().input()) + " a million tokens that are read, "
                        + price(model.way().output()) + " that are written, and what its base model costs")
                .because(model.reference() + " answers " + model.way().name())
                .remedy("tuner.chat(run, tuner.answering(run).orElseThrow())")
                .remedy("finetune chat " + model.run())
                .asException();
    }

    /** Told to whoever launches what somebody else has launched. */
    static Problem foundThere(JobSnapshot job, ProviderId place, @Nullable String jobFile) {
        return ATTACHED.note(job.id() + " is at " + place + " since " + job.submittedAt()
                        + ", launched from elsewhere: "
                        + (job.state().isTerminal() ? "it is not launched again" : "this is the second to follow it"))
                .because(job.reference() + " is " + job.state().name().toLowerCase(Locale.ROOT))
                .remedy(Remedies.named("finetune launch JOB --again    # launches it anew", jobFile, job.id()))
                .build();
    }

    private static String price(@Nullable PriceFact fact) {
        return fact == null ? "what is not known here" : fact.amount().toString();
    }

    /** It does not answer yet, or never will. */
    static FineTuneException notAnswering(HostedModel model) {
        Problem problem = model.problem();
        return problem != null
                ? problem.asException()
                : PlaceProblems.NOT_SUPPORTED
                        .error(model.run() + " is about to be hosted, and does not answer yet")
                        .because(model.reference() + " since " + model.since())
                        .remedy("finetune host " + model.run() + "    # waits until it does")
                        .asException();
    }

    /**
     * Lines of the history are passed over.
     *
     * @param lines their numbers from 1, at least one
     * @param damaged those of them that are no JSON
     */
    static Problem unreadEstimates(Path file, List<Integer> lines, List<Integer> damaged) {
        Problem.Builder problem = UNREAD_ESTIMATES
                .warning(
                        lines.size() == 1
                                ? "a past estimate cannot be read, and is passed over"
                                : lines.size() + " past estimates cannot be read, and are passed over")
                .at(new Location.InFile(file.toString(), lines.get(0), 0, null));
        if (lines.size() > 1) {
            problem.because(
                    "lines " + String.join(", ", shown(lines)) + (lines.size() > LINES_SHOWN ? " and others" : ""));
        }
        String quoted = ShellWord.of(file.toString());
        if (damaged.isEmpty()) {
            return problem.remedy("sed -n '" + String.join("p;", shown(lines)) + "p' " + quoted
                            + "    # shows what another version may have written, which reads it")
                    .build();
        }
        return problem.remedy("sed -i '" + String.join("d;", shown(damaged)) + "d' " + quoted + "    # removes "
                        + removed(lines, damaged))
                .build();
    }

    /** The file of past estimates cannot be opened, so that none of them counts. */
    static Problem unreadEstimates(Path file, IOException cause) {
        return UNREAD_ESTIMATES
                .warning("past estimates cannot be read, and are passed over")
                .at(Location.of(file.toString()))
                .because(FileReason.of(cause))
                .remedy("ls -ld " + ShellWord.of(file.toString()))
                .build();
    }

    private static String removed(List<Integer> lines, List<Integer> damaged) {
        if (damaged.size() > LINES_SHOWN) {
            return "the first " + LINES_SHOWN + " that are no JSON";
        }
        if (damaged.size() < lines.size()) {
            return "what is no JSON";
        }
        return lines.size() == 1 ? "it" : "them";
    }

    private static List<String> shown(List<Integer> lines) {
        return lines.stream().limit(LINES_SHOWN).map(String::valueOf).toList();
    }

    private static String units(int units) {
        return units + (units == 1 ? " unit" : " units");
    }

    /** Somebody ended it while it was followed. */
    static FineTuneException hostingGone(RunId run, String reference) {
        return HOSTING_GONE
                .error("what was to host " + run + " is gone")
                .because(reference)
                .remedy("finetune host " + run)
                .asException();
    }

    /** The run leads to what is billed. */
    static FineTuneException hostedElsewhere(RunId run, ProviderId place) {
        return HOSTED_ELSEWHERE
                .error("cannot remove " + run + ", whose model is hosted at " + place)
                .remedy("finetune host " + run + " --remove")
                .asException();
    }

    /** For ServiceLoader. */
    public LaunchProblems() {}

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                DISK_TOO_SMALL,
                NO_BUDGET,
                BUDGET_TOO_SMALL,
                NOT_AGREED,
                NOT_LAUNCHABLE,
                NOT_COMPARED,
                NO_WORKER,
                NEAR_BUDGET,
                NO_WAY,
                HOSTED_OTHERWISE,
                HOSTING_GONE,
                HOSTED_ELSEWHERE,
                ANSWERS_NOT_AGREED,
                LATE_CHECKPOINT,
                ATTACHED,
                NO_RESTARTS,
                NOT_LEARNED,
                UNWATCHED,
                HIGH_RATE,
                UNREAD_ESTIMATES);
    }
}
