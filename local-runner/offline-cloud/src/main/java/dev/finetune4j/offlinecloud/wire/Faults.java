package dev.finetune4j.offlinecloud.wire;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is to go wrong with the next calls, told by whoever tests. Faults of one operation come one after the other in the order in
 * which they were told, then all goes well again. Safe for use by several threads.
 */
public final class Faults {
    private final List<Planned> planned = new ArrayList<>();
    private final Wording wording;
    private final Clock clock;
    private Instant outageEnds = Instant.MIN;
    private Duration ahead = Duration.ZERO;

    /**
     * No fault is planned at first; they are worded as at Amazon.
     *
     * @param clock by which an outage lasts; may be virtual
     */
    public Faults(Clock clock) {
        this(Wording.AMAZON, clock);
    }

    /**
     * No fault is planned at first.
     *
     * @param clock by which an outage lasts; may be virtual
     */
    public Faults(Wording wording, Clock clock) {
        this.wording = wording;
        this.clock = clock;
    }

    /**
     * How a vendor's services tell what any of them may tell.
     *
     * @param throttled that calls are to come less often
     * @param brokenDown that something is wrong with the service
     * @param expired that the caller's token is too old
     */
    public record Wording(ServiceError throttled, ServiceError brokenDown, ServiceError expired) {
        private static final int SERVERS_FAULT = 500;

        /** As Amazon's services do. */
        public static final Wording AMAZON = new Wording(
                ServiceError.of("ThrottlingException", "Rate exceeded"),
                new ServiceError(
                        SERVERS_FAULT,
                        "InternalFailure",
                        "The request processing has failed because of an unknown error"),
                ServiceError.of("ExpiredTokenException", "The security token included in the request is expired"));
    }

    /** The next calls are told to come less often. */
    public Faults throttle(String operation, int times) {
        return refuse(operation, times, wording.throttled());
    }

    /** The next calls meet an error of the service, and have no effect. */
    public Faults breakDown(String operation, int times) {
        return refuse(operation, times, wording.brokenDown());
    }

    /** The next calls have their effect, and are answered with an error of the service all the same. */
    public Faults breakAfter(String operation, int times) {
        return plan(operation, times, new Fault.LateError(wording.brokenDown()));
    }

    /** The next calls find that the token of the caller's session is too old. */
    public Faults expireToken(String operation, int times) {
        return refuse(operation, times, wording.expired());
    }

    /** The next calls may not be made by this caller, whatever policies say. */
    public Faults denyAccess(String operation, int times) {
        return plan(operation, times, new Fault.Denial());
    }

    /** The next calls are refused with an error of choice, and have no effect. */
    public Faults refuse(String operation, int times, ServiceError error) {
        return plan(operation, times, new Fault.Refusal(error));
    }

    /** The connection breaks before the service has taken the next calls: they have no effect. */
    public Faults loseRequest(String operation, int times) {
        return plan(operation, times, new Fault.LostRequest());
    }

    /** The connection breaks after the service has taken the next calls: they have their effect and no answer. */
    public Faults loseAnswer(String operation, int times) {
        return plan(operation, times, new Fault.LostAnswer());
    }

    /** The connection breaks within the answers to the next calls, which have their effect: so many bytes of a body arrive, and no more. */
    public Faults breakOff(String operation, int times, long afterBytes) {
        return plan(operation, times, new Fault.BrokenAnswer(afterBytes));
    }

    /** From now on no call of any operation is answered, nor has an effect, until so much time has passed by the clock. Jobs go on. */
    public synchronized Faults outage(Duration time) {
        outageEnds = clock.instant().plus(time);
        return this;
    }

    /**
     * From now on the services' clocks, by which signatures hold, are ahead of this machine's, which is as if the clients' were behind.
     *
     * @param time negative for behind
     */
    public synchronized Faults skewClock(Duration time) {
        ahead = time;
        return this;
    }

    /** What time it is for the services. Clients sign by the clock of this machine, whatever the jobs live by. */
    synchronized Instant serviceTime() {
        return Clock.systemUTC().instant().plus(ahead);
    }

    private synchronized Faults plan(String operation, int times, Fault fault) {
        for (int i = 0; i < times; i++) {
            planned.add(new Planned(operation, fault));
        }
        return this;
    }

    /** The fault of this call, which is then over unless it is an outage. */
    synchronized Optional<Fault> next(String operation) {
        if (clock.instant().isBefore(outageEnds)) {
            return Optional.of(new Fault.LostRequest());
        }
        Optional<Planned> next = planned.stream()
                .filter(plan -> plan.operation().equals(operation))
                .findFirst();
        next.ifPresent(planned::remove);
        return next.map(Planned::fault);
    }

    /** What goes wrong. */
    sealed interface Fault {
        /** An error instead of an effect. */
        record Refusal(ServiceError error) implements Fault {}

        /** An effect, and an error for an answer. */
        record LateError(ServiceError error) implements Fault {}

        /** No leave for the caller. */
        record Denial() implements Fault {}

        /** Neither answer nor effect. */
        record LostRequest() implements Fault {}

        /** An effect without an answer. */
        record LostAnswer() implements Fault {}

        /** An effect with a part of an answer. */
        record BrokenAnswer(long bytes) implements Fault {}
    }

    private record Planned(String operation, Fault fault) {}
}
