package dev.finetune4j.engine.place;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** What can go wrong with the place of a run: it is not here, does not answer, cannot do what is asked, or has no more to say. */
public final class PlaceProblems implements ProblemCatalogue {
    /** The provider lost the job. */
    public static final ProblemKind GONE = new ProblemKind(
            "FT0506",
            "The provider no longer knows the job",
            ExitCode.TRAINING_FAILED,
            "The job was submitted, and the provider now answers, several times in a row, that there is no such job. Somebody deleted "
                    + "it, or the account or folder was cleaned. A provider that merely cannot be reached never counts as this.",
            "start another attempt: finetune launch JOB --again");

    /** No provider of this id. */
    public static final ProblemKind NO_PROVIDER = new ProblemKind(
            "FT0507",
            "No provider for the target",
            ExitCode.INVALID,
            "Each place is brought by an artifact on the class path. The place of this run has none here, or two artifacts bring the "
                    + "same one.",
            "add the provider's artifact, or set targets: [local]");

    /** The provider cannot do this. */
    public static final ProblemKind NOT_SUPPORTED = new ProblemKind(
            "FT0510",
            "The provider cannot do this",
            ExitCode.INVALID,
            "Providers differ in what they can do, and say so. A token-priced service does not run the project's own worker, so it "
                    + "answers no held-out rows; some places cannot stop or resume a job, or keep a time limit.",
            "finetune launch JOB --target local");

    /** The provider has been unreachable for too long. */
    public static final ProblemKind UNREACHABLE = new ProblemKind(
            "FT0513",
            "The provider cannot be reached",
            ExitCode.CAPACITY,
            "The provider did not answer for longer than a watcher waits. That says nothing about the run, which goes on: unreachable "
                    + "is not gone. Nothing is launched a second time.",
            "attach again later: finetune watch RUN");

    /** Failed without a reason. */
    public static final ProblemKind NO_REASON = new ProblemKind(
            "FT0514",
            "The run failed and the provider gave no reason",
            ExitCode.TRAINING_FAILED,
            "The provider says that the job failed and nothing more. Its own console or log, under the reference that finetune show "
                    + "prints, may tell why.",
            "look at the provider's reference: finetune show RUN");

    /** A run is forgotten, and its place was not there to be told. */
    public static final ProblemKind LEFT_BEHIND = new ProblemKind(
            "FT0537",
            "The place of a removed run does not answer",
            ExitCode.OK,
            "A run is removed at its place first. Where the place does not answer, --force removes it here alone: what the place has of it, "
                    + "should it still be there, stays, and a job that runs there is billed until its time limit.",
            "finetune gc JOB --running");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(GONE, NO_PROVIDER, NOT_SUPPORTED, UNREACHABLE, NO_REASON, LEFT_BEHIND);
    }

    /** The provider answered so many times in a row that there is no such job. */
    public static FineTuneException gone(RunId run, ProviderId provider, int times) {
        return GONE.error(provider + " no longer knows the job " + run)
                .because(provider + " answered " + times + " times in a row that there is no such job")
                .asException();
    }

    /** The place of a run is not on the class path. */
    public static FineTuneException noProvider(ProviderId wanted, Collection<ProviderId> present) {
        return NO_PROVIDER
                .error("no provider for " + wanted)
                .because("on the class path: " + (present.isEmpty() ? "none" : join(present)))
                .asException();
    }

    /** Two artifacts bring the same provider. */
    public static FineTuneException doubledProvider(ProviderId id) {
        return NO_PROVIDER
                .error("two artifacts on the class path bring the provider " + id)
                .remedy("remove one of them: mvn dependency:tree")
                .asException();
    }

    /** The provider does not claim to do this. */
    public static FineTuneException notSupported(ProviderId provider, String what) {
        return NOT_SUPPORTED.error(provider + " cannot " + what).asException();
    }

    /**
     * The provider does not claim to host tuned models.
     *
     * @param takers the places that take in models which were trained elsewhere
     */
    public static FineTuneException noHost(ProviderId provider, RunId run, List<ProviderId> takers) {
        Problem.Builder problem = NOT_SUPPORTED.error(provider + " cannot host a tuned model");
        takers.forEach(taker -> problem.remedy("finetune host " + run + " --target " + taker));
        return problem.asException();
    }

    /**
     * The provider has the weights of the tuned model, and they are not fetched from there.
     *
     * @param hosts whether it lets the model answer; it gives the weights to nobody then
     * @param said what it said to do with the model where it does not
     */
    public static FineTuneException weightsKept(ProviderId provider, RunId run, boolean hosts, List<String> said) {
        Problem.Builder problem = NOT_SUPPORTED
                .error("the weights of the tuned model of " + run + " cannot be fetched")
                .because(provider + " keeps them" + (hosts ? ", and gives them to nobody" : ""));
        if (hosts) {
            problem.remedy("finetune host " + run + "    # the model answers there");
        } else {
            said.forEach(problem::remedy);
        }
        return problem.remedy("finetune launch JOB --target local    # the same job, tuned here")
                .asException();
    }

    /** The watcher gave up waiting for an answer. */
    public static FineTuneException unreachable(
            RunId run, ProviderId provider, Duration waited, FineTuneException last) {
        return UNREACHABLE
                .error(provider + " did not answer for " + waited.toMinutes() + " minutes; " + run + " goes on")
                .because(last.problems().get(0).summary())
                .remedy("finetune watch " + run)
                .retry(Retry.after(Duration.ofMinutes(1)))
                .asException(last);
    }

    /** The provider says that the job failed and nothing more. */
    public static Problem noReason(RunId run, ProviderId provider, String reference) {
        return NO_REASON
                .error(run + " failed")
                .because(provider + " gives no reason for " + reference)
                .remedy("finetune show " + run)
                .build();
    }

    /** A run is removed though its place does not answer. */
    public static Problem leftBehind(RunId run, ProviderId provider, FineTuneException unanswered) {
        return LEFT_BEHIND
                .warning(provider + " does not answer: what it keeps of " + run
                        + ", and may still bill, cannot be stopped or removed from here")
                .because(unanswered.problems().get(0).code() + ": "
                        + unanswered.problems().get(0).summary())
                .remedy("finetune gc JOB --running    # should it answer again")
                .build();
    }

    private static String join(Collection<ProviderId> ids) {
        return ids.stream()
                .map(ProviderId::value)
                .sorted()
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
    }
}
