package dev.finetune4j.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.spi.CreateOnce;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A name is launched once, whatever becomes of calls: the same for every service that launches jobs. */
public abstract class LaunchesOnceTest {
    protected static final String NAME = "tickets-3f9c2a11-1";
    private static final int FEW_SCHEDULES = 40;
    private static final int MANY_SCHEDULES = 400;

    private final Service service;

    protected LaunchesOnceTest(Service service) {
        this.service = service;
    }

    /**
     * What differs from service to service.
     *
     * @param create operation that launches a job
     * @param find operation that tells of one
     * @param nameMember member of a launch that names the job
     * @param attempts tries of one call to find
     * @param absent answer to a call to find of which there is nothing
     * @param unreachable what is told where there is no answer
     * @param taken what is told where the name belongs to another job
     */
    public record Service(
            String create,
            String find,
            String nameMember,
            int attempts,
            ServiceError absent,
            ProblemKind unreachable,
            ProblemKind taken) {}

    /** The cloud of this test. */
    protected abstract OfflineAws aws();

    /** Launches a job as a process of its own does. */
    protected abstract void launch(String name, String digest);

    /** How often a job was made, by the service's own record. */
    protected abstract long made(String name);

    @Test
    void launchesAJobAndAttachesToIt() {
        launch(NAME, "abc");
        launch(NAME, "abc");

        assertThat(aws().calls(service.create())).hasSize(1);
        assertThat(made(NAME)).isEqualTo(1);
    }

    @Test
    void takesNoJobOfAnotherOrderForItsOwn() {
        launch(NAME, "abc");

        FineTuneException refusal = refused(() -> launch(NAME, "def"));

        assertThat(refusal.problems().get(0).kind()).isEqualTo(service.taken());
        assertThat(refusal.problems().get(0).causes().get(0)).endsWith("is abc, the new one's is def");
        assertThat(aws().calls(service.create())).hasSize(1);
    }

    @Test
    void launchesOnceWhenTheAnswerIsLost() {
        aws().faults().loseAnswer(service.create(), 1);

        launch(NAME, "abc");

        assertThat(made(NAME)).isEqualTo(1);
    }

    /** The service made the job, and says that it failed to. */
    @Test
    void launchesOnceWhenTheServiceFailsAfterIt() {
        aws().faults().breakAfter(service.create(), 1);

        launch(NAME, "abc");

        assertThat(aws().calls(service.create()))
                .extracting(Call::status, Call::hadEffect)
                .containsExactly(tuple(500, true));
        assertThat(made(NAME)).isEqualTo(1);
    }

    /** No look shows the job at first, so that it is asked for again: by the same name, or by the same token. */
    @Test
    void launchesOnceWhenTheServiceFailsAfterItAndShowsItLate() {
        aws().faults().refuse(service.find(), 2, service.absent()).breakAfter(service.create(), 1);

        launch(NAME, "abc");

        assertThat(aws().calls(service.create())).hasSize(2);
        assertThat(made(NAME)).isEqualTo(1);
    }

    @Test
    void launchesOnceWhenOnlyTheLastRequestArrives() {
        aws().faults().loseRequest(service.create(), CreateOnce.ROUNDS - 1);

        launch(NAME, "abc");

        assertThat(made(NAME)).isEqualTo(1);
    }

    @Test
    void saysThatTheServiceDoesNotAnswerAndLaunchesWhenAskedAgain() {
        aws().faults().breakDown(service.create(), CreateOnce.ROUNDS);

        FineTuneException failure = refused(() -> launch(NAME, "abc"));

        assertThat(failure.problems().get(0).kind()).isEqualTo(service.unreachable());
        assertThat(failure.problems().get(0).retry()).isInstanceOf(Retry.After.class);
        launch(NAME, "abc");
        assertThat(made(NAME)).isEqualTo(1);
    }

    /** A caller whose session ends meanwhile is refused, though the job may be there, and be paid for. */
    @Test
    void takesNoRefusalAfterAnUnansweredCallForTheLastWord() {
        aws().faults().loseRequest(service.create(), 1).denyAccess(service.create(), 3);

        FineTuneException failure = refused(() -> launch(NAME, "abc"));

        assertThat(failure.problems().get(0).kind()).isEqualTo(service.unreachable());
        assertThat(failure.problems().get(0).retry()).isInstanceOf(Retry.After.class);
        assertThat(failure.getSuppressed()).as("the refusal").hasSize(1);
        assertThat(aws().calls(service.create())).hasSize(2);
    }

    /** The service took it, and no look shows it; that its name is taken from then on is its own doing. */
    @Test
    void takesNoRefusalAfterAnAcceptedCallForTheLastWord() {
        aws().faults().refuse(service.find(), CreateOnce.ROUNDS + 1, service.absent());

        saysThatItMayBeThere(() -> launch(NAME, "abc"));

        assertThat(made(NAME)).isEqualTo(1);
        launch(NAME, "abc");
        assertThat(made(NAME)).isEqualTo(1);
    }

    /** A caller whose session ends once the service took it sees no job, and yet it is there. */
    @Test
    void takesNoRefusedLookAfterAnAcceptedCallForTheLastWord() {
        aws().faults().refuse(service.find(), 1, service.absent()).denyAccess(service.find(), 1);

        saysThatItMayBeThere(() -> launch(NAME, "abc"));

        assertThat(made(NAME)).isEqualTo(1);
    }

    private void saysThatItMayBeThere(ThrowingCallable launch) {
        FineTuneException failure = refused(launch);
        assertThat(failure.problems().get(0).kind()).isEqualTo(service.unreachable());
        assertThat(failure.problems().get(0).retry()).isInstanceOf(Retry.After.class);
    }

    @Test
    void triesAsOftenAsItSaysWhateverAmazonsClientHasForADefault() {
        aws().faults().throttle(service.create(), 100);

        refused(() -> launch(NAME, "abc"));

        assertThat(aws().calls(service.create())).hasSize(CreateOnce.ROUNDS);
    }

    /** Its answer is lost, and it shows late: whatever the next call is refused for, the job is there. */
    @Test
    void findsWhatAnEarlierCallLaunchedThoughTheNextIsRefused() {
        List<Consumer<Faults>> refusals = List.of(
                faults -> faults.throttle(service.create(), 1),
                faults -> faults.denyAccess(service.create(), 1),
                faults -> faults.refuse(service.create(), 1, ServiceError.invalid("no such thing")));
        for (int i = 0; i < refusals.size(); i++) {
            String name = "late-" + i;
            aws().faults().refuse(service.find(), 2, service.absent()).loseAnswer(service.create(), 1);
            refusals.get(i).accept(aws().faults());

            launch(name, "abc");

            assertThat(made(name)).as(name).isEqualTo(1);
        }
        assertThat(aws().calls(service.create())).hasSize(2 * refusals.size());
    }

    @Test
    void neverTakesUnreachableForGone() {
        launch(NAME, "abc");
        aws().faults().loseRequest(service.find(), 2 * service.attempts());

        assertThat(refused(() -> launch(NAME, "abc")).problems().get(0).kind()).isEqualTo(service.unreachable());
        assertThat(aws().calls(service.create())).hasSize(1);
    }

    @Test
    void launchesOnceWhenClientsRace() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(pool.submit(() -> launch(NAME, "abc")));
        }
        for (Future<?> one : all) {
            one.get();
        }
        pool.shutdown();

        assertThat(made(NAME)).isEqualTo(1);
    }

    @Test
    void launchesOnceOnEveryScheduleOfFaults() {
        runSchedules(FEW_SCHEDULES, 7);
    }

    @Test
    @Tag("slow")
    void launchesOnceOnHundredsOfSchedulesOfFaults() {
        runSchedules(MANY_SCHEDULES, 8);
    }

    /** Faults at random, and a caller that asks again as often as it is told that it may. */
    private void runSchedules(int schedules, long seed) {
        Random random = new Random(seed);
        List<Consumer<Faults>> kinds = List.of(
                faults -> faults.loseAnswer(service.create(), 1),
                faults -> faults.loseRequest(service.create(), 1),
                faults -> faults.breakDown(service.create(), 1),
                faults -> faults.breakAfter(service.create(), 1),
                faults -> faults.loseAnswer(service.find(), 1),
                faults -> faults.breakDown(service.find(), 1));
        for (int i = 0; i < schedules; i++) {
            for (int fault = random.nextInt(8); fault > 0; fault--) {
                kinds.get(random.nextInt(kinds.size())).accept(aws().faults());
            }
            String name = "schedule-" + i;
            for (int asked = 0; ; asked++) {
                try {
                    launch(name, "abc");
                    break;
                } catch (FineTuneException e) {
                    assertThat(e.problems().get(0).retry()).as(name).isInstanceOf(Retry.After.class);
                    assertThat(asked).as(name).isLessThan(5);
                }
            }
            assertThat(made(name)).as(name).isEqualTo(1);
        }
    }

    /** Launches that the service took, by a member of the request. */
    protected final List<Call> taken(String name) {
        return aws().calls(service.create()).stream()
                .filter(call -> call.hadEffect()
                        && call.request().path(service.nameMember()).asText().equals(name))
                .toList();
    }

    protected static FineTuneException refused(ThrowingCallable call) {
        FineTuneException refusal = catchThrowableOfType(FineTuneException.class, call);
        assertThat(refusal).isNotNull();
        assertThat(refusal.problems())
                .allSatisfy(problem -> assertThat(problem.remedies()).isNotEmpty());
        return refusal;
    }
}
